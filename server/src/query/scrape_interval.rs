//! The data itself -> its scrape interval, so that steps and rate windows are
//! right without configuration.
//!
//! Asks for the raw samples of `up` over the last minutes: the interval is the
//! shortest median distance of a series. Where there is no `up` (pushed data),
//! [`FALLBACK_MS`] stands.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::source::{InstantQuery, InstantValue, RangeSeries, Source};

/// Prometheus' usual setting.
pub const FALLBACK_MS: i64 = 15_000;
const LEARN_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Where nothing was learned, what there is soon tells more.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// Pages do not wait longer for a step that fits perfectly.
const PATIENCE: Duration = Duration::from_secs(1);

/// The interval that was learned, and when to learn it again.
#[derive(Default)]
pub struct ScrapeInterval {
    learned: Mutex<Learned>,
}

#[derive(Default)]
struct Learned {
    interval_ms: Option<i64>,
    ask_again_at: Option<Instant>,
}

impl ScrapeInterval {
    /// The interval in milliseconds; asks the source when what was learned is
    /// old. While one caller asks, the others wait for its answer.
    pub async fn get(&self, source: &Source, now_ms: i64) -> i64 {
        let mut learned = self.learned.lock().await;
        let is_due = learned.ask_again_at.is_none_or(|at| at <= Instant::now());
        if is_due {
            let found = tokio::time::timeout(PATIENCE, learn(source, now_ms)).await;
            let found = found.ok().flatten();
            let pause = if found.is_some() {
                LEARN_AGAIN_AFTER
            } else {
                TRY_AGAIN_AFTER
            };
            learned.ask_again_at = Some(Instant::now() + pause);
            learned.interval_ms = found.or(learned.interval_ms);
        }
        learned.interval_ms.unwrap_or(FALLBACK_MS)
    }
}

/// The interval as the data has it; `None` where it does not tell.
pub async fn learn(source: &Source, now_ms: i64) -> Option<i64> {
    let query = InstantQuery {
        expr: "up[3m]".into(),
        at_ms: now_ms,
        options: Default::default(),
    };
    match source.instant_query(&query).await.ok()?.value {
        InstantValue::Matrix(series) => shortest(&series),
        _ => None,
    }
}

fn shortest(series: &[RangeSeries]) -> Option<i64> {
    let median = |series: &RangeSeries| {
        let times = &series.samples.timestamps_ms;
        let mut distances: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        distances.sort_unstable();
        distances.get(distances.len() / 2).copied()
    };
    let shortest = series.iter().filter_map(median).min()?;
    Some(round_to_second(shortest))
}

/// Scrapes jitter by milliseconds, settings do not.
fn round_to_second(interval_ms: i64) -> i64 {
    ((interval_ms + 500) / 1_000 * 1_000).max(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::SampleColumns;

    fn check(series: &[&[i64]], expected: Option<i64>) {
        let series: Vec<RangeSeries> = series
            .iter()
            .map(|times| RangeSeries {
                samples: SampleColumns {
                    timestamps_ms: times.to_vec(),
                    values: vec![1.0; times.len()],
                },
                ..RangeSeries::default()
            })
            .collect();
        assert_eq!(shortest(&series), expected);
    }

    #[test]
    fn the_shortest_median_distance_counts() {
        check(&[], None);
        check(&[&[1_000]], None);
        check(&[&[0, 15_003, 29_999, 45_000]], Some(15_000));
        check(&[&[0, 15_000, 30_000, 120_000, 135_000]], Some(15_000));
        check(&[&[0, 60_000], &[0, 5_000, 10_000]], Some(5_000));
        check(&[&[0, 200, 400]], Some(1_000));
    }
}
