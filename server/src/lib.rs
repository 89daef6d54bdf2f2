//! The effects: configuration, router, scrape, upstream, query, live hub.
//!
//! [`run`] takes everything from outside (a bound listener, the configuration,
//! a token that ends it), so that a test runs the whole server on port 0.

pub mod boards;
pub mod cli;
pub mod clock;
pub mod config;
pub mod http;
pub mod ingest;
pub mod live;
pub mod net;
pub mod query;
pub mod reload;
pub mod source;
pub mod supervise;

mod api;
mod assets;
mod byte_budget;
mod check;
mod convert;
mod data;
mod demo;
mod log;
mod metrics;
mod pages;
mod regular_file;
mod report_format;
mod run;
mod start;
mod state;
mod unknown_key;
mod watch;

pub use run::{Setup, StartError, run};
