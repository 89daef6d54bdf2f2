//! Samples that go: deleted, or on their way to disk.

use series::{SampleColumns, StoreError, TimeRange};

use super::histograms::HistogramSamples;
use super::{NewestKind, Samples};
use crate::chunk::{Chunk, Chunks, GrowingChunk, pack, split, without};
use crate::frozen::FrozenSamples;

impl Samples {
    /// Removes the samples in `range`; says how many.
    pub fn delete(&mut self, range: TimeRange) -> Result<usize, StoreError> {
        let before = self.count();
        for chunks in [&mut self.pending, &mut self.sealed] {
            if chunks.iter().any(|chunk| chunk.range().overlaps(range)) {
                *chunks = without(chunks, range)?.into();
            }
        }
        if self.growing.range().is_some_and(|own| own.overlaps(range)) {
            let mut kept = GrowingChunk::default();
            self.growing.frozen().decode(|time, value| {
                if !range.contains(time) {
                    kept.push(time, value);
                }
            });
            self.growing = kept;
        }
        if let Some(histograms) = &mut self.histograms {
            histograms.delete(range)?;
        }
        if self.newest_kind != NewestKind::None && range.contains(self.newest_ms) {
            self.find_newest()?;
        }
        self.drop_empty_histograms();
        Ok(before - self.count())
    }

    /// Lets every sample before `before_ms` wait for the disk; returns all
    /// that wait, those of earlier calls included.
    pub fn pending_block(&mut self, before_ms: i64) -> Result<FrozenSamples, StoreError> {
        let histograms = self.histograms.as_mut();
        let histograms = histograms.map(|all| all.pending_block(before_ms));
        Ok(FrozenSamples {
            pending: self.pending_floats(before_ms)?,
            histograms: histograms.transpose()?.unwrap_or_default(),
            ..FrozenSamples::default()
        })
    }

    fn pending_floats(&mut self, before_ms: i64) -> Result<Chunks, StoreError> {
        let is_old = |range: TimeRange| range.start_ms < before_ms;
        if !self.sealed.iter().map(Chunk::range).any(is_old)
            && !self.growing.range().is_some_and(is_old)
        {
            return Ok(self.pending.clone());
        }
        let mut pending = self.pending.to_vec();
        let mut staying = Vec::new();
        for chunk in self.sealed.iter() {
            let [old, new] = split(chunk, before_ms)?;
            pending.extend(old);
            staying.extend(new);
        }
        if self.growing.range().is_some_and(is_old) {
            let mut old = SampleColumns::default();
            let mut new = GrowingChunk::default();
            self.growing.frozen().decode(|time, value| {
                if time < before_ms {
                    old.push(time, value);
                } else {
                    new.push(time, value);
                }
            });
            pending.extend(pack(&old));
            self.growing = new;
        }
        self.sealed = staying.into();
        self.pending = pending.into();
        Ok(self.pending.clone())
    }

    /// Forgets what waited for the disk: the disk has it.
    pub fn drop_pending(&mut self) {
        self.pending = Chunks::default();
        if let Some(histograms) = &mut self.histograms {
            histograms.drop_pending();
        }
        self.drop_empty_histograms();
    }

    /// Looks which sample is the newest that is kept here.
    fn find_newest(&mut self) -> Result<(), StoreError> {
        let mut newest = self
            .growing
            .range()
            .map(|range| (range.end_ms, self.growing.last_value_bits()));
        for chunk in self.pending.iter().chain(self.sealed.iter()) {
            let end_ms = chunk.range().end_ms;
            if newest.is_none_or(|(time, _)| time < end_ms) {
                let mut columns = SampleColumns::default();
                chunk.read(TimeRange::ALL, &mut columns)?;
                newest = columns.values.last().map(|value| (end_ms, value.to_bits()));
            }
        }
        let histograms = self.histograms.as_deref_mut();
        let histogram = histograms.and_then(HistogramSamples::find_newest);
        (self.newest_kind, self.newest_ms, self.newest_bits) = match (newest, histogram) {
            (Some((time, bits)), histogram_ms) if Some(time) > histogram_ms => {
                (NewestKind::Float, time, bits)
            }
            (_, Some(time)) => (NewestKind::Histogram, time, 0),
            _ => (NewestKind::None, 0, 0),
        };
        Ok(())
    }

    /// Keeps the newest histogram, with which the next one is compared.
    fn drop_empty_histograms(&mut self) {
        if self.newest_kind != NewestKind::Histogram {
            self.histograms.take_if(|all| all.count() == 0);
        }
    }
}
