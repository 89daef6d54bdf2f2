//! What an evaluation needs besides the expression.

use std::sync::atomic::{AtomicU8, Ordering};

use series::SeriesStore;

use crate::EvalError;

/// How much a query may cost. Each bound is inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Samples in memory at once.
    pub max_samples: usize,
    /// Series one selector may find.
    pub max_series: usize,
    /// Steps of a range query.
    pub max_points: usize,
}

impl Default for Limits {
    /// Prometheus' bounds, and a bound on series that it lacks.
    fn default() -> Self {
        Self {
            max_samples: 50_000_000,
            max_series: 1_000_000,
            max_points: 11_000,
        }
    }
}

/// Says from another thread that an evaluation should end; it then ends at its
/// next check, within some milliseconds.
#[derive(Debug, Default)]
pub struct Interrupt(AtomicU8);

const CANCELED: u8 = 1;
const TIMED_OUT: u8 = 2;

impl Interrupt {
    /// The caller left.
    pub fn cancel(&self) {
        self.0.store(CANCELED, Ordering::Relaxed);
    }

    /// The caller's patience ended.
    pub fn time_out(&self) {
        self.0.store(TIMED_OUT, Ordering::Relaxed);
    }

    /// Whether the caller left.
    pub fn is_canceled(&self) -> bool {
        self.0.load(Ordering::Relaxed) == CANCELED
    }

    /// # Errors
    /// Where the evaluation should end.
    pub(crate) fn check(&self) -> Result<(), EvalError> {
        match self.0.load(Ordering::Relaxed) {
            CANCELED => Err(EvalError::Canceled),
            TIMED_OUT => Err(EvalError::TimedOut),
            _ => Ok(()),
        }
    }
}

/// When a function that changes what a series means takes its name away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameRemoval {
    /// At the end of the query, so that `by (__name__)` still sees it
    /// (Prometheus' feature `promql-delayed-name-removal`).
    Delayed,
    /// At once, as Prometheus 3.5 does where that feature is off.
    #[default]
    Eager,
}

/// What an evaluation needs besides the expression.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Whoever holds the series.
    pub store: &'a dyn SeriesStore,
    /// How old the latest sample of a series may be.
    pub lookback_ms: i64,
    /// The resolution of subqueries that name none.
    pub subquery_step_ms: i64,
    /// How much the query may cost.
    pub limits: Limits,
    /// When metric names go.
    pub name_removal: NameRemoval,
    /// Ends the evaluation early.
    pub interrupt: &'a Interrupt,
}

impl<'a> Context<'a> {
    /// Prometheus' defaults over `store`.
    pub fn new(store: &'a dyn SeriesStore, interrupt: &'a Interrupt) -> Self {
        Self {
            store,
            lookback_ms: 300_000,
            subquery_step_ms: 60_000,
            limits: Limits::default(),
            name_removal: NameRemoval::default(),
            interrupt,
        }
    }
}
