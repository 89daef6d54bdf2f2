//! Samples, series of them, time ranges, and the staleness marker.

use std::sync::Arc;

use crate::{Histogram, Labels, SampleColumns};

/// The bits of the NaN that says "this series ended here" (Prometheus'
/// `value.StaleNaN`). Every other NaN is an ordinary value.
pub const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;

/// The staleness marker as a value.
pub fn stale_nan() -> f64 {
    f64::from_bits(STALE_NAN_BITS)
}

/// Whether `value` is the staleness marker.
pub fn is_stale_nan(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// One value at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The value; may be any float, the staleness marker included.
    pub value: f64,
}

/// One native histogram at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramSample {
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// The histogram; [`Histogram::stale`] is the staleness marker.
    pub histogram: Arc<Histogram>,
}

/// One series: what names it, and its samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabeledSeries {
    /// Names the series.
    pub labels: Labels,
    /// Its samples; a time without a value has none.
    pub samples: SampleColumns,
}

/// A span of time, both ends included; empty where `start_ms > end_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// The first millisecond.
    pub start_ms: i64,
    /// The last millisecond.
    pub end_ms: i64,
}

impl TimeRange {
    /// All of time.
    pub const ALL: Self = Self {
        start_ms: i64::MIN,
        end_ms: i64::MAX,
    };

    /// Whether the instant lies in the range.
    pub fn contains(self, timestamp_ms: i64) -> bool {
        (self.start_ms..=self.end_ms).contains(&timestamp_ms)
    }

    /// Whether the two ranges share an instant.
    pub fn overlaps(self, other: Self) -> bool {
        self.start_ms <= other.end_ms && other.start_ms <= self.end_ms
    }

    /// The range without what is later than `latest_ms`: both ends at most then.
    #[must_use]
    pub fn until(self, latest_ms: i64) -> Self {
        Self {
            start_ms: self.start_ms.min(latest_ms),
            end_ms: self.end_ms.min(latest_ms),
        }
    }

    /// The shortest range that includes both.
    #[must_use]
    pub fn including(self, other: Self) -> Self {
        Self {
            start_ms: self.start_ms.min(other.start_ms),
            end_ms: self.end_ms.max(other.end_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_marker_is_stale() {
        assert!(is_stale_nan(stale_nan()));
        assert!(!is_stale_nan(f64::NAN));
    }

    #[test]
    fn ranges_include_both_ends() {
        let range = TimeRange {
            start_ms: 10,
            end_ms: 20,
        };
        assert!(range.contains(10) && range.contains(20) && !range.contains(21));
        assert!(range.overlaps(TimeRange {
            start_ms: 20,
            end_ms: 30
        }));
        assert!(!range.overlaps(TimeRange {
            start_ms: 21,
            end_ms: 30
        }));
    }
}
