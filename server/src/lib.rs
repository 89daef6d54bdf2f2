//! The effects: configuration, router, scrape, upstream, query, live hub.

pub mod demo;
