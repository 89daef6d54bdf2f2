//! Which metrics mean what: the job model of a system ([`JobModel`]), the
//! boards made of it ([`overview`]), and packs that recognise systems by the
//! names of their metrics ([`Packs`], [`Inventory`]).
//!
//! Contract: pure; models and metric names in, boards out. Whether a metric is
//! there, and what it says, is the source's to answer.

mod builtin;
mod expr;
mod generic;
mod health;
mod inventory;
mod job;
mod limits;
mod metrics;
pub mod outcome;
mod overview;
mod pack;
mod selector;
mod system;
mod systems;
mod targets;
mod verdict;

pub use builtin::Packs;
pub use health::restarts;
pub use inventory::{Inventory, Metric, SUFFIXES};
pub use job::{Failures, JobModel, Latency, LatencyType, Objective, Success, Throughput, Workers};
pub use limits::{explain, limits_board};
pub use metrics::metrics_of;
pub use overview::overview;
pub use pack::{KnownIssue, Limit, Pack, PackError, Recognise, Watch};
pub use selector::{Selector, SelectorError};
pub use system::{ShippedBoard, System};
pub use systems::{FoundSystem, short_title, systems_board, with_systems_beside};
pub use targets::Targets;
pub use verdict::verdict;
