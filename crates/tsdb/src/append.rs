//! What appending says back: which samples were taken, and why not the others.

use series::TimeRange;

/// Names one series for as long as the store knows it; never given twice.
///
/// A series without samples left is forgotten after a while; appending by its
/// reference then says [`Rejection::UnknownSeries`], and the caller asks again
/// by labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesRef(pub(crate) u32);

impl SeriesRef {
    /// The reference as it is written to a WAL.
    pub fn to_u32(self) -> u32 {
        self.0
    }

    /// The reference that [`Self::to_u32`] wrote.
    pub fn from_u32(id: u32) -> Self {
        Self(id)
    }
}

/// Why a sample was not taken; worded as Prometheus words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// The series has another value at that time.
    #[error("duplicate sample for timestamp")]
    DuplicateTimestamp,
    /// Older than the series' newest sample, and no out-of-order samples are
    /// taken.
    #[error("out of order sample")]
    OutOfOrder,
    /// Older than the series' newest sample by more than the window.
    #[error("too old sample")]
    TooOld,
    /// Later than the latest time that the caller allows.
    #[error("out of bounds")]
    TooFarInFuture,
    /// A native histogram whose parts do not go together, or that has more
    /// buckets of one sign than the store takes: [`series::Histogram::validate`]
    /// says more.
    #[error("invalid native histogram")]
    InvalidHistogram,
    /// The reference names no series (any more).
    #[error("unknown series")]
    UnknownSeries,
}

/// The first sample of a batch that was not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offence {
    /// Its index in the batch.
    pub index: usize,
    /// Its series.
    pub series: SeriesRef,
    /// Its time.
    pub timestamp_ms: i64,
    /// Why it was not taken.
    pub reason: Rejection,
}

/// What became of a batch. The counts add up to the batch's length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppendOutcome {
    /// Samples that were stored.
    pub accepted: u64,
    /// Samples that were there already with the same value: no error.
    pub repeated: u64,
    /// [`Rejection::DuplicateTimestamp`]s.
    pub duplicates: u64,
    /// [`Rejection::OutOfOrder`]s.
    pub out_of_order: u64,
    /// [`Rejection::TooOld`]s.
    pub too_old: u64,
    /// [`Rejection::TooFarInFuture`]s.
    pub too_far_in_future: u64,
    /// [`Rejection::InvalidHistogram`]s.
    pub invalid_histograms: u64,
    /// [`Rejection::UnknownSeries`]s.
    pub unknown_series: u64,
    /// The first rejected sample.
    pub first_offence: Option<Offence>,
    /// The times of the stored samples; `None` where none was stored.
    pub accepted_range: Option<TimeRange>,
}

impl AppendOutcome {
    /// Samples that were rejected for whatever reason.
    pub fn rejected(&self) -> u64 {
        self.duplicates
            + self.out_of_order
            + self.too_old
            + self.too_far_in_future
            + self.invalid_histograms
            + self.unknown_series
    }

    /// Adds what became of the samples that follow in the same batch.
    pub fn join(&mut self, next: Self) {
        let before = self.total();
        self.accepted += next.accepted;
        self.repeated += next.repeated;
        self.duplicates += next.duplicates;
        self.out_of_order += next.out_of_order;
        self.too_old += next.too_old;
        self.too_far_in_future += next.too_far_in_future;
        self.invalid_histograms += next.invalid_histograms;
        self.unknown_series += next.unknown_series;
        self.first_offence = self.first_offence.or_else(|| {
            let mut offence = next.first_offence?;
            offence.index += before as usize;
            Some(offence)
        });
        let ranges = self.accepted_range.into_iter();
        let both = ranges.chain(next.accepted_range);
        self.accepted_range = both.reduce(TimeRange::including);
    }

    /// Samples of the batch.
    fn total(&self) -> u64 {
        self.accepted + self.repeated + self.rejected()
    }

    pub(crate) fn accept(&mut self, timestamp_ms: i64) {
        self.accepted += 1;
        let at = TimeRange {
            start_ms: timestamp_ms,
            end_ms: timestamp_ms,
        };
        let range = self.accepted_range.map_or(at, |range| range.including(at));
        self.accepted_range = Some(range);
    }

    pub(crate) fn reject(&mut self, offence: Offence) {
        *match offence.reason {
            Rejection::DuplicateTimestamp => &mut self.duplicates,
            Rejection::OutOfOrder => &mut self.out_of_order,
            Rejection::TooOld => &mut self.too_old,
            Rejection::TooFarInFuture => &mut self.too_far_in_future,
            Rejection::InvalidHistogram => &mut self.invalid_histograms,
            Rejection::UnknownSeries => &mut self.unknown_series,
        } += 1;
        self.first_offence.get_or_insert(offence);
    }
}
