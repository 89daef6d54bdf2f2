//! Range answers that grow at their end.
//!
//! Contract: a held answer covers a span without a hole. A question inside it
//! costs nothing; one that goes beyond its end costs the new end and what
//! [`reread_ms`] says before it; every other question costs its whole span and
//! replaces what was held. As much is held as the longest question since then
//! asked for. It is bounded by bytes, the least used goes first, and nothing is
//! held longer than [`KEPT_FOR`], so that late data far in the past comes to
//! light.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::sync::Cache;
use series::SampleColumns;

use super::normalize::{NormalizedQuery, Span};
use crate::source::{Range, RangeSeries};

/// Points younger than this may still change: a scrape may be on its way.
const REREAD_MS: i64 = 10_000;
/// A point is asked for again after so long.
pub const KEPT_FOR: Duration = Duration::from_secs(600);

/// The part of a held answer's end that is asked for again with what follows.
pub fn reread_ms(step_ms: i64) -> i64 {
    (2 * step_ms).max(REREAD_MS / step_ms * step_ms)
}

/// Held answers by query.
pub struct RangeCache {
    held: Cache<NormalizedQuery, Arc<Held>>,
}

struct Held {
    span: Span,
    range: Arc<Range>,
    /// The longest span that was asked for since `begun`.
    longest_ms: i64,
    /// When the first part of it was asked for.
    begun: Instant,
}

/// What must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Of the span that is wanted, this part.
    pub span: Span,
    /// Whether it goes on from what is held.
    goes_on: bool,
}

impl RangeCache {
    /// Holds up to about `bytes`.
    pub fn new(bytes: u64) -> Self {
        let held = Cache::builder()
            .max_capacity(bytes)
            .weigher(|_, held: &Arc<Held>| size_bytes(&held.range))
            .time_to_live(KEPT_FOR)
            .build();
        Self { held }
    }

    /// Of how many queries answers are held, and their bytes, about.
    pub fn size(&self) -> (u64, u64) {
        (self.held.entry_count(), self.held.weighted_size())
    }

    /// The answer, where all of `span` is held.
    pub fn get(&self, query: &NormalizedQuery, span: Span) -> Option<Arc<Range>> {
        let held = self.young(query)?;
        let covered = held.span.start_ms <= span.start_ms && span.end_ms <= held.span.end_ms;
        covered.then(|| slice(&held, span))
    }

    /// The part of `span` that must be asked for.
    pub fn missing(&self, query: &NormalizedQuery, span: Span) -> Missing {
        match self.young(query) {
            Some(held)
                if held.span.start_ms <= span.start_ms
                    && span.start_ms <= held.span.end_ms
                    && held.span.end_ms < span.end_ms =>
            {
                let start_ms = held.span.end_ms - reread_ms(query.step_ms) + query.step_ms;
                Missing {
                    span: Span {
                        start_ms: start_ms.max(span.start_ms),
                        end_ms: span.end_ms,
                    },
                    goes_on: true,
                }
            }
            _ => Missing {
                span,
                goes_on: false,
            },
        }
    }

    fn young(&self, query: &NormalizedQuery) -> Option<Arc<Held>> {
        let held = self.held.get(query)?;
        (held.begun.elapsed() < KEPT_FOR).then_some(held)
    }

    /// Joins the answer to `missing` to what is held, keeps the whole and
    /// returns the part in `span`.
    pub fn extend(
        &self,
        query: &NormalizedQuery,
        span: Span,
        missing: Missing,
        answer: Range,
    ) -> Arc<Range> {
        let partial = !answer.annotations.warnings.is_empty();
        let held = missing.goes_on.then(|| self.held.get(query)).flatten();
        let joined = match held {
            Some(held) => join(&held, span, missing.span, answer),
            None if missing.span == span => Held {
                span,
                range: Arc::new(answer),
                longest_ms: span.end_ms - span.start_ms,
                begun: Instant::now(),
            },
            // What was held has gone meanwhile: give what there is, keep nothing.
            None => return Arc::new(answer),
        };
        let wanted = slice(&joined, span);
        if !partial {
            self.held.insert(query.clone(), Arc::new(joined));
        }
        wanted
    }
}

/// What is held up to `missing`, then the new answer.
fn join(held: &Held, span: Span, missing: Span, answer: Range) -> Held {
    let longest_ms = held.longest_ms.max(span.end_ms - span.start_ms);
    let start_ms = held.span.start_ms.max(span.end_ms - longest_ms);
    let kept = Span {
        start_ms,
        end_ms: missing.start_ms - 1,
    };
    let mut joined = Arc::unwrap_or_clone(slice(held, kept));
    for series in answer.series {
        match joined
            .series
            .binary_search_by(|known| known.labels.cmp(&series.labels))
        {
            Ok(index) => {
                let samples = &mut joined.series[index].samples;
                samples.timestamps_ms.extend(series.samples.timestamps_ms);
                samples.values.extend(series.samples.values);
            }
            Err(index) => joined.series.insert(index, series),
        }
    }
    joined.annotations = answer.annotations;
    Held {
        span: Span { start_ms, ..span },
        range: Arc::new(joined),
        longest_ms,
        begun: held.begun,
    }
}

