//! A simulated job system: a seed and a time to the events of its workers.
//!
//! [`Simulation`] is a discrete-event simulation: jobs of four [`Kind`]s arrive,
//! wait in one queue, run on a pool of workers that grows and shrinks, fail, are
//! retried. [`Incident`]s on a fixed schedule disturb it, so that a board over it
//! tells a story within two minutes.
//!
//! Contract: the same seed, start and end give the same events, however many
//! steps the time between is advanced in. No clock: times are milliseconds
//! since the Unix epoch.

mod incident;
mod kind;
mod random;
mod simulation;

pub use incident::{CYCLE_MS, Incident};
pub use kind::{Kind, Reason};
pub use simulation::{Event, MAX_WORKERS, MIN_WORKERS, QUEUE_LIMIT, Simulation};
