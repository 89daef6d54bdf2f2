//! The contract between server and browser: what a page shows ([`board`]),
//! the data it shows ([`data`]), how that data moves ([`live`]), what things are
//! called ([`id`]), and every URL ([`url`]).
//!
//! Contract: plain serde values, no behaviour beyond encoding and the few
//! merges both sides must do alike. Times are milliseconds since the Unix epoch.

pub mod board;
pub mod data;
pub mod id;
pub mod live;
mod shared;
pub mod url;
mod values;
