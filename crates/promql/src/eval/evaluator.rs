//! What all parts of one evaluation share.

use series::TimeRange;

use super::annotations::Annotations;
use super::budget::Budget;
use crate::{Context, EvalError};

/// What a part of an evaluation gives.
pub(super) type EvalResult<T> = Result<T, EvalError>;

/// What every part of one evaluation shares.
#[derive(Clone)]
pub(super) struct Evaluator<'a> {
    pub context: &'a Context<'a>,
    pub budget: &'a Budget,
    pub annotations: &'a Annotations,
    /// The range of the whole query, for `@ start()` and `@ end()`.
    pub query: TimeRange,
}
