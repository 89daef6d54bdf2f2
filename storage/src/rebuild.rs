//! A catalog that is damaged or missing, made anew from the blocks and the WAL.
//!
//! Blocks have the labels of their series since format 2. Series of older
//! blocks that nothing else names cannot be found; their samples stay where
//! they are. Deletions that no compaction has carried out yet are lost with the
//! catalog.

use roaring::RoaringBitmap;
use tsdb::{Head, SeriesRef};

use crate::block::list::BlockList;
use crate::catalog::{Condition, Contents};

/// What was done about a catalog that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogRebuild {
    /// There was no file; else it was damaged.
    pub was_missing: bool,
    /// Series that are known again.
    pub series: u64,
    /// Series with samples in blocks whose labels nothing names any more.
    pub series_without_labels: u64,
}

/// Makes known the series of the catalog, and of the blocks where it is not
/// whole.
pub(crate) fn restore_series(
    head: &Head,
    catalog: &Contents,
    condition: Condition,
    blocks: &BlockList,
) {
    for (series, labels) in &catalog.series {
        head.restore_series(*series, labels);
    }
    head.reserve_refs(SeriesRef::from_u32(catalog.next));
    if condition != Condition::Whole {
        restore_from_blocks(head, blocks);
    }
    reserve_refs_of_blocks(head, blocks);
}

fn restore_from_blocks(head: &Head, blocks: &BlockList) {
    for view in blocks.iter() {
        for (series, labels) in view.block.labels() {
            head.restore_series(series, &labels);
        }
    }
}

/// Keeps the references of the blocks' series from being handed out again:
/// another series would get their samples.
fn reserve_refs_of_blocks(head: &Head, blocks: &BlockList) {
    let newest = blocks
        .iter()
        .filter_map(|view| view.block.about.series.max());
    if let Some(newest) = newest.max() {
        head.reserve_refs(SeriesRef::from_u32(newest.saturating_add(1)));
    }
}

/// What came of it, once the WAL has been replayed, too; `None` where the
/// catalog was whole, or is new as the folder is.
pub(crate) fn outcome(
    condition: Condition,
    head: &Head,
    blocks: &BlockList,
) -> Option<CatalogRebuild> {
    let is_new = condition == Condition::Missing && blocks.len() == 0;
    if condition == Condition::Whole || is_new {
        return None;
    }
    let in_blocks = blocks.iter().map(|view| &view.block.about.series);
    let in_blocks = in_blocks.fold(RoaringBitmap::new(), |all, series| all | series);
    let unnamed = in_blocks
        .iter()
        .filter(|&series| head.labels_of(SeriesRef::from_u32(series)).is_none());
    Some(CatalogRebuild {
        was_missing: condition == Condition::Missing,
        series: head.series_count() as u64,
        series_without_labels: unnamed.count() as u64,
    })
}
