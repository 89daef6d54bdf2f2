//! The legend of a chart as a table: a row a series, a column a calculation.
//! Its buttons do what those of a legend in the title's row do; its headings sort it.

use dashboard::{Calculation, Clock, Panel, TimeSeriesOptions};

use super::rows::{HOLDER, push_row};
use super::value;
use super::{PanelSeries, SeriesView};
use crate::text::html::push_escaped;
use crate::text::legend_item;
use crate::text::sorting::push_heading;

/// More rows than this are read by nobody.
const MAX_ROWS: usize = 500;

pub fn html(panel: &Panel, options: &TimeSeriesOptions, data: &PanelSeries) -> String {
    let calculations = &options.legend.calculations;
    let mut html = String::from("<table><thead><tr>");
    push_heading(&mut html, 1, "Series");
    for (column, calculation) in (2..).zip(calculations) {
        let title = calculation.title().trim_end_matches(" *");
        push_heading(&mut html, column, title);
    }
    html.push_str("</tr></thead><tbody");
    html.push_str(HOLDER);
    for series in data.series.iter().take(MAX_ROWS) {
        push_row(&mut html, "tr", &series.key.to_string());
        html.push_str("<th scope=\"row\">");
        legend_item::push(
            &mut html,
            series.key,
            series.name,
            series.color_role.class(),
            true,
        );
        html.push_str("</th>");
        for calculation in calculations {
            push_cell(&mut html, panel, series, *calculation, &data.clock);
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

fn push_cell(
    html: &mut String,
    panel: &Panel,
    series: &SeriesView,
    calculation: Calculation,
    clock: &Clock,
) {
    let number = series.calculated(calculation);
    let field = panel.field_of(series.name, series.query);
    html.push_str("<td");
    if let Some(number) = number {
        html.push_str(" data-value=\"");
        html.push_str(&number.to_string());
        html.push('"');
    }
    html.push('>');
    push_escaped(html, &value::of(number, &field, clock).text());
    html.push_str("</td>");
}

#[cfg(test)]
mod tests {
    use dashboard::Legend;

    use super::*;
    use crate::rendered::testing;

    #[test]
    fn a_row_has_what_is_calculated_of_its_series() {
        let options = TimeSeriesOptions {
            legend: Legend {
                calculations: vec![Calculation::Last, Calculation::Max],
                ..Legend::default()
            },
            ..TimeSeriesOptions::default()
        };
        let data = testing::data(&[('A', "a<b", &[Some(2.5), Some(1.0)])]);
        let html = html(&Panel::default(), &options, &data);
        let row = "data-key=\"0\">a&lt;b</button></th>\
                   <td data-value=\"1\">1</td><td data-value=\"2.5\">2.5</td></tr>";
        assert!(html.contains(row), "{html}");
        assert!(html.contains("data-sort=\"3\">Max</button>"), "{html}");
    }
}
