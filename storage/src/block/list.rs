//! The blocks there are, each with what was deleted from it. A list never
//! changes: whoever reads one keeps it, and a newer one takes its place.

use std::sync::Arc;

use series::{SampleColumns, StoreError, TimeRange};
use tsdb::{BlockSummary, SeriesRef, merge_tail};

use super::format::series_of;
use super::reader::Block;
use crate::catalog::Deletions;

/// A block without what was deleted from it.
#[derive(Clone)]
pub(crate) struct BlockView {
    pub block: Arc<Block>,
    pub deleted: Arc<Deletions>,
}

/// Blocks in the order in which their newest part left the head; they may
/// overlap, then of equal times what left later holds.
#[derive(Clone, Default)]
pub(crate) struct BlockList(Arc<Vec<BlockView>>);

impl BlockList {
    pub fn new(mut views: Vec<BlockView>) -> Self {
        views.sort_by_key(|view| {
            (
                view.block.about.sources.iter().max().copied(),
                view.block.number,
            )
        });
        Self(Arc::new(views))
    }

    pub fn iter(&self) -> impl Iterator<Item = &BlockView> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The list with `added` and without the blocks of these numbers.
    pub fn changed(&self, removed: &[u64], added: Option<BlockView>) -> Self {
        let kept = self
            .iter()
            .filter(|view| !removed.contains(&view.block.number));
        Self::new(kept.cloned().chain(added).collect())
    }

    /// Whether this is the very same list.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The blocks that have samples in `range`.
    pub fn overlapping(&self, range: TimeRange) -> Self {
        let overlaps = |view: &&BlockView| view.block.about.range.overlaps(range);
        if self.iter().all(|view| overlaps(&view)) {
            return self.clone();
        }
        Self(Arc::new(self.iter().filter(overlaps).cloned().collect()))
    }

    /// Whether any block has samples of the series.
    pub fn holds(&self, series: SeriesRef) -> bool {
        self.iter().any(|view| view.block.holds(series))
    }

    /// Appends the samples in `range` of the series under `key`, ascending.
    ///
    /// # Errors
    /// [`StoreError::Partial`] where a block cannot be read: then `out` has
    /// what the others hold.
    pub fn read(
        &self,
        key: u64,
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> Result<(), StoreError> {
        let start = out.lengths();
        let mut damage: Vec<String> = Vec::new();
        for view in self.iter() {
            let block = &view.block;
            if block.about.range.overlaps(range) && block.holds(series_of(key)) {
                let middle = out.lengths();
                if let Err(error) = view.read(key, range, out) {
                    out.truncate(middle);
                    damage.push(describe(block, key, &error));
                }
                merge_tail(out, start, middle);
            }
        }
        if damage.is_empty() {
            return Ok(());
        }
        Err(StoreError::Partial(damage.join("; ")))
    }
}

impl BlockView {
    /// Appends the samples in `range` of one series, without the deleted ones.
    fn read(&self, key: u64, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let start = out.lengths();
        self.block.read(key, range, out)?;
        if let Some(deleted) = self.deleted.get(&series_of(key)) {
            let is_deleted = |time| deleted.iter().any(|range| range.contains(time));
            out.retain_from(start, |time| !is_deleted(time));
        }
        Ok(())
    }

    /// The view without the samples in `range` of these series, too.
    pub fn without(&self, series: &[SeriesRef], range: TimeRange) -> Self {
        if !self.block.about.range.overlaps(range) {
            return self.clone();
        }
        let mut deleted = (*self.deleted).clone();
        for &series in series.iter().filter(|series| self.block.holds(**series)) {
            deleted.entry(series).or_default().push(range);
        }
        Self {
            block: Arc::clone(&self.block),
            deleted: Arc::new(deleted),
        }
    }

    pub fn summary(&self) -> BlockSummary {
        BlockSummary {
            range: self.block.about.range,
            size_bytes: self.block.size_bytes,
            has_deletions: !self.deleted.is_empty(),
        }
    }
}

/// Which block cannot be read and when its samples are of; in the log once for
/// each series.
fn describe(block: &Block, key: u64, error: &StoreError) -> String {
    let TimeRange { start_ms, end_ms } = block.about.range;
    let path = block.path.display();
    let (start, end) = (start_ms as f64 / 1e3, end_ms as f64 / 1e3);
    let text = format!("samples from {start:.3} to {end:.3} in {path} cannot be read: {error}");
    if block.note_damage(key) {
        let series = series_of(key).to_u32();
        tracing::error!(series, "{text}");
    }
    text
}
