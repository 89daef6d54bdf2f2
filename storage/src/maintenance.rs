//! What is done to the disk now and then: samples are flushed from the head into a block,
//! blocks merge, old ones go. Each step leaves the folder as good as before if
//! it fails, and is tried again the next time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use series::{SampleColumns, TimeRange};
use tsdb::{Head, blocks_to_compact, blocks_to_drop, flush_before};

use crate::block::format::{key, series_of};
use crate::block::list::{BlockList, BlockView};
use crate::block::reader::Block;
use crate::block::writer::BlockWriter;
use crate::disk::Disk;
use crate::error::{DiskContext, StorageError};
use crate::options::Options;
use crate::wal::record;

impl Disk {
    /// Does what is due; samples later than `latest_ms` count as of then. Where
    /// that is not known yet, a clock that was ahead must not have retention
    /// drop everything: nothing is dropped.
    pub fn maintain(
        &self,
        head: &Head,
        options: &Options,
        latest_ms: Option<i64>,
    ) -> Result<(), StorageError> {
        let mut has_changed = false;
        if let Some(latest_ms) = latest_ms {
            // Before anything else: on a full disk this alone makes room.
            has_changed = self.drop_blocks(head, options, latest_ms)?;
        }
        let latest_ms = latest_ms.unwrap_or(i64::MAX);
        self.wal.sync()?;
        has_changed |= self.flush_whole_hours(head, latest_ms)?;
        let blocks = self.blocks();
        if has_changed && !head.gc_series(|series| blocks.holds(series)).is_empty() {
            self.save_catalog(head, &blocks)?;
        }
        self.notice_missing_blocks();
        self.compact_due(head)
    }

    /// Tells of blocks whose files somebody removed, each once. Their samples
    /// can be read until the store is closed.
    fn notice_missing_blocks(&self) {
        for view in self.blocks().iter() {
            let block = &view.block;
            let is_gone = matches!(block.path.try_exists(), Ok(false));
            if is_gone && self.missing_blocks.lock().insert(block.number) {
                let file = block.path.display();
                tracing::error!(%file, samples = block.about.samples, "the file of a block was removed");
            }
        }
    }

    /// Writes the blocks anew from which something was deleted.
    pub fn clean_tombstones(&self, head: &Head) -> Result<(), StorageError> {
        let blocks = self.blocks();
        for view in blocks.iter().filter(|view| !view.deleted.is_empty()) {
            self.compact(head, std::slice::from_ref(view))?;
        }
        self.save_catalog(head, &self.blocks())
    }

    /// Merges what is due. A damaged block stays as it is, and those it was to
    /// be merged with: the others go on.
    fn compact_due(&self, head: &Head) -> Result<(), StorageError> {
        while let Some(views) = self.due_compaction() {
            let outcome = self.compact(head, &views);
            if let Err(StorageError::Store(error)) = &outcome
                && error.is_damage()
            {
                let numbers = views.iter().map(|view| view.block.number);
                self.uncompactable.lock().extend(numbers);
            }
            outcome?;
        }
        Ok(())
    }

    /// Moves the hours that are over out of the head, once each: what comes
    /// later for them stays until the next hour is over, so that late samples
    /// make no block of their own each time. Says whether any were due.
    fn flush_whole_hours(&self, head: &Head, latest_ms: i64) -> Result<bool, StorageError> {
        let range = head.time_range().map(|range| range.until(latest_ms));
        let Some(before_ms) = range.and_then(flush_before) else {
            return Ok(false);
        };
        let flushed_ms = self.flushed_before_ms.load(Ordering::Relaxed);
        // After a clock that was ahead, hours begin anew.
        let was_ahead = flushed_ms > latest_ms;
        if before_ms <= flushed_ms && !was_ahead {
            return Ok(false);
        }
        self.flush_head(head, before_ms)?;
        self.flushed_before_ms.store(before_ms, Ordering::Relaxed);
        Ok(true)
    }

