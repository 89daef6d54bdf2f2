//! The counts of the engine's store, read when `/metrics` is asked for.

use std::fmt::Error;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use storage::Counters;

use super::Engine;
use crate::metrics::{write_counter, write_gauge};

/// Reads the counts of an engine's store, once it is open.
#[derive(Debug)]
pub struct StoreCollector(pub Arc<Engine>);

/// A count of the store: its name, what it counts, and how it is read.
type StoreCount = (&'static str, &'static str, fn(&Counters) -> u64);

const STORE_COUNTERS: [StoreCount; 10] = [
    (
        "andon_store_log_written_bytes",
        "Bytes written to the log",
        |c| c.wal_bytes_written,
    ),
    (
        "andon_store_log_records",
        "Records written to the log",
        |c| c.wal_records_written,
    ),
    (
        "andon_store_log_damaged_records",
        "Records found damaged at start and left out",
        |c| c.wal_records_damaged,
    ),
    (
        "andon_store_log_write_failures",
        "Writes to the log that the disk refused",
        |c| c.wal_write_failures,
    ),
    (
        "andon_store_blocks_written",
        "Blocks written from memory",
        |c| c.blocks_written,
    ),
    (
        "andon_store_blocks_compacted",
        "Blocks merged into larger ones",
        |c| c.blocks_compacted,
    ),
    (
        "andon_store_blocks_dropped",
        "Blocks dropped by retention",
        |c| c.blocks_dropped,
    ),
    (
        "andon_store_exemplars_added",
        "Exemplars kept for a while",
        |c| c.exemplars_added,
    ),
    (
        "andon_store_exemplars_refused",
        "Exemplars that came out of order or had labels that are too long",
        |c| c.exemplars_refused,
    ),
    (
        "andon_store_catalogs_rebuilt",
        "Catalogs of labels found damaged or missing at start and made anew",
        |c| c.catalogs_rebuilt,
    ),
];

const STORE_GAUGES: [StoreCount; 9] = [
    ("andon_store_exemplars", "Exemplars that are kept", |c| {
        c.exemplars
    }),
    ("andon_store_blocks", "Blocks on disk", |c| c.blocks),
    ("andon_store_log_bytes", "Bytes of the log on disk", |c| {
        c.wal_bytes
    }),
    (
        "andon_store_block_bytes",
        "Bytes of the blocks on disk",
        |c| c.blocks_bytes,
    ),
    (
        "andon_store_block_samples",
        "Samples of the blocks on disk",
        |c| c.blocks_samples,
    ),
    (
        "andon_store_damaged_blocks",
        "Blocks that could not be opened",
        |c| c.blocks_damaged,
    ),
    (
        "andon_store_missing_blocks",
        "Blocks whose files were removed by somebody else",
        |c| c.blocks_missing,
    ),
    (
        "andon_store_damaged_rows",
        "Series in blocks that queries could not read",
        |c| c.damaged_rows,
    ),
    (
        "andon_store_series_without_labels",
        "Series in blocks whose labels were lost with the catalog",
        |c| c.series_without_labels,
    ),
];

impl Collector for StoreCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        write_counter(
            &mut encoder,
            "andon_remote_write_refused_histograms",
            "Native histograms that remote write brought and that were not taken",
            self.0.refused_histograms(),
        )?;
        write_counter(
            &mut encoder,
            "andon_remote_write_unstored_exemplars",
            "Exemplars that remote write brought and that are not kept",
            self.0.unstored_exemplars(),
        )?;
        let Ok(store) = self.0.store() else {
            return Ok(());
        };
        let counters = store.counters();
        for (name, help, read) in STORE_COUNTERS {
            write_counter(&mut encoder, name, help, read(&counters))?;
        }
        for (name, help, read) in STORE_GAUGES {
            write_gauge(&mut encoder, name, help, read(&counters) as f64)?;
        }
        write_gauge(
            &mut encoder,
            "andon_store_series",
            "Series the store knows",
            store.series_count() as f64,
        )
    }
}
