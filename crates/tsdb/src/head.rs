//! The head: every known series, found by reference, by labels or by matchers.
//!
//! Locks are taken in the order identities, index, table, series; a series'
//! own lock is held only while its samples are changed or copied.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::{HashMap, HashTable};
use parking_lot::{Mutex, RwLock};
use series::{Labels, Matcher, Metadata, SampleColumns, StoreError, TimeRange};

use crate::append::SeriesRef;
use crate::frozen::FrozenSamples;
use crate::index::Index;
use crate::memory::MemorySeries;
use crate::shared_times::SharedTimes;
use crate::statistics::Statistics;
use crate::table::Table;

/// Locks over the map from labels to series, so that new series of different
/// targets seldom meet.
const IDENTITY_SHARDS: usize = 16;

/// More metric families than this keep no metadata: a bound against exporters
/// that invent names.
const METADATA_LIMIT: usize = 100_000;

/// What the head takes.
#[derive(Clone, Copy, Debug)]
pub struct HeadOptions {
    /// How much older than its series' newest sample a sample may be; 0 takes
    /// samples in order only.
    pub out_of_order_window_ms: i64,
    /// How many series there may be at once.
    pub max_series: usize,
}

/// There are as many series as may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store holds {limit} series, as many as it may; drop labels or raise the limit")]
pub struct SeriesLimitReached {
    /// The limit.
    pub limit: usize,
}

/// The samples of one series that are on their way to disk.
pub struct PendingSeries {
    /// The series.
    pub series: SeriesRef,
    /// Its labels.
    pub labels: Labels,
    samples: FrozenSamples,
}

impl PendingSeries {
    /// Appends all of them to `out`, ascending.
    ///
    /// # Errors
    /// Where a chunk does not decode.
    pub fn read(&self, out: &mut SampleColumns) -> Result<(), StoreError> {
        self.samples.read(TimeRange::ALL, out)
    }
}

/// The series in memory.
pub struct Head {
    pub(crate) options: HeadOptions,
    hasher: RandomState,
    identities: [Mutex<HashTable<Arc<MemorySeries>>>; IDENTITY_SHARDS],
    pub(crate) index: RwLock<Index>,
    pub(crate) times: SharedTimes,
    pub(crate) table: RwLock<Table>,
    /// No sample is outside of it; `None` where there is none.
    span: Mutex<Option<TimeRange>>,
    metadata: RwLock<HashMap<Box<str>, Metadata>>,
}

impl Head {
    /// An empty head.
    pub fn new(options: HeadOptions) -> Self {
        Self {
            options,
            hasher: RandomState::new(),
            identities: Default::default(),
            index: RwLock::default(),
            times: SharedTimes::default(),
            table: RwLock::default(),
            span: Mutex::default(),
            metadata: RwLock::default(),
        }
    }

    /// The reference of the series with these labels, which is created where
    /// there is none. `on_create` sees a new series before anyone else can
    /// find it.
    ///
    /// # Errors
    /// [`SeriesLimitReached`] where the series is new and there are too many.
    pub fn series_ref(
        &self,
        labels: &Labels,
        on_create: impl FnOnce(SeriesRef, &Labels),
    ) -> Result<SeriesRef, SeriesLimitReached> {
        let hash = self.hasher.hash_one(labels);
        let mut identities = self.identities(hash).lock();
        if let Some(series) = identities.find(hash, |series| series.labels == *labels) {
            return Ok(SeriesRef(series.id));
        }
        let series = {
            let mut index = self.index.write();
            let mut table = self.table.write();
            let limit = self.options.max_series;
            if index.len() >= limit || table.next_id == u32::MAX {
                return Err(SeriesLimitReached { limit });
            }
            let id = table.next_id;
            let series = table.create(id, hash, labels);
            index.add(series.id, labels);
            series
        };
        let reference = SeriesRef(series.id);
        on_create(reference, labels);
        identities.insert_unique(hash, series, |series| series.hash);
        Ok(reference)
    }

    /// Makes known a series that disk holds under this reference. Where its
    /// labels have another reference already, both name that series.
    pub fn restore_series(&self, reference: SeriesRef, labels: &Labels) {
        let hash = self.hasher.hash_one(labels);
        let mut identities = self.identities(hash).lock();
        let mut index = self.index.write();
        let mut table = self.table.write();
        if table.get(reference.0).is_some() {
            return;
        }
        if let Some(series) = identities.find(hash, |series| series.labels == *labels) {
            return table.insert(reference.0, Arc::clone(series));
        }
        let series = table.create(reference.0, hash, labels);
        index.add(series.id, labels);
        identities.insert_unique(hash, series, |series| series.hash);
    }

    /// The reference that the next new series gets.
    pub fn next_ref(&self) -> SeriesRef {
        SeriesRef(self.table.read().next_id)
    }

    /// Hands out no reference before `next`.
    pub fn reserve_refs(&self, next: SeriesRef) {
        let mut table = self.table.write();
        table.next_id = table.next_id.max(next.0);
    }

    /// The references of the series that pass all matchers, ascending.
    pub fn matching_refs(&self, matchers: &[Matcher]) -> Vec<SeriesRef> {
        let found = self.matching(matchers);
        found.iter().map(|series| SeriesRef(series.id)).collect()
    }

    /// Deletes the samples in `range` of these series.
    ///
    /// # Errors
    /// Where a chunk does not decode.
    pub fn delete(&self, series: &[SeriesRef], range: TimeRange) -> Result<(), StoreError> {
        for reference in series {
            let found = self.table.read().get(reference.0).cloned();
            if let Some(series) = found {
                series.lock().delete(range)?;
            }
        }
        self.measure_span();
        Ok(())
    }

