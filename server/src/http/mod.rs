//! HTTP around the handlers: the URL table, the router made of it, security headers,
//! the listener, health.

pub mod connections;
mod demo;
mod health;
mod metrics;
mod observe;
mod reload;
mod router;
pub mod routes;
mod security;
pub mod serve;

pub use router::router;
