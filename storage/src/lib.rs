//! The disk under the store: write-ahead log and blocks.
//!
//! [`Store`] turns appended samples into records of a WAL and answers queries
//! through [`series::SeriesStore`]. Contract: [`Store::append`] returns once
//! its samples would survive the death of the process; every method may be
//! called from any thread and may block on the disk.

mod append;
mod block;
mod catalog;
mod counters;
mod disk;
mod error;
mod exemplars;
mod folder_format;
mod inspect;
mod lock;
mod maintenance;
mod options;
mod reader;
mod rebuild;
mod repair;
mod series_labels;
mod snapshot;
mod store;
mod unfinished;
mod wal;

pub use counters::Counters;
pub use error::{SeriesRefused, StorageError};
pub use exemplars::NewExemplar;
pub use folder_format::{FOLDER_VERSION, FolderFormat};
pub use inspect::{BlockInfo, Damage, Inspection, check, inspect};
pub use lock::Holder;
pub use options::{Options, ReplayProgress};
pub use rebuild::CatalogRebuild;
pub use repair::{Repair, repair};
pub use snapshot::snapshot_folder;
pub use store::Store;
pub use wal::reader::{DamagedBlock, Recovery, WalDamage};
