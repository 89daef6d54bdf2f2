//! What the integration tests share: a store in memory, the `.test` format of
//! Prometheus, and a runner for it.

pub mod compare;
pub mod features;
pub mod format;
pub mod histogram;
pub mod runner;
pub mod store;
