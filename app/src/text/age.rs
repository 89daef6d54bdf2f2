//! Spans of time in one unit, as short as a glance needs: `4 s`, `3 min`, `2 h`, `5 d`.

use wire::data::PanelData;
use wire::live::Window;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The span rounded down to its largest unit; spans below zero are zero.
pub fn short(span_ms: i64) -> String {
    let (count, unit) = match span_ms.max(0) {
        ms if ms < 2 * MINUTE_MS => (ms / SECOND_MS, "s"),
        ms if ms < 2 * HOUR_MS => (ms / MINUTE_MS, "min"),
        ms if ms < 2 * DAY_MS => (ms / HOUR_MS, "h"),
        ms => (ms / DAY_MS, "d"),
    };
    let mut text = count.to_string();
    text.push('\u{a0}');
    text.push_str(unit);
    text
}

/// The time of a panel's newest point; `None` where it has none.
pub fn newest_ms(data: &PanelData) -> Option<i64> {
    data.series
        .iter()
        .filter_map(|series| series.values.0.iter().rposition(Option::is_some))
        .max()
        .map(|column| data.grid.time_ms(column))
}

/// Until when a panel's newest point stands on a page of this step: where the
/// panel's own step is greater, the next point is due later.
pub fn as_of_ms(data: &PanelData, page_step_ms: i64) -> Option<i64> {
    let longer_ms = (data.grid.step_ms - page_step_ms).max(0);
    Some(newest_ms(data)? + longer_ms)
}

/// The newest of the times that at least half of them have reached. One panel
/// may look an hour back and so move on long after its source has ended: it
/// alone does not make a page live, and one that stopped does not make it late.
pub fn reached_by_most(times_ms: &[i64]) -> Option<i64> {
    let reached = times_ms.iter().filter(|time| {
        let there = times_ms.iter().filter(|other| other >= time).count();
        2 * there >= times_ms.len()
    });
    reached.max().copied()
}

/// How old data may be before it is called late: three steps, at least 15 s,
/// so that one lost scrape is no alarm, and as long as nobody asks for newer.
pub fn tolerance_ms(window: &Window) -> i64 {
    (3 * window.step_ms).max(15 * SECOND_MS) + window.tick_ms
}

/// The age of a live panel's newest point where it is late.
pub fn late_ms(newest_ms: Option<i64>, window: &Window, now_ms: i64) -> Option<i64> {
    let age_ms = now_ms - newest_ms?;
    (window.live && age_ms > tolerance_ms(window)).then_some(age_ms)
}

/// How strongly data of an age is drawn: 1 while it is not late, down to 0.45
/// when it is ten times as old as is tolerated.
pub fn freshness(late_ms: Option<i64>, window: &Window) -> f64 {
    late_ms.map_or(1.0, |age_ms| {
        let times = age_ms as f64 / tolerance_ms(window) as f64;
        (0.85 - 0.4 * (times - 1.0) / 9.0).max(0.45)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::data::{SeriesData, TimeGrid, Values};
    use wire::id::RefId;

    #[test]
    fn spans_have_one_unit() {
        let cases = [
            (-5, "0 s"),
            (999, "0 s"),
            (119_999, "119 s"),
            (120_000, "2 min"),
            (7_199_999, "119 min"),
            (7_200_000, "2 h"),
            (172_800_000, "2 d"),
        ];
        for (span_ms, text) in cases {
            assert_eq!(short(span_ms).replace('\u{a0}', " "), text);
        }
    }

    fn panel(values: &[Option<f64>]) -> PanelData {
        PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1_000,
                len: values.len(),
            },
            span_ms: 0,
            series: vec![SeriesData {
                key: 0,
                name: "a".into(),
                query: RefId('A'),
                overrides: Vec::new(),
                values: Values(values.to_vec()),
            }],
            ..PanelData::default()
        }
    }

    fn check(values: &[Option<f64>], live: bool, now_ms: i64, expected: Option<i64>) {
        let window = Window {
            step_ms: 1_000,
            live,
            ..Window::default()
        };
        assert_eq!(
            late_ms(newest_ms(&panel(values)), &window, now_ms),
            expected
        );
    }

    #[test]
    fn only_live_data_can_be_late() {
        check(&[Some(1.0), Some(2.0)], true, 10_000, None);
        check(&[Some(1.0), Some(2.0)], true, 61_000, Some(60_000));
        check(&[Some(1.0), None], true, 61_000, Some(61_000));
        check(&[Some(1.0), None], false, 61_000, None);
        check(&[None], true, 61_000, None);
    }

    #[test]
    fn a_page_is_as_new_as_most_of_its_panels() {
        let cases: [(&[i64], Option<i64>); 5] = [
            (&[], None),
            (&[7], Some(7)),
            (&[7, 1], Some(7)),
            (&[9, 1, 1], Some(1)),
            (&[9, 9, 8, 1], Some(9)),
        ];
        for (times_ms, expected) in cases {
            assert_eq!(reached_by_most(times_ms), expected, "{times_ms:?}");
        }
    }

    #[test]
    fn data_fades_with_its_age_and_never_vanishes() {
        let window = Window {
            step_ms: 5_000,
            live: true,
            ..Window::default()
        };
        assert!((freshness(None, &window) - 1.0).abs() < 1e-9);
        assert!((freshness(Some(15_000), &window) - 0.85).abs() < 1e-9);
        assert!((freshness(Some(i64::MAX / 2), &window) - 0.45).abs() < 1e-9);
    }
}
