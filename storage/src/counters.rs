//! What the store counts.

/// What the store has done since it was opened, for `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes written to the WAL.
    pub wal_bytes_written: u64,
    /// Records written to the WAL.
    pub wal_records_written: u64,
    /// Records that opening found damaged and left out.
    pub wal_records_damaged: u64,
    /// Writes to the WAL that the disk refused.
    pub wal_write_failures: u64,
    /// Blocks written from the head.
    pub blocks_written: u64,
    /// Blocks merged into larger ones.
    pub blocks_compacted: u64,
    /// Blocks dropped by retention.
    pub blocks_dropped: u64,
    /// Blocks on disk.
    pub blocks: u64,
    /// Bytes of the WAL on disk.
    pub wal_bytes: u64,
    /// Bytes of the blocks on disk.
    pub blocks_bytes: u64,
    /// Samples of the blocks on disk.
    pub blocks_samples: u64,
    /// Blocks that opening could not read and left out.
    pub blocks_damaged: u64,
    /// Blocks whose files somebody removed.
    pub blocks_missing: u64,
    /// Rows of samples that queries could not read.
    pub damaged_rows: u64,
    /// Catalogs that opening had to make anew: one or none.
    pub catalogs_rebuilt: u64,
    /// Series with samples in blocks whose labels went with the catalog.
    pub series_without_labels: u64,
    /// Exemplars that are kept.
    pub exemplars: u64,
    /// Exemplars that were added.
    pub exemplars_added: u64,
    /// Exemplars that came too late, or whose labels were too long.
    pub exemplars_refused: u64,
}
