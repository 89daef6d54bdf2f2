//! Range answers that grow at their end.
//!
//! Contract: a cached range covers a span without a hole; of a query up to
//! [`MAX_RANGES`] are cached, so that today and the yesterday that it is compared
//! with stand side by side. A question inside one costs nothing; one that goes
//! beyond its end costs the new end and what [`reread_ms`] says before it; every
//! other question costs its whole span, and replaces the ranges that it overlaps.
//! As much of a range is cached as the longest question since then asked for. The
//! cache is bounded by bytes, the least used query goes first, what nobody asks
//! for goes after [`IDLE_TTL`], and nothing is cached longer than [`TTL`], so that
//! late data far in the past comes to light.
//! What a [`FetchPlan`] goes on from is its own: it is there when the answer
//! comes, whatever the cache has dropped meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;
use query::{Question, Span};
use series::{LabeledSeries, TimeRange};

use crate::source::Frame;

/// Points younger than this may still change: a scrape may be on its way.
const REREAD_MS: i64 = 10_000;
/// As many ranges of a query are cached: now, and what it is compared with.
const MAX_RANGES: usize = 4;
/// A point is asked for again after so long.
pub const TTL: Duration = Duration::from_secs(600);

/// A query that nobody asks for so long is forgotten: the boards that showed it
/// are closed. It is longer where its next point is due later.
const IDLE_TTL: Duration = Duration::from_secs(60);

/// The part of a cached range's end that is asked for again with what follows.
pub fn reread_ms(step_ms: i64) -> i64 {
    (2 * step_ms).max(REREAD_MS / step_ms * step_ms)
}

/// Ranges by query.
pub struct ResultsCache {
    ranges: Cache<Key, Ranges>,
}

/// A question, and where between two steps its times lie: those of a span that a
/// comparison moves need not stand on the step.
type Key = (Question, i64);

/// The ranges of one query, the newest answer first; none overlaps another.
type Ranges = Arc<[Arc<CachedRange>]>;

/// How long a query is cached that nobody asks for.
struct IdleExpiry;

impl IdleExpiry {
    fn idle_ttl((question, _): &Key) -> Duration {
        let step_ms = question.take.step_ms().unsigned_abs();
        IDLE_TTL.max(Duration::from_millis(step_ms.saturating_mul(2)))
    }
}

impl Expiry<Key, Ranges> for IdleExpiry {
    fn expire_after_create(&self, key: &Key, _: &Ranges, _: Instant) -> Option<Duration> {
        Some(Self::idle_ttl(key))
    }

    fn expire_after_read(
        &self,
        key: &Key,
        _: &Ranges,
        _: Instant,
        _: Option<Duration>,
        _: Instant,
    ) -> Option<Duration> {
        Some(Self::idle_ttl(key))
    }

    fn expire_after_update(
        &self,
        key: &Key,
        _: &Ranges,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(Self::idle_ttl(key))
    }
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

    fn overlaps(&self, span: Span) -> bool {
        self.span.start_ms <= span.end_ms && span.start_ms <= self.span.end_ms
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
            .weigher(|_, ranges: &Ranges| {
                let sizes = ranges.iter().map(|cached| size_bytes(&cached.frame));
                sizes.fold(0, u32::saturating_add)
            })
            .expire_after(IdleExpiry)
            .build();
        Self { ranges }
    }

    /// Of how many queries ranges are cached, and their bytes, about.
    pub fn size(&self) -> (u64, u64) {
        (self.ranges.entry_count(), self.ranges.weighted_size())
    }

    /// Frees what nobody has asked for of late; whether there was any.
    pub fn drop_idle(&self) -> bool {
        let before = self.ranges.entry_count();
        self.ranges.run_pending_tasks();
        self.ranges.entry_count() < before
    }

    /// The answer, where all of `span` is cached.
    pub fn get(&self, question: &Question, span: Span) -> Option<Arc<Frame>> {
        let cached = self.find(question, span, CachedRange::covers)?;
        Some(slice(&cached, span))
    }

    /// What must be asked for to answer `wanted`.
    pub fn plan(&self, question: &Question, wanted: Span) -> FetchPlan {
        let Some(cached) = self.find(question, wanted, CachedRange::is_extended_by) else {
            return FetchPlan {
                wanted,
                missing: wanted,
                extends_cached: None,
            };
        };
        let start_ms =
            cached.span.end_ms - reread_ms(question.take.step_ms()) + question.take.step_ms();
        FetchPlan {
            wanted,
            missing: Span {
                start_ms: start_ms.max(wanted.start_ms),
                end_ms: wanted.end_ms,
            },
            extends_cached: Some(cached),
        }
    }

    /// The fresh range that fits the span.
    fn find(
        &self,
        question: &Question,
        span: Span,
        fits: fn(&CachedRange, Span) -> bool,
    ) -> Option<Arc<CachedRange>> {
        let ranges = self.ranges.get(&key(question, span))?;
        let is_whole = question.depends_on_span();
        let mut fresh = ranges.iter().filter(|cached| cached.is_fresh());
        fresh
            .find(|cached| fits(cached, span) && (!is_whole || cached.span == span))
            .map(Arc::clone)
    }

    /// Puts the range before those of its query that it does not overlap.
    fn insert(&self, question: &Question, joined: CachedRange) {
        let span = joined.span;
        let newest = Arc::new(joined);
        self.ranges
            .entry(key(question, span))
            .and_upsert_with(|before| {
                let before = before.map(moka::Entry::into_value);
                let others = before.iter().flat_map(|ranges| ranges.iter());
                let others = others.filter(|one| one.is_fresh() && !one.overlaps(span));
                let ranges = std::iter::once(&newest).chain(others);
                ranges.take(MAX_RANGES).map(Arc::clone).collect()
            });
    }

    /// Joins the answer about the plan's missing part to what the plan goes on
    /// from, keeps the whole and returns the part that is wanted.
    pub fn extend(&self, question: &Question, plan: FetchPlan, answer: Frame) -> Arc<Frame> {
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
            self.insert(question, joined);
        }
        wanted
    }
}

fn key(question: &Question, span: Span) -> Key {
    (
        question.clone(),
        span.start_ms.rem_euclid(question.take.step_ms()),
    )
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
            Ok(index) => joined[index].samples.append(fresh.samples),
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
        samples: series.samples.within(TimeRange {
            start_ms: span.start_ms,
            end_ms: span.end_ms,
        }),
    });
    series.filter(|series| !series.samples.is_empty()).collect()
}

fn size_bytes(frame: &Frame) -> u32 {
    let series =
        |series: &LabeledSeries| 96 + series.labels.size_bytes() + series.samples.size_bytes();
    let bytes: usize = frame.series().iter().map(series).sum();
    u32::try_from(bytes + 256).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
