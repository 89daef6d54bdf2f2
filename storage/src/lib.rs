//! The disk under the store: write-ahead log and blocks.
