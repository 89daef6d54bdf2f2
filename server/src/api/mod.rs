//! Prometheus' HTTP API over whichever source serves: the same paths,
//! parameters, answers and errors.
//!
//! Handlers turn parameters into typed questions (`params`), and typed
//! answers into Prometheus' JSON (`json`).

pub mod admin;
mod error;
pub mod exemplars;
pub mod features;
pub mod federate;
mod json;
pub mod labels;
mod params;
pub mod parse_query;
pub mod query;
pub mod read;
pub mod status;
pub mod target_metadata;
pub mod write;

pub use error::not_found;
