//! What one scrape may bring, at most.

use super::units::ByteSize;

/// The limit keys of `global` or of a job; `None` where a key is left out, `0`
/// for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitKeys {
    /// Bytes of an uncompressed page.
    pub body_size_limit: Option<ByteSize>,
    /// Samples of a page after relabelling.
    pub sample_limit: Option<usize>,
    /// Targets of a job.
    pub target_limit: Option<usize>,
    /// Labels of a series after relabelling.
    pub label_limit: Option<usize>,
    /// Bytes of a label's name.
    pub label_name_length_limit: Option<usize>,
    /// Bytes of a label's value.
    pub label_value_length_limit: Option<usize>,
    /// Dropped targets of a job that are kept for show.
    pub keep_dropped_targets: Option<usize>,
}

/// The limits of one job; `usize::MAX` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an uncompressed page.
    pub body_bytes: usize,
    /// Samples of a page after relabelling.
    pub samples: usize,
    /// Targets of the job.
    pub targets: usize,
    /// Labels of a series after relabelling.
    pub labels: usize,
    /// Bytes of a label's name.
    pub label_name_bytes: usize,
    /// Bytes of a label's value.
    pub label_value_bytes: usize,
    /// Dropped targets that are kept for show.
    pub dropped_targets: usize,
}

impl Default for Limits {
    /// Above what exporters in the field bring, and small enough that one bad
    /// exporter neither fills the memory nor holds the others up.
    fn default() -> Self {
        Self {
            body_bytes: 32 << 20,
            samples: 100_000,
            targets: 10_000,
            labels: 128,
            label_name_bytes: 1 << 10,
            label_value_bytes: 16 << 10,
            dropped_targets: 1_000,
        }
    }
}

impl LimitKeys {
    /// These keys over those of `global` over the defaults.
    pub fn resolve(self, global: Self) -> Limits {
        let default = Limits::default();
        Limits {
            body_bytes: pick(
                bytes(self.body_size_limit),
                bytes(global.body_size_limit),
                default.body_bytes,
            ),
            samples: pick(self.sample_limit, global.sample_limit, default.samples),
            targets: pick(self.target_limit, global.target_limit, default.targets),
            labels: pick(self.label_limit, global.label_limit, default.labels),
            label_name_bytes: pick(
                self.label_name_length_limit,
                global.label_name_length_limit,
                default.label_name_bytes,
            ),
            label_value_bytes: pick(
                self.label_value_length_limit,
                global.label_value_length_limit,
                default.label_value_bytes,
            ),
            dropped_targets: pick(
                self.keep_dropped_targets,
                global.keep_dropped_targets,
                default.dropped_targets,
            ),
        }
    }
}

fn pick(own: Option<usize>, global: Option<usize>, default: usize) -> usize {
    match own.or(global) {
        Some(0) => usize::MAX,
        Some(limit) => limit,
        None => default,
    }
}

fn bytes(size: Option<ByteSize>) -> Option<usize> {
    size.map(|ByteSize(bytes)| usize::try_from(bytes).unwrap_or(usize::MAX))
}
