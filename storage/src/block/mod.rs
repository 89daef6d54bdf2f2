//! Blocks: what left the head, in immutable files of the embedded store
//! [redb](https://github.com/cberner/redb), one file a block.
//!
//! Measured on 200,000 rows of 58 MB, a point read of 10,000 of them warm:
//!
//! |              | redb, one row a series | fjall, one row a series |
//! |--------------|------------------------|-------------------------|
//! | file / rows  | 1.13                   | 1.05                    |
//! | point read   | 0.2 µs                 | 1.7 µs                  |
//! | opening      | 0.1 ms                 | 24 ms                   |
//! | writing      | 0.6 s                  | 0.4 s                   |
//!
//! redb reads eight times as fast and is one plain file, which is finished
//! under another name and renamed: a block is there as a whole or not at all,
//! a full disk spoils no other block, and dropping one removes a file. fjall's
//! smaller file is a twentieth of a byte a sample.
//!
//! A host's node_exporter, scraped every 5 s for an hour: 0.74 bytes a sample
//! (577 series), 0.65 with twenty hosts in one block; 0.92 and 0.70 with the
//! catalog of series. Each block has the labels of its series as well, from
//! which a lost catalog is made anew.
//!
//! | table  | key                                | value                         |
//! |--------|------------------------------------|-------------------------------|
//! | about  | `about`                            | [`format::About`]             |
//! | about  | `format`                           | version of the format         |
//! | labels | number of the row                  | checksum, [`crate::series_labels`] |
//! | times  | number of a column                 | checksum, `tsdb::Times`       |
//! | series | checksum of the metric name, id    | checksum, (column, length, values)… |
//! | histograms | the same                       | checksum, `tsdb::HistogramChunk`… |
//!
//! The last table is there only where the block has native histograms.
//!
//! The metric's name leads the key, so that a query of one metric over many
//! targets reads neighbouring pages.

pub(crate) mod format;
pub(crate) mod list;
pub(crate) mod manifest;
pub(crate) mod reader;
pub(crate) mod writer;