fn slice(held: &Held, span: Span) -> Arc<Range> {
    if held.span == span {
        return Arc::clone(&held.range);
    }
    let series = held.range.series.iter().map(|series| RangeSeries {
        labels: series.labels.clone(),
        samples: between(&series.samples, span),
    });
    Arc::new(Range {
        series: series.filter(|series| !series.samples.is_empty()).collect(),
        annotations: held.range.annotations.clone(),
    })
}

fn between(samples: &SampleColumns, span: Span) -> SampleColumns {
    let times = &samples.timestamps_ms;
    let first = times.partition_point(|time| *time < span.start_ms);
    let end = times
        .partition_point(|time| *time <= span.end_ms)
        .max(first);
    SampleColumns {
        timestamps_ms: times[first..end].to_vec(),
        values: samples.values[first..end].to_vec(),
    }
}

fn size_bytes(range: &Range) -> u32 {
    let series = |series: &RangeSeries| 96 + series.labels.size_bytes() + 16 * series.samples.len();
    let bytes: usize = range.series.iter().map(series).sum();
    u32::try_from(bytes + 256).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::Labels;

    const STEP_MS: i64 = 10_000;

    fn query() -> NormalizedQuery {
        NormalizedQuery {
            expr: "up".into(),
            step_ms: STEP_MS,
        }
    }

    fn span(start_ms: i64, end_ms: i64) -> Span {
        Span { start_ms, end_ms }
    }

    /// A series per name whose value says which answer it came from.
    fn answer(names: &[&str], span: Span, value: f64) -> Range {
        let series = names.iter().map(|name| {
            let mut samples = SampleColumns::default();
            (span.start_ms..=span.end_ms)
                .step_by(STEP_MS as usize)
                .for_each(|time_ms| samples.push(time_ms, value));
            RangeSeries {
                labels: Labels::from_pairs([("name", *name)]),
                samples,
            }
        });
        Range {
            series: series.collect(),
            ..Range::default()
        }
    }

    fn ask(
        cache: &RangeCache,
        wanted: Span,
        names: &[&str],
        value: f64,
    ) -> (Option<Span>, Vec<f64>) {
        if let Some(range) = cache.get(&query(), wanted) {
            return (None, range.series[0].samples.values.clone());
        }
        let missing = cache.missing(&query(), wanted);
        let fresh = answer(names, missing.span, value);
        let range = cache.extend(&query(), wanted, missing, fresh);
        (Some(missing.span), range.series[0].samples.values.clone())
    }

    #[test]
    fn only_the_new_end_and_what_may_change_is_asked_for() {
        let cache = RangeCache::new(1 << 20);
        assert_eq!(
            ask(&cache, span(0, 50_000), &["a"], 1.0).0,
            Some(span(0, 50_000))
        );
        assert_eq!(
            ask(&cache, span(0, 50_000), &["a"], 2.0),
            (None, vec![1.0; 6])
        );
        assert_eq!(
            ask(&cache, span(20_000, 40_000), &["a"], 2.0),
            (None, vec![1.0; 3])
        );
        let (missing, values) = ask(&cache, span(10_000, 60_000), &["a"], 2.0);
        assert_eq!(missing, Some(span(40_000, 60_000)));
        assert_eq!(values, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn a_question_about_the_end_alone_throws_nothing_away() {
        let cache = RangeCache::new(1 << 20);
        ask(&cache, span(0, 50_000), &["a"], 1.0);
        ask(&cache, span(50_000, 60_000), &["a"], 2.0);
        let (missing, values) = ask(&cache, span(20_000, 70_000), &["a"], 3.0);
        assert_eq!(missing, Some(span(50_000, 70_000)));
        assert_eq!(values, [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]);
        assert!(cache.get(&query(), span(10_000, 70_000)).is_none());
    }

    #[test]
    fn an_earlier_start_asks_for_the_whole() {
        let cache = RangeCache::new(1 << 20);
        ask(&cache, span(20_000, 50_000), &["a"], 1.0);
        assert_eq!(
            ask(&cache, span(0, 60_000), &["a"], 2.0).0,
            Some(span(0, 60_000))
        );
    }

    #[test]
    fn series_come_and_go() {
        let cache = RangeCache::new(1 << 20);
        ask(&cache, span(0, 50_000), &["b"], 1.0);
        ask(&cache, span(10_000, 60_000), &["a"], 2.0);
        let range = cache.get(&query(), span(10_000, 60_000)).unwrap();
        let lengths: Vec<_> = range
            .series
            .iter()
            .map(|series| series.samples.len())
            .collect();
        assert_eq!(lengths, [3, 3], "a has the new points, b the kept ones");
    }

    #[test]
    fn a_partial_answer_is_passed_on_and_not_kept() {
        let cache = RangeCache::new(1 << 20);
        let mut partial = answer(&["a"], span(0, 50_000), 1.0);
        partial.annotations.warnings.push("a store is away".into());
        let missing = cache.missing(&query(), span(0, 50_000));
        let range = cache.extend(&query(), span(0, 50_000), missing, partial);
        assert_eq!(range.series.len(), 1);
        assert!(cache.get(&query(), span(0, 50_000)).is_none());
    }
}
