//! The disk under the store: write-ahead log and blocks.
//!
//! [`Store`] turns appended samples into records of a WAL and answers queries
//! through [`series::SeriesStore`]. Contract: [`Store::append`] returns once
//! its samples would survive the death of the process; every method may be
//! called from any thread and may block on the disk.

mod append;
mod block;
mod catalog;
mod disk;
mod error;
mod maintenance;
mod options;
mod reader;
mod rebuild;
mod series_labels;
mod store;
mod unfinished;
mod wal;

pub use error::{SeriesRefused, StorageError};
pub use options::{Options, ReplayProgress};
pub use rebuild::CatalogRebuild;
pub use store::{Counters, Store};
pub use wal::reader::{DamagedBlock, Recovery, WalDamage};
