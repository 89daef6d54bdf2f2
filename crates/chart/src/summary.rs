//! A plot to one spoken paragraph: what it is, which span, last, lowest,
//! highest, and where it goes.

use crate::civil::{Zone, moment_in};
use crate::legend::{LegendRow, Statistics, rows};
use crate::plot::Plot;
use crate::unit::Unit;

/// Series that are spoken one by one; of more, only the count is said.
const MOST_SPOKEN: usize = 6;
/// The change, as a part of the range of all values in sight, that counts as one.
const TREND: f64 = 0.15;

/// The summary of a plot: `Latency, 4 series, 2026-11-20 11:00:00 to 12:00:00. p50: 120 ms, …`.
pub fn summary(title: &str, plot: &Plot, zone: Zone) -> String {
    let mut text = String::from(if title.is_empty() { "Chart" } else { title });
    let rows = rows(plot);
    let window = plot.input.window;
    text.push_str(", ");
    crate::number::push_integer(&mut text, rows.len() as u64);
    text.push_str(" series, ");
    text.push_str(&moment_in(window.from_ms, zone));
    text.push_str(" to ");
    text.push_str(&moment_in(window.to_ms, zone));
    text.push('.');
    for (row, curve) in rows.iter().zip(&plot.curves).take(MOST_SPOKEN) {
        let unit = match (&plot.input.options.right_axis, curve.side) {
            (Some(right), crate::curve::Side::Right) => Unit::from_id(&right.unit),
            _ => Unit::from_id(&plot.input.options.unit),
        };
        push_row(&mut text, row, &unit, plot.input.options.decimals);
    }
    if rows.len() > MOST_SPOKEN {
        text.push_str(" And ");
        crate::number::push_integer(&mut text, (rows.len() - MOST_SPOKEN) as u64);
        text.push_str(" more series.");
    }
    text
}

fn push_row(text: &mut String, row: &LegendRow, unit: &Unit, decimals: Option<u8>) {
    text.push(' ');
    text.push_str(&row.name);
    let Some(seen) = row.statistics else {
        text.push_str(": no data.");
        return;
    };
    let parts = [
        (": last ", seen.last),
        (", lowest ", seen.min),
        (", highest ", seen.max),
    ];
    for (words, value) in parts {
        text.push_str(words);
        text.push_str(&unit.format(value, decimals));
    }
    text.push_str(", ");
    text.push_str(trend(&seen));
    text.push('.');
}

/// Where the last sample stands against the first.
fn trend(seen: &Statistics) -> &'static str {
    let change = seen.last - seen.first;
    let range = seen.max - seen.min;
    if range <= 0.0 {
        "constant"
    } else if change.abs() < TREND * range {
        "level"
    } else if change > 0.0 {
        "rising"
    } else {
        "falling"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::civil::utc;
    use crate::testing::{data, plotted};

    fn check(series: &[&[Option<f64>]], expected: &str) {
        let spoken = plotted(&data(0, series), 0, 2_000, |plot| {
            summary("Latency", plot, &utc)
        });
        let (span, rows) = spoken.split_once(". ").unwrap();
        let count = series.len();
        assert_eq!(
            span,
            format!("Latency, {count} series, 1970-01-01 00:00:00 to 1970-01-01 00:00:02")
        );
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_summary_says_last_lowest_highest_and_trend() {
        let rising: &[_] = &[Some(1.0), Some(0.5), Some(2.0)];
        check(
            &[rising],
            "a: last 2 s, lowest 500 ms, highest 2 s, rising.",
        );
        check(
            &[&[Some(2.0), None, Some(1.0)]],
            "a: last 1 s, lowest 1 s, highest 2 s, falling.",
        );
        check(
            &[&[Some(2.0), Some(9.0), Some(2.1)]],
            "a: last 2.1 s, lowest 2 s, highest 9 s, level.",
        );
        check(
            &[&[None, Some(3.0), None]],
            "a: last 3 s, lowest 3 s, highest 3 s, constant.",
        );
        check(&[&[None, None, None]], "a: no data.");
    }
}