    /// Lets every sample before `before_ms` wait for the disk, and returns what
    /// waits, by series. All of it stays readable.
    ///
    /// # Errors
    /// Where a chunk does not decode.
    pub fn pending_block(&self, before_ms: i64) -> Result<Vec<PendingSeries>, StoreError> {
        let mut all = Vec::new();
        for series in self.all() {
            let samples = series.lock().pending_block(before_ms)?;
            if !samples.is_empty() {
                all.push(PendingSeries {
                    series: SeriesRef(series.id),
                    labels: series.labels.clone(),
                    samples,
                });
            }
        }
        Ok(all)
    }

    /// Forgets what waited for the disk: the disk has it.
    pub fn truncate(&self) {
        self.times.clear();
        for series in self.all() {
            series.lock().drop_pending();
        }
        self.measure_span();
    }

    /// Forgets the series that have no samples now and had none at the call
    /// before, save those that `keep` wants; returns them. A series that was
    /// only just created is thereby spared.
    pub fn gc_series(&self, keep: impl Fn(SeriesRef) -> bool) -> Vec<SeriesRef> {
        let mut dead: Vec<Arc<MemorySeries>> = self
            .all()
            .into_iter()
            .filter(|series| !keep(SeriesRef(series.id)) && series.lock().gc_if_empty())
            .collect();
        dead.sort_unstable_by_key(|series| series.id);
        for series in &dead {
            let mut identities = self.identities(series.hash).lock();
            let is_it = |other: &Arc<MemorySeries>| other.id == series.id;
            if let Ok(entry) = identities.find_entry(series.hash, is_it) {
                entry.remove();
            }
        }
        self.index.write().remove(&dead);
        if !dead.is_empty() {
            let is_dead = |id: u32| dead.binary_search_by_key(&id, |series| series.id).is_ok();
            self.table.write().retain(|series| !is_dead(series.id));
        }
        dead.iter().map(|series| SeriesRef(series.id)).collect()
    }

    /// Keeps what an exporter declares of metric `name`; says whether that is
    /// news.
    pub fn set_metadata(&self, name: &str, metadata: &Metadata) -> bool {
        if self.metadata.read().get(name) == Some(metadata) {
            return false;
        }
        let mut all = self.metadata.write();
        let room = all.len() < METADATA_LIMIT || all.contains_key(name);
        if room {
            all.insert(name.into(), metadata.clone());
        }
        room
    }

    /// What is declared of metric `name`, or of every metric; sorted by name.
    pub fn metadata(&self, name: Option<&str>) -> Vec<(String, Metadata)> {
        let all = self.metadata.read();
        let mut found: Vec<(String, Metadata)> = match name {
            Some(name) => all
                .get(name)
                .map(|metadata| (name.to_owned(), metadata.clone()))
                .into_iter()
                .collect(),
            None => all
                .iter()
                .map(|(name, metadata)| (name.to_string(), metadata.clone()))
                .collect(),
        };
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        found
    }

    /// The labels of a series; `None` where none has this reference.
    pub fn labels_of(&self, series: SeriesRef) -> Option<Labels> {
        let table = self.table.read();
        table.get(series.0).map(|series| series.labels.clone())
    }

    /// Every series, in no particular order.
    pub fn series(&self) -> Vec<(SeriesRef, Labels)> {
        let all = self.all().into_iter();
        all.map(|series| (SeriesRef(series.id), series.labels.clone()))
            .collect()
    }

    /// The times of the first and the last sample, `None` where there is none;
    /// cheap.
    pub fn time_range(&self) -> Option<TimeRange> {
        *self.span.lock()
    }

    /// Bytes that the samples take.
    pub fn sample_bytes(&self) -> u64 {
        let all = self.all().into_iter();
        all.map(|series| series.lock().chunks().1 as u64).sum()
    }

    /// How many series the index knows.
    pub fn series_count(&self) -> usize {
        self.index.read().len()
    }

    /// Size and the `rows` most frequent names.
    pub fn statistics(&self, rows: usize) -> Statistics {
        let mut statistics = Statistics::default();
        self.index.read().describe(&mut statistics, rows);
        for series in self.table.read().series() {
            let samples = series.lock();
            let (chunks, bytes) = samples.chunks();
            statistics.chunks += chunks as u64;
            statistics.sample_bytes += bytes as u64;
            statistics.samples += samples.count() as u64;
            let Some(range) = samples.time_range() else {
                continue;
            };
            let known = statistics.time_range.get_or_insert(range);
            *known = known.including(range);
        }
        statistics
    }

    pub(crate) fn widen_span(&self, range: Option<TimeRange>) {
        let mut span = self.span.lock();
        *span = span.into_iter().chain(range).reduce(TimeRange::including);
    }

    /// Looks where samples are after some have gone. Whoever adds samples
    /// meanwhile widens what is found.
    fn measure_span(&self) {
        *self.span.lock() = None;
        let all = self.all().into_iter();
        let ranges = all.filter_map(|series| series.lock().time_range());
        self.widen_span(ranges.reduce(TimeRange::including));
    }

    fn identities(&self, hash: u64) -> &Mutex<HashTable<Arc<MemorySeries>>> {
        &self.identities[hash as usize % IDENTITY_SHARDS]
    }

    fn all(&self) -> Vec<Arc<MemorySeries>> {
        let table = self.table.read();
        table.series().cloned().collect()
    }
}
