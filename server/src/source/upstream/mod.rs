//! A Prometheus HTTP API over the network: typed questions in, typed answers out.
//!
//! Works on everything that speaks the API: Prometheus from 2.42, Thanos,
//! Mimir, Cortex, VictoriaMetrics. Answers are bounded in time and bytes.

mod client;
mod config;
mod decode;
mod request;

pub use client::{PrometheusClient, is_prometheus};
pub use config::{SourceConfig, UpstreamConfig};
pub use request::Body;
