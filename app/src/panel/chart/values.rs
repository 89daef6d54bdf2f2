//! A chart's data as a table: a row a time, evenly chosen, the newest last.

use ::chart::Plot;
use ::chart::civil::{Zone, moment_in};

use crate::text::html::push_escaped;

/// Rows of a table that nobody has opened.
pub const FEW_ROWS: usize = 12;
/// Rows of one that is open; a copy as CSV has them all.
#[cfg(feature = "hydrate")]
pub const MANY_ROWS: usize = 100;

/// The table's markup, with at most so many rows.
pub fn html(plot: &Plot, zone: Zone, most_rows: usize) -> String {
    let mut html = String::from("<table><thead><tr><th scope=\"col\">Time</th>");
    for curve in plot.curves() {
        html.push_str("<th scope=\"col\">");
        push_escaped(&mut html, &curve.series.name);
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody>");
    let grid = plot.input().data.grid;
    for column in chosen(grid.len, most_rows) {
        html.push_str("<tr><th scope=\"row\">");
        html.push_str(&moment_in(grid.time_ms(column), zone));
        html.push_str("</th>");
        for curve in plot.curves() {
            let value = curve.series.values.0.get(column).copied().flatten();
            let text = value.map(|value| plot.axes().on(curve.side).value_text(value));
            html.push_str("<td>");
            push_escaped(&mut html, text.as_deref().unwrap_or("–"));
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// At most `most_rows` columns of `len`, evenly spaced, the last among them.
fn chosen(len: usize, most_rows: usize) -> impl Iterator<Item = usize> {
    let every = len.div_ceil(most_rows).max(1);
    let first = len.saturating_sub(1) % every;
    (first..len).step_by(every)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::chart::civil::utc;
    use ::chart::{Input, Size};
    use wire::board::{Grid, TimeSeriesOptions};
    use wire::data::{PanelData, SeriesData, TimeGrid, Values};
    use wire::id::RefId;
    use wire::live::Window;

    #[test]
    fn the_table_ends_with_the_newest() {
        let cases = [
            (0, vec![]),
            (2, vec![0, 1]),
            (25, vec![0, 3, 6, 9, 12, 15, 18, 21, 24]),
        ];
        for (len, columns) in cases {
            assert_eq!(chosen(len, FEW_ROWS).collect::<Vec<_>>(), columns, "{len}");
        }
        assert_eq!(chosen(721, FEW_ROWS).last(), Some(720));
        assert!(chosen(721, FEW_ROWS).count() <= FEW_ROWS);
    }

    #[test]
    fn an_absent_point_is_a_dash() {
        let data = PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1_000,
                len: 1,
            },
            span_ms: 0,
            series: vec![SeriesData {
                key: 0,
                name: "a<b".into(),
                query: RefId('A'),
                overrides: Vec::new(),
                values: Values(vec![None]),
            }],
            ..PanelData::default()
        };
        let options = TimeSeriesOptions::default();
        let grid = Grid {
            x: 0,
            y: 0,
            w: 12,
            h: 8,
        };
        let input = Input::new(&data, &options, Window::default(), Size::nominal(grid));
        let html = html(&Plot::new(input), &utc, FEW_ROWS);
        assert!(html.contains("a&lt;b</th>"), "{html}");
        assert!(
            html.contains("1970-01-01 00:00:00</th><td>–</td>"),
            "{html}"
        );
    }
}
