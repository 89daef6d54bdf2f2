//! A chart's data as a table: a row a time, evenly chosen, the newest last.

use ::chart::civil::{Zone, moment_in};
use ::chart::unit::Unit;
use wire::board::TimeSeriesOptions;
use wire::data::PanelData;

use crate::words::html::push_escaped;

/// Rows of the table; more would be read by nobody, and a copy as CSV has them all.
const MOST_ROWS: usize = 12;

/// The table's markup.
pub fn html(data: &PanelData, options: &TimeSeriesOptions, zone: Zone) -> String {
    let unit = Unit::from_id(&options.unit);
    let mut html = String::from("<table><thead><tr><th scope=\"col\">Time</th>");
    for series in &data.series {
        html.push_str("<th scope=\"col\">");
        push_escaped(&mut html, &series.name);
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for column in chosen(data.grid.len) {
        html.push_str("<tr><th scope=\"row\">");
        html.push_str(&moment_in(data.grid.time_ms(column), zone));
        html.push_str("</th>");
        for series in &data.series {
            let value = series.values.0.get(column).copied().flatten();
            let text = value.map(|value| unit.format(value, options.decimals));
            html.push_str("<td>");
            push_escaped(&mut html, text.as_deref().unwrap_or("–"));
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// At most [`MOST_ROWS`] columns of `len`, evenly spaced, the last among them.
fn chosen(len: usize) -> impl Iterator<Item = usize> {
    let every = len.div_ceil(MOST_ROWS).max(1);
    let first = len.saturating_sub(1) % every;
    (first..len).step_by(every)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::chart::civil::utc;
    use wire::data::{SeriesData, TimeGrid, Values};

    #[test]
    fn the_table_ends_with_the_newest() {
        let cases = [
            (0, vec![]),
            (2, vec![0, 1]),
            (25, vec![0, 3, 6, 9, 12, 15, 18, 21, 24]),
        ];
        for (len, columns) in cases {
            assert_eq!(chosen(len).collect::<Vec<_>>(), columns, "{len}");
        }
        assert_eq!(chosen(721).last(), Some(720));
        assert!(chosen(721).count() <= MOST_ROWS);
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
                query: 'A',
                looks: Vec::new(),
                values: Values(vec![None]),
            }],
            ..PanelData::default()
        };
        let html = html(&data, &TimeSeriesOptions::default(), &utc);
        assert!(html.contains("a&lt;b</th>"), "{html}");
        assert!(
            html.contains("1970-01-01 00:00:00</th><td>–</td>"),
            "{html}"
        );
    }
}
