//! The live hub: one [`view::View`] a board, range and set of variables that
//! somebody looks at; any number of viewers of each.
//!
//! Contract: a view's data is asked for once a step, however many look; each
//! event is encoded once. Every queue is bounded: a viewer that falls behind
//! gets a snapshot, never a backlog. Server-Sent Events suffice, since all that
//! a page says it says in the stream's URL; they pass every proxy that passes
//! HTTP, which WebSockets do not.

pub mod admission;
pub mod buffer;
pub mod frame;
pub mod hub;
pub mod memory;
pub mod metrics;
pub mod named;
pub mod spec;
pub mod stream;
pub mod view;

mod evaluate;
mod native_histograms;
mod panel_renderer;
mod state;
mod tables;
mod updates;
mod views;