    /// Moves the head's samples before `before_ms` into a new block.
    pub fn flush_head(&self, head: &Head, before_ms: i64) -> Result<(), StorageError> {
        let number = self.next_block.fetch_add(1, Ordering::Relaxed);
        // What the WAL has before this record is what leaves now; what comes
        // after it may be older than `before_ms` and yet stays in the head.
        let last_segment = self.wal.rotate()?;
        let lsn = self.wal.add(&record::truncate(number, before_ms), None)?;
        self.wal.commit(lsn)?;
        let mut pending = head.pending_block(before_ms)?;
        if u64::from(head.next_ref().to_u32()) > self.saved_next.load(Ordering::Relaxed) {
            self.save_catalog(head, &self.blocks())?;
        }
        pending.sort_by_cached_key(|one| key(one.series, &one.labels));
        let mut writer = BlockWriter::create(&self.block_path(number), vec![number])?;
        let mut samples = SampleColumns::default();
        for one in &pending {
            samples.clear();
            one.read(&mut samples)?;
            writer.add(key(one.series, &one.labels), Some(&one.labels), &samples)?;
        }
        self.publish(writer, number, &[])?;
        // The block is to be found before the head forgets: no query misses it.
        head.truncate();
        self.counters.lock().blocks_written += 1;
        self.wal.remove_before(before_ms, last_segment)
    }

    fn due_compaction(&self) -> Option<Vec<BlockView>> {
        let blocks = self.blocks();
        let uncompactable = self.uncompactable.lock();
        let candidates = blocks.iter();
        let all: Vec<BlockView> = candidates
            .filter(|view| !uncompactable.contains(&view.block.number))
            .cloned()
            .collect();
        let summaries: Vec<_> = all.iter().map(BlockView::summary).collect();
        let due = blocks_to_compact(&summaries)?;
        Some(due.into_iter().map(|index| all[index].clone()).collect())
    }

    /// Makes one block of several, without what was deleted from them.
    fn compact(&self, head: &Head, views: &[BlockView]) -> Result<(), StorageError> {
        let number = self.next_block.fetch_add(1, Ordering::Relaxed);
        let sources = views.iter().flat_map(|view| &view.block.about.sources);
        let mut writer = BlockWriter::create(&self.block_path(number), sources.copied().collect())?;
        let list = BlockList::new(views.to_vec());
        let mut keys: Vec<_> = views
            .iter()
            .flat_map(|view| [view.block.keys(), view.block.histogram_keys()])
            .map(Iterator::peekable)
            .collect();
        let mut samples = SampleColumns::default();
        loop {
            let mut next = None;
            for keys in &mut keys {
                if let Some(result) = keys.next_if(Result::is_err) {
                    result?;
                }
                let first = keys.peek().and_then(|key| key.as_ref().ok()).copied();
                next = [next, first].into_iter().flatten().min();
            }
            let Some(key) = next else {
                break;
            };
            for keys in &mut keys {
                keys.next_if(|found| found.as_ref().is_ok_and(|&found| found == key));
            }
            samples.clear();
            list.read(key, TimeRange::ALL, &mut samples)?;
            let labels = head.labels_of(series_of(key));
            writer.add(key, labels.as_ref(), &samples)?;
        }
        let replaced: Vec<u64> = views.iter().map(|view| view.block.number).collect();
        self.publish(writer, number, &replaced)?;
        self.counters.lock().blocks_compacted += replaced.len() as u64;
        remove_files(views)
    }

    /// Finishes a block and puts it in the place of those it replaces.
    pub fn publish(
        &self,
        writer: BlockWriter,
        number: u64,
        replaced: &[u64],
    ) -> Result<(), StorageError> {
        let added = match writer.finish()? {
            Some(path) => Some(BlockView {
                block: Arc::new(Block::open(number, &path)?),
                deleted: Arc::default(),
            }),
            None => None,
        };
        self.set_blocks(self.blocks().changed(replaced, added));
        Ok(())
    }

