//! Histograms to bytes, one by one.

use std::iter::repeat;
use std::sync::Arc;

use series::histogram::Span;
use series::{CounterResetHint, Histogram, TimeRange};

use super::{HistogramChunk, flags};
use crate::chunk::varint::{push_signed, push_unsigned};

/// Histograms of a full chunk: half an hour at the usual 15 s.
const CHUNK_HISTOGRAMS: u32 = 120;

/// A chunk of so many bytes is full as well: who wants a few minutes decodes
/// all of it.
const CHUNK_BYTES: usize = 32 << 10;

/// Floats hold every integer below this.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A chunk that takes histograms one by one.
#[derive(Debug, Default)]
pub(crate) struct GrowingHistograms {
    bytes: Vec<u8>,
    count: u32,
    first_ms: i64,
    last_ms: i64,
    step_ms: i64,
    /// The last one that was no staleness marker.
    previous: Arc<Histogram>,
}

impl GrowingHistograms {
    pub fn count(&self) -> usize {
        self.count as usize
    }

    pub fn is_full(&self) -> bool {
        self.count >= CHUNK_HISTOGRAMS || self.bytes.len() >= CHUNK_BYTES
    }

    /// The times of the first and the last histogram.
    pub fn range(&self) -> Option<TimeRange> {
        (self.count > 0).then_some(TimeRange {
            start_ms: self.first_ms,
            end_ms: self.last_ms,
        })
    }

    /// A copy that no longer grows; `None` where there is nothing in it.
    pub fn to_chunk(&self) -> Option<HistogramChunk> {
        Some(HistogramChunk {
            range: self.range()?,
            count: self.count,
            bytes: self.bytes.as_slice().into(),
        })
    }

    /// Bytes of memory behind the struct.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Adds a sound histogram that is newer than all before.
    pub fn push(&mut self, timestamp_ms: i64, histogram: &Arc<Histogram>) {
        let is_stale = histogram.is_stale();
        let has_layout = !is_stale && !has_same_layout(histogram, &self.previous);
        let is_whole = !is_stale && counts(histogram).all(is_whole);
        self.bytes.push(
            hint_bits(histogram.counter_reset_hint)
                | flag(has_layout, flags::LAYOUT)
                | flag(is_whole, flags::WHOLE)
                | flag(is_stale, flags::STALE),
        );
        self.push_time(timestamp_ms);
        if is_stale {
            return;
        }
        if has_layout {
            push_layout(&mut self.bytes, histogram);
        }
        push_unsigned(
            &mut self.bytes,
            changed_bits(histogram.sum, self.previous.sum),
        );
        self.push_counts(histogram, has_layout, is_whole);
        self.previous = Arc::clone(histogram);
    }

    fn push_time(&mut self, timestamp_ms: i64) {
        let step_ms = timestamp_ms.wrapping_sub(self.last_ms);
        push_signed(&mut self.bytes, step_ms.wrapping_sub(self.step_ms));
        if self.count == 0 {
            self.first_ms = timestamp_ms;
        }
        // The step to the first time is none between samples.
        self.step_ms = if self.count == 0 { 0 } else { step_ms };
        self.last_ms = timestamp_ms;
        self.count += 1;
    }

    fn push_counts(&mut self, histogram: &Histogram, has_layout: bool, is_whole: bool) {
        let kept = if has_layout { 2 } else { usize::MAX };
        let before = counts(&self.previous).take(kept).chain(repeat(0.0));
        let mut unchanged = 0;
        for (count, before) in counts(histogram).zip(before) {
            let change = if is_whole {
                let difference = (count as i64).wrapping_sub(before as i64);
                ((difference << 1) ^ (difference >> 63)) as u64
            } else {
                changed_bits(count, before)
            };
            if change == 0 {
                unchanged += 1;
                continue;
            }
            push_unchanged(&mut self.bytes, &mut unchanged);
            push_unsigned(&mut self.bytes, change);
        }
        push_unchanged(&mut self.bytes, &mut unchanged);
    }
}

fn push_unchanged(bytes: &mut Vec<u8>, unchanged: &mut u64) {
    if *unchanged > 0 {
        bytes.push(0);
        push_unsigned(bytes, *unchanged - 1);
        *unchanged = 0;
    }
}

fn push_layout(bytes: &mut Vec<u8>, histogram: &Histogram) {
    push_signed(bytes, i64::from(histogram.schema));
    push_unsigned(bytes, histogram.zero_threshold.to_bits().swap_bytes());
    push_unsigned(bytes, histogram.custom_values.len() as u64);
    for value in histogram.custom_values.iter() {
        push_unsigned(bytes, value.to_bits().swap_bytes());
    }
    for spans in [&histogram.positive.spans, &histogram.negative.spans] {
        push_unsigned(bytes, spans.len() as u64);
        for Span { offset, length } in spans {
            push_signed(bytes, i64::from(*offset));
            push_unsigned(bytes, u64::from(*length));
        }
    }
}

/// All counts, in the order in which they are written.
fn counts(histogram: &Histogram) -> impl Iterator<Item = f64> + '_ {
    let first = [histogram.count, histogram.zero_count];
    let buckets = histogram.positive.counts.iter();
    first
        .into_iter()
        .chain(buckets.chain(&histogram.negative.counts).copied())
}

fn has_same_layout(a: &Histogram, b: &Histogram) -> bool {
    let bits = |value: &f64| value.to_bits();
    a.schema == b.schema
        && a.zero_threshold.to_bits() == b.zero_threshold.to_bits()
        && a.positive.spans == b.positive.spans
        && a.negative.spans == b.negative.spans
        && a.custom_values
            .iter()
            .map(bits)
            .eq(b.custom_values.iter().map(bits))
}

/// Whether the count is the same after it was an integer.
fn is_whole(count: f64) -> bool {
    count.abs() < EXACT_INTEGERS && (count as i64 as f64).to_bits() == count.to_bits()
}

fn changed_bits(now: f64, before: f64) -> u64 {
    (now.to_bits() ^ before.to_bits()).swap_bytes()
}

fn flag(is_set: bool, flag: u8) -> u8 {
    if is_set { flag } else { 0 }
}

/// That a counter did not start anew is said of the sample before, which need
/// not be the one before here: it is not kept, and found out by comparing.
fn hint_bits(hint: CounterResetHint) -> u8 {
    match hint {
        CounterResetHint::Unknown | CounterResetHint::NotReset => 0,
        CounterResetHint::Reset => 1,
        CounterResetHint::Gauge => 2,
    }
}
