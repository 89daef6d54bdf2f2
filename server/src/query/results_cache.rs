//! Range answers that grow at their end.
//!
//! Contract: a cached range covers a span without a hole. A question inside it
//! costs nothing; one that goes beyond its end costs the new end and what
//! [`reread_ms`] says before it; every other question costs its whole span and
//! replaces what was cached. As much is cached as the longest question since
//! then asked for. It is bounded by bytes, the least used goes first, and
//! nothing is cached longer than [`TTL`], so that late data far in the past
//! comes to light. What a [`FetchPlan`] goes on from is its own: it is there
//! when the answer comes, whatever the cache has dropped meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::sync::Cache;
use series::{LabeledSeries, SampleColumns};

use super::normalize::{NormalizedQuery, Span};
use crate::source::Frame;

/// Points younger than this may still change: a scrape may be on its way.
const REREAD_MS: i64 = 10_000;
/// A point is asked for again after so long.
pub const TTL: Duration = Duration::from_secs(600);

/// The part of a cached range's end that is asked for again with what follows.
pub fn reread_ms(step_ms: i64) -> i64 {
    (2 * step_ms).max(REREAD_MS / step_ms * step_ms)
}

/// Ranges by query.
pub struct ResultsCache {
    ranges: Cache<NormalizedQuery, Arc<CachedRange>>,
}

struct CachedRange {
    span: Span,
    frame: Arc<Frame>,
    /// The longest span that was asked for since `fetched_at`.
    longest_ms: i64,
    /// When the first part of it was asked for.
    fetched_at: Instant,
}

impl CachedRange {
    fn is_fresh(&self) -> bool {
        self.fetched_at.elapsed() < TTL
    }

    fn covers(&self, span: Span) -> bool {
        self.span.start_ms <= span.start_ms && span.end_ms <= self.span.end_ms
    }

    /// Whether `span` begins inside and ends beyond.
    fn is_extended_by(&self, span: Span) -> bool {
        self.span.start_ms <= span.start_ms
            && span.start_ms <= self.span.end_ms
            && self.span.end_ms < span.end_ms
    }
}

/// What must be asked for, and what its answer goes on from.
pub struct FetchPlan {
    /// The whole span that is wanted.
    wanted: Span,
    /// Of it, the part that must be asked for.
    pub missing: Span,
    /// Covers the part before `missing`.
    extends_cached: Option<Arc<CachedRange>>,
}

impl ResultsCache {
    /// Holds up to about `bytes`.
    pub fn new(bytes: u64) -> Self {
        let ranges = Cache::builder()
            .max_capacity(bytes)
            .weigher(|_, cached: &Arc<CachedRange>| size_bytes(&cached.frame))
            .time_to_live(TTL)
            .build();
        Self { ranges }
    }

    /// Of how many queries ranges are cached, and their bytes, about.
    pub fn size(&self) -> (u64, u64) {
        (self.ranges.entry_count(), self.ranges.weighted_size())
    }

    /// The answer, where all of `span` is cached.
    pub fn get(&self, query: &NormalizedQuery, span: Span) -> Option<Arc<Frame>> {
        let cached = self.fresh(query)?;
        cached.covers(span).then(|| slice(&cached, span))
    }

    /// What must be asked for to answer `wanted`.
    pub fn plan(&self, query: &NormalizedQuery, wanted: Span) -> FetchPlan {
        let cached = self.fresh(query);
        let Some(cached) = cached.filter(|cached| cached.is_extended_by(wanted)) else {
            return FetchPlan {
                wanted,
                missing: wanted,
                extends_cached: None,
            };
        };
        let start_ms = cached.span.end_ms - reread_ms(query.step_ms) + query.step_ms;
        FetchPlan {
            wanted,
            missing: Span {
                start_ms: start_ms.max(wanted.start_ms),
                end_ms: wanted.end_ms,
            },
            extends_cached: Some(cached),
        }
    }

    fn fresh(&self, query: &NormalizedQuery) -> Option<Arc<CachedRange>> {
        self.ranges.get(query).filter(|cached| cached.is_fresh())
    }

    /// Joins the answer about the plan's missing part to what the plan goes on
    /// from, keeps the whole and returns the part that is wanted.
    pub fn extend(&self, query: &NormalizedQuery, plan: FetchPlan, answer: Frame) -> Arc<Frame> {
        let is_partial = !answer.annotations.warnings.is_empty();
        let span = plan.wanted;
        let joined = match plan.extends_cached {
            Some(cached) => join(&cached, span, plan.missing, answer),
            None => CachedRange {
                span,
                frame: Arc::new(answer),
                longest_ms: span.end_ms - span.start_ms,
                fetched_at: Instant::now(),
            },
        };
        let wanted = slice(&joined, span);
        if !is_partial {
            self.ranges.insert(query.clone(), Arc::new(joined));
        }
        wanted
    }
}

/// What is cached up to `missing`, then the new answer.
fn join(cached: &CachedRange, span: Span, missing: Span, answer: Frame) -> CachedRange {
    let longest_ms = cached.longest_ms.max(span.end_ms - span.start_ms);
    let start_ms = cached.span.start_ms.max(span.end_ms - longest_ms);
    let kept = Span {
        start_ms,
        end_ms: missing.start_ms - 1,
    };
    let annotations = answer.annotations.clone();
    let mut joined = series_between(&cached.frame, kept);
    for fresh in answer.into_series() {
        match joined.binary_search_by(|known| known.labels.cmp(&fresh.labels)) {
            Ok(index) => {
                let samples = &mut joined[index].samples;
                samples.timestamps_ms.extend(fresh.samples.timestamps_ms);
                samples.values.extend(fresh.samples.values);
            }
            Err(index) => joined.insert(index, fresh),
        }
    }
    CachedRange {
        span: Span { start_ms, ..span },
        frame: Arc::new(Frame::of_series(joined, annotations)),
        longest_ms,
        fetched_at: cached.fetched_at,
    }
}