    /// Drops the blocks that retention no longer keeps; says whether any.
    fn drop_blocks(
        &self,
        head: &Head,
        options: &Options,
        latest_ms: i64,
    ) -> Result<bool, StorageError> {
        let blocks = self.blocks();
        let all: Vec<BlockView> = blocks.iter().cloned().collect();
        let summaries: Vec<_> = all.iter().map(BlockView::summary).collect();
        let ends = summaries.iter().map(|block| block.range);
        let Some(newest_ms) = ends
            .chain(head.time_range())
            .map(|range| range.end_ms)
            .max()
        else {
            return Ok(false);
        };
        let newest_ms = newest_ms.min(latest_ms);
        let Options {
            retention_ms,
            retention_bytes,
            ..
        } = *options;
        let due = blocks_to_drop(&summaries, newest_ms, retention_ms, retention_bytes);
        if due.is_empty() {
            return Ok(false);
        }
        let dropped: Vec<BlockView> = due.into_iter().map(|index| all[index].clone()).collect();
        let numbers: Vec<u64> = dropped.iter().map(|view| view.block.number).collect();
        self.set_blocks(blocks.changed(&numbers, None));
        self.counters.lock().blocks_dropped += numbers.len() as u64;
        remove_files(&dropped)?;
        Ok(true)
    }
}

/// Removes the files; who still reads them can go on doing so.
fn remove_files(views: &[BlockView]) -> Result<(), StorageError> {
    views.iter().try_for_each(|view| {
        let path = &view.block.path;
        std::fs::remove_file(path).on("remove", path)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use redb::{Database, ReadableDatabase, ReadableTable};
    use series::{HistogramSample, Labels, METRIC_NAME, Sample};

    use crate::block::format::{ABOUT, FORMAT_KEY, SERIES};
    use crate::{Options, Store};

    const HOUR_MS: i64 = 3_600_000;

    fn open(folder: &Path) -> Store {
        let options = Options {
            data_dir: Some(folder.to_owned()),
            ..Options::default()
        };
        Store::open(&options, |_| {}).unwrap()
    }

    /// One sample at each of these hours, each hour in a block of its own.
    fn fill(store: &Store, hours: impl Iterator<Item = i64>) {
        let labels = Labels::from_pairs([(METRIC_NAME, "m")]);
        for hour in hours {
            let series = store.series_ref(&labels).unwrap();
            let sample = Sample {
                timestamp_ms: hour * HOUR_MS,
                value: 1.0,
            };
            store.append(&[(series, sample)], i64::MAX).unwrap();
            let _ = store.maintain();
        }
    }

    /// Replaces the first row of samples by what does not decode.
    fn damage(block: &Path) {
        let database = Database::create(block).unwrap();
        let transaction = database.begin_write().unwrap();
        {
            let mut rows = transaction.open_table(SERIES).unwrap();
            let key = rows.first().unwrap().unwrap().0.value();
            rows.insert(key, b"damaged".as_slice()).unwrap();
        }
        transaction.commit().unwrap();
    }

    /// The format that the only block in `folder` says.
    fn format(folder: &Path) -> u8 {
        let block = folder.join("blocks/0000000000000001.block");
        let database = Database::create(block).unwrap();
        let about = database.begin_read().unwrap().open_table(ABOUT).unwrap();
        let format = about.get(FORMAT_KEY).unwrap().unwrap();
        format.value()[0]
    }

    #[test]
    fn only_a_block_with_histograms_is_closed_to_earlier_builds() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        fill(&store, 0..1);
        store.flush_head().unwrap();
        drop(store);
        assert_eq!(format(folder.path()), 2);
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        let series = store.series_ref(&Labels::empty()).unwrap();
        let sample = HistogramSample {
            timestamp_ms: 0,
            histogram: Arc::default(),
        };
        let outcome = store.append_histograms(&[(series, sample)], 0).unwrap();
        assert_eq!(outcome.accepted, 1);
        store.flush_head().unwrap();
        drop(store);
        assert_eq!(format(folder.path()), 3);
    }

    #[test]
    fn a_damaged_block_does_not_hold_up_the_others() {
        let folder = tempfile::tempdir().unwrap();
        fill(&open(folder.path()), 0..5);
        let block = folder.path().join("blocks/0000000000000001.block");
        damage(&block);
        let store = open(folder.path());
        fill(&store, 5..20);
        store.maintain().unwrap();
        assert!(block.exists());
        assert!(
            store.counters().blocks_compacted >= 6,
            "{:?}",
            store.counters()
        );
    }
}
