//! The steps of an evaluation, and how a column says "no value here".

use series::{STALE_NAN_BITS, TimeRange};

use crate::ast::{At, Shift};

/// What stands in a column where a step has no value: the staleness marker,
/// which is never a value because readers of samples drop it.
pub(super) const ABSENT: f64 = f64::from_bits(STALE_NAN_BITS);

/// Whether the column has no value here. Every other NaN is a value.
pub(super) fn is_absent(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// Equidistant instants, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub start_ms: i64,
    pub step_ms: i64,
    pub len: usize,
}

impl Grid {
    /// One instant.
    pub(super) fn instant(at_ms: i64) -> Self {
        Self {
            start_ms: at_ms,
            step_ms: 1,
            len: 1,
        }
    }

    /// From start to at most end; `None` where the end lies before the start.
    pub(super) fn spanning(start_ms: i64, end_ms: i64, step_ms: i64) -> Option<Self> {
        let steps = end_ms.checked_sub(start_ms)? / step_ms;
        let len = usize::try_from(steps).ok()?.checked_add(1)?;
        (start_ms <= end_ms).then_some(Self {
            start_ms,
            step_ms,
            len,
        })
    }

    /// The time of a step.
    pub(super) fn time_ms(&self, step: usize) -> i64 {
        let ahead = i64::try_from(step).unwrap_or(i64::MAX);
        self.start_ms
            .saturating_add(ahead.saturating_mul(self.step_ms))
    }

    /// The time of the last step.
    pub(super) fn end_ms(&self) -> i64 {
        self.time_ms(self.len - 1)
    }
}

/// `offset` and `@` with `start()` and `end()` resolved: which instant is
/// looked at in the place of a step's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    at_ms: Option<i64>,
    offset_ms: i64,
}

impl When {
    /// `query` is the range of the whole query as it was asked for: its end
    /// need not be a step.
    pub(super) fn resolve(shift: Shift, query: TimeRange) -> Self {
        let at_ms = shift.at.map(|at| match at {
            At::Instant(ms) => ms,
            At::Start => query.start_ms,
            At::End => query.end_ms,
        });
        Self {
            at_ms,
            offset_ms: shift.offset_ms,
        }
    }

    /// The instant that a step at `time_ms` looks at.
    pub(super) fn look_at(&self, time_ms: i64) -> i64 {
        self.at_ms.unwrap_or(time_ms).saturating_sub(self.offset_ms)
    }

    /// How far the instants of two steps lie apart.
    pub(super) fn stride_ms(&self, grid: &Grid) -> i64 {
        if self.at_ms.is_some() {
            0
        } else {
            grid.step_ms
        }
    }

    /// The first and the last instant looked at.
    pub(super) fn span(&self, grid: &Grid) -> (i64, i64) {
        (self.look_at(grid.start_ms), self.look_at(grid.end_ms()))
    }
}
