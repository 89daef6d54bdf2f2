//! Board files to the typed board model, and the model to what a page needs.

pub mod time;
