//! The parser as a whole, through the crate's public face.

mod fixtures;
mod mutations;
mod openmetrics;
mod text;
