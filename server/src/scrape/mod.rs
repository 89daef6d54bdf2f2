//! Scraping: from configured jobs to samples in the store.

pub mod config;
