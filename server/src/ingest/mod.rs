//! Feeds -> the store: what brings samples in.
//!
//! Each feed has a folder: `scrape` fetches pages of exporters. A feed takes the
//! store and the handles that it needs, never the server's state.

pub mod scrape;