fn slice(cached: &CachedRange, span: Span) -> Arc<Frame> {
    if cached.span == span {
        return Arc::clone(&cached.frame);
    }
    let series = series_between(&cached.frame, span);
    Arc::new(Frame::of_series(series, cached.frame.annotations.clone()))
}

/// The series that have samples in the span, with those alone.
fn series_between(frame: &Frame, span: Span) -> Vec<LabeledSeries> {
    let series = frame.series().iter().map(|series| LabeledSeries {
        labels: series.labels.clone(),
        samples: between(&series.samples, span),
    });
    series.filter(|series| !series.samples.is_empty()).collect()
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

fn size_bytes(frame: &Frame) -> u32 {
    let series =
        |series: &LabeledSeries| 96 + series.labels.size_bytes() + 16 * series.samples.len();
    let bytes: usize = frame.series().iter().map(series).sum();
    u32::try_from(bytes + 256).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Annotations;
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
    fn answer(names: &[&str], span: Span, value: f64) -> Frame {
        let series = names.iter().map(|name| {
            let mut samples = SampleColumns::default();
            (span.start_ms..=span.end_ms)
                .step_by(STEP_MS as usize)
                .for_each(|time_ms| samples.push(time_ms, value));
            LabeledSeries {
                labels: Labels::from_pairs([("name", *name)]),
                samples,
            }
        });
        Frame::of_series(series.collect(), Annotations::default())
    }

    fn ask(
        cache: &ResultsCache,
        wanted: Span,
        names: &[&str],
        value: f64,
    ) -> (Option<Span>, Vec<f64>) {
        if let Some(range) = cache.get(&query(), wanted) {
            return (None, range.series()[0].samples.values.clone());
        }
        let plan = cache.plan(&query(), wanted);
        let missing = plan.missing;
        let fresh = answer(names, missing, value);
        let range = cache.extend(&query(), plan, fresh);
        (Some(missing), range.series()[0].samples.values.clone())
    }

    #[test]
    fn only_the_new_end_and_what_may_change_is_asked_for() {
        let cache = ResultsCache::new(1 << 20);
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
        let cache = ResultsCache::new(1 << 20);
        ask(&cache, span(0, 50_000), &["a"], 1.0);
        ask(&cache, span(50_000, 60_000), &["a"], 2.0);
        let (missing, values) = ask(&cache, span(20_000, 70_000), &["a"], 3.0);
        assert_eq!(missing, Some(span(50_000, 70_000)));
        assert_eq!(values, [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]);
        assert!(cache.get(&query(), span(10_000, 70_000)).is_none());
    }

    #[test]
    fn an_earlier_start_asks_for_the_whole() {
        let cache = ResultsCache::new(1 << 20);
        ask(&cache, span(20_000, 50_000), &["a"], 1.0);
        assert_eq!(
            ask(&cache, span(0, 60_000), &["a"], 2.0).0,
            Some(span(0, 60_000))
        );
    }

    #[test]
    fn series_come_and_go() {
        let cache = ResultsCache::new(1 << 20);
        ask(&cache, span(0, 50_000), &["b"], 1.0);
        ask(&cache, span(10_000, 60_000), &["a"], 2.0);
        let range = cache.get(&query(), span(10_000, 60_000)).unwrap();
        let lengths: Vec<_> = range
            .series()
            .iter()
            .map(|series| series.samples.len())
            .collect();
        assert_eq!(lengths, [3, 3], "a has the new points, b the kept ones");
    }

    #[test]
    fn a_partial_answer_is_passed_on_and_not_kept() {
        let cache = ResultsCache::new(1 << 20);
        let mut partial = answer(&["a"], span(0, 50_000), 1.0);
        partial.annotations.warnings.push("a store is away".into());
        let plan = cache.plan(&query(), span(0, 50_000));
        let range = cache.extend(&query(), plan, partial);
        assert_eq!(range.series().len(), 1);
        assert!(cache.get(&query(), span(0, 50_000)).is_none());
    }

    #[test]
    fn a_range_that_is_dropped_meanwhile_loses_no_front() {
        type Meanwhile = fn(&ResultsCache);
        let drops: Meanwhile = |cache| cache.ranges.invalidate(&query());
        let replaces: Meanwhile = |cache| {
            let plan = cache.plan(&query(), span(90_000, 90_000));
            cache.extend(&query(), plan, answer(&["a"], span(90_000, 90_000), 9.0));
        };
        for meanwhile in [drops, replaces] {
            let cache = ResultsCache::new(1 << 20);
            ask(&cache, span(0, 50_000), &["a"], 1.0);
            let plan = cache.plan(&query(), span(10_000, 60_000));
            let fresh = answer(&["a"], plan.missing, 2.0);
            meanwhile(&cache);
            let range = cache.extend(&query(), plan, fresh);
            let values = &range.series()[0].samples.values;
            assert_eq!(values, &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
        }
    }
}
