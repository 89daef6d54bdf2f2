//! How a store is opened, and what opening it says.

use std::path::PathBuf;

/// Where the data lives and how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the data; `None` keeps everything in memory only.
    pub data_dir: Option<PathBuf>,
    /// Samples older than the newest sample by more than this are dropped.
    pub retention_ms: i64,
    /// The oldest blocks are dropped while all of them are larger than this;
    /// without a data folder, the oldest hours of samples.
    pub retention_bytes: Option<u64>,
    /// How much older than its series' newest sample a sample may be.
    pub out_of_order_window_ms: i64,
    /// How many series there may be at once, over all sources.
    pub max_series: usize,
    /// How many exemplars are kept at once, of all series; 0 keeps none.
    pub max_exemplars: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: None,
            retention_ms: 15 * 24 * 3_600_000,
            retention_bytes: None,
            out_of_order_window_ms: 3_600_000,
            max_series: 10_000_000,
            max_exemplars: 100_000,
        }
    }
}

/// How far opening has come in replaying the WAL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayProgress {
    /// Bytes of the WAL that were replayed.
    pub replayed_bytes: u64,
    /// Bytes of the WAL there are.
    pub total_bytes: u64,
    /// Samples found so far.
    pub samples: u64,
}
