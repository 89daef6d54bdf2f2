//! A horizontal bar for each series' value.

use dashboard::{Panel, StatOptions};

use super::value;
use super::{MAX_WRITTEN, PanelSeries, SeriesView, push_cut};
use crate::text::html::push_element;

pub fn html(panel: &Panel, options: &StatOptions, data: &PanelSeries) -> String {
    let mut html = String::from("<ul class=\"bars\" tabindex=\"0\">");
    let value_of = |series: &SeriesView| series.calculated(options.calculation);
    let greatest = data.series.iter().filter_map(value_of).fold(0.0, f64::max);
    for series in data.series.iter().take(MAX_WRITTEN) {
        let field = panel.field_of(series.name, series.query);
        let value = value_of(series);
        let low = field.min.unwrap_or(0.0);
        let high = field.max.unwrap_or(greatest);
        let share = value.map_or(0.0, |value| (value - low) / (high - low));
        let shown = value::of(value, &field, &data.clock);
        let length = (share.clamp(0.0, 1.0) * 1_000.0) as u32;
        let opening = [
            "<li class=\"bar bar-",
            shown.class(),
            "\" style=\"--length:",
        ];
        html.push_str(&opening.concat());
        html.push_str(&length.to_string());
        html.push_str("\">");
        let name = super::name_of(&field, series);
        push_element(&mut html, "span", "", name);
        push_element(&mut html, "span", "bar-value", &shown.text());
        html.push_str("</li>");
    }
    html.push_str("</ul>");
    push_cut(&mut html, data.series.len());
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;

    #[test]
    fn the_longest_bar_fills_its_row() {
        let series = data(&[
            ('A', "a", &[Some(5.0)]),
            ('A', "b", &[Some(20.0)]),
            ('A', "c", &[None]),
        ]);
        let html = html(&Panel::default(), &StatOptions::default(), &series);
        for part in ["--length:250\"", "--length:1000\"", "--length:0\""] {
            assert!(html.contains(part), "{html} lacks {part}");
        }
    }
}
