//! Prometheus' HTTP API over whichever source serves: the same paths,
//! parameters, answers and errors.
//!
//! Handlers turn parameters into typed questions (`params`), and typed
//! answers into Prometheus' JSON (`json`).

mod error;
mod json;
pub mod labels;
mod params;
pub mod query;
pub mod status;
pub mod write;

pub use error::not_found;
