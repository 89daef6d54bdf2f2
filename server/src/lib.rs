//! The effects: configuration, router, scrape, upstream, query, live hub.
//!
//! [`run`] takes everything from outside (a bound listener, the configuration,
//! a token that ends it), so that a test runs the whole server on port 0.

pub mod api;
pub mod assets;
pub mod boards;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod http;
pub mod ingest;
pub mod live;
pub mod metrics;
pub mod pages;
pub mod query;
pub mod source;
pub mod state;

mod check;
mod convert;
mod log;
mod provisioning;
mod report_format;
mod run;
mod start;
mod unknown_key;

pub use run::{StartError, run};
pub use state::AppState;
