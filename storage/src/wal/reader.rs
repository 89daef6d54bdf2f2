//! The reading end of the WAL: every record of every segment, in order.

use std::path::PathBuf;

use series::TimeRange;

use super::frame::{Found, Frames};
use super::record::{Record, parse};
use super::segment::Segment;
use crate::error::{DiskContext, StorageError};
use crate::options::ReplayProgress;
use crate::rebuild::CatalogRebuild;

/// A part of the WAL that could not be read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalDamage {
    /// In which file.
    pub path: PathBuf,
    /// From which byte.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The file ends there: a write that the death of the process cut off.
    pub is_torn_tail: bool,
}

/// What opening found in the WAL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Samples that were read back.
    pub samples: u64,
    /// Samples whose series is not known: both its definitions are damaged.
    pub samples_without_series: u64,
    /// Damaged records and torn tails.
    pub damaged_records: u64,
    /// The first of them.
    pub damage: Vec<WalDamage>,
    /// Blocks that cannot be read. Their files stay as they are.
    pub damaged_blocks: Vec<DamagedBlock>,
    /// Numbers of blocks whose files somebody removed.
    pub missing_blocks: Vec<u64>,
    /// Of the damaged and the missing blocks those of which is known when their samples
    /// are of, each with its file.
    pub lost_ranges: Vec<(PathBuf, TimeRange)>,
    /// Said where the catalog had to be made anew.
    pub catalog: Option<CatalogRebuild>,
}

/// A block that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedBlock {
    /// Its number.
    pub number: u64,
    /// Its file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// How much damage is remembered in detail.
const DAMAGE_LIMIT: usize = 100;

/// How often progress is told.
const PROGRESS_BYTES: u64 = 4 << 20;

/// Hands every record to `apply`, notes each segment's newest sample, and
/// tells `progress` how far that is.
pub(crate) fn replay(
    segments: &mut [Segment],
    mut apply: impl FnMut(Record, &mut Recovery),
    mut progress: impl FnMut(ReplayProgress),
) -> Result<Recovery, StorageError> {
    let mut recovery = Recovery::default();
    let mut state = ReplayProgress {
        total_bytes: segments.iter().map(|segment| segment.size_bytes).sum(),
        ..ReplayProgress::default()
    };
    progress(state);
    let mut told_bytes = 0;
    for segment in segments {
        let bytes = std::fs::read(&segment.path).on("read", &segment.path)?;
        let before_bytes = state.replayed_bytes;
        let mut frames = Frames::new(&bytes);
        while let Some(found) = frames.next() {
            match found {
                Found::Payload(payload) => match parse(payload) {
                    Some(record) => {
                        note_newest(segment, &record);
                        apply(record, &mut recovery);
                    }
                    None => recovery.note(segment, frames.position(), payload.len(), false),
                },
                Found::Damaged { offset, bytes } => recovery.note(segment, offset, bytes, false),
                Found::Torn { offset, bytes } => recovery.note(segment, offset, bytes, true),
            }
            state.replayed_bytes = before_bytes + frames.position() as u64;
            state.samples = recovery.samples;
            if state.replayed_bytes - told_bytes >= PROGRESS_BYTES {
                told_bytes = state.replayed_bytes;
                progress(state);
            }
        }
    }
    progress(state);
    Ok(recovery)
}

fn note_newest(segment: &mut Segment, record: &Record) {
    let newest_ms = match record {
        Record::Samples(all) => all.iter().map(|(_, sample)| sample.timestamp_ms).max(),
        Record::Histograms(all) => all.iter().map(|(_, sample)| sample.timestamp_ms).max(),
        _ => None,
    };
    segment.newest_ms = segment.newest_ms.max(newest_ms);
}

impl Recovery {
    fn note(&mut self, segment: &Segment, offset: usize, bytes: usize, is_torn_tail: bool) {
        self.damaged_records += 1;
        if self.damage.len() < DAMAGE_LIMIT {
            self.damage.push(WalDamage {
                path: segment.path.clone(),
                offset: offset as u64,
                bytes: bytes as u64,
                is_torn_tail,
            });
        }
    }

    /// Counts samples that were read back, `unknown` of them without a series.
    pub(crate) fn count(&mut self, all: u64, unknown: u64) {
        self.samples += all - unknown;
        self.samples_without_series += unknown;
    }
}
