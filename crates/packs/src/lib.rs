//! Which metrics mean what: the job model of a system ([`JobModel`]), and the
//! boards made of it ([`overview`]).
//!
//! Contract: pure; models and metric names in, boards out. Whether a metric is
//! there, and what it says, is the source's to answer.

mod expr;
mod job;
mod overview;
mod selector;

pub use job::{Failures, JobModel, Latency, LatencyType, Objective, Success, Throughput, Workers};
pub use overview::overview;
pub use selector::{Selector, SelectorError};
