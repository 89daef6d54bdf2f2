//! Bytes to histograms, one by one.

use std::sync::Arc;

use series::histogram::{Buckets, Span};
use series::{CounterResetHint, Histogram, StoreError};

use super::{BUCKETS_LIMIT, flags};
use crate::chunk::numbers::corrupt;
use crate::chunk::varint::{take_signed, take_unsigned};

/// Walks the histograms of a chunk.
pub(super) struct Decoder<'a> {
    rest: &'a [u8],
    is_first: bool,
    time_ms: i64,
    step_ms: i64,
    is_stale: bool,
    hint: CounterResetHint,
    /// The newest that was no staleness marker.
    histogram: Histogram,
}

impl<'a> Decoder<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            is_first: true,
            time_ms: 0,
            step_ms: 0,
            is_stale: false,
            hint: CounterResetHint::Unknown,
            histogram: Histogram::default(),
        }
    }

    /// Goes on to the next histogram, whose time it gives; `None` at the end.
    pub fn advance(&mut self) -> Option<Result<i64, StoreError>> {
        if self.rest.is_empty() {
            return None;
        }
        let time_ms = self.take_sample();
        Some(time_ms.ok_or_else(|| corrupt("a histogram")))
    }

    /// The histogram that [`Self::advance`] has come to.
    pub fn histogram(&self) -> Arc<Histogram> {
        let counter_reset_hint = self.hint;
        Arc::new(if self.is_stale {
            Histogram {
                counter_reset_hint,
                ..Histogram::stale()
            }
        } else {
            Histogram {
                counter_reset_hint,
                ..self.histogram.clone()
            }
        })
    }

    fn take_sample(&mut self) -> Option<i64> {
        let (&flags, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.take_time()?;
        self.hint = hint(flags)?;
        self.is_stale = flags & flags::STALE != 0;
        if !self.is_stale {
            if flags & flags::LAYOUT != 0 {
                self.take_layout()?;
            }
            self.histogram.sum =
                with_changed_bits(self.histogram.sum, take_unsigned(&mut self.rest)?);
            self.take_counts(flags & flags::WHOLE != 0)?;
        }
        Some(self.time_ms)
    }

    fn take_time(&mut self) -> Option<()> {
        let change_ms = take_signed(&mut self.rest)?;
        let step_ms = self.step_ms.wrapping_add(change_ms);
        self.time_ms = self.time_ms.wrapping_add(step_ms);
        self.step_ms = if self.is_first { 0 } else { step_ms };
        self.is_first = false;
        Some(())
    }

    fn take_layout(&mut self) -> Option<()> {
        let rest = &mut self.rest;
        let histogram = &mut self.histogram;
        histogram.schema = take_signed(rest)?.try_into().ok()?;
        histogram.zero_threshold = take_float(rest)?;
        let custom = take_unsigned(rest)?;
        if custom > BUCKETS_LIMIT as u64 {
            return None;
        }
        let custom: Option<Vec<f64>> = (0..custom).map(|_| take_float(rest)).collect();
        histogram.custom_values = custom?.into();
        histogram.positive = take_spans(rest)?;
        histogram.negative = take_spans(rest)?;
        Some(())
    }

    fn take_counts(&mut self, is_whole: bool) -> Option<()> {
        let Histogram {
            count,
            zero_count,
            positive,
            negative,
            ..
        } = &mut self.histogram;
        let buckets = positive.counts.iter_mut().chain(&mut negative.counts);
        let mut unchanged = 0;
        for count in [count, zero_count].into_iter().chain(buckets) {
            if unchanged > 0 {
                unchanged -= 1;
                // Another count may have made it no integer before.
                if is_whole {
                    *count = *count as i64 as f64;
                }
                continue;
            }
            let change = take_unsigned(&mut self.rest)?;
            if change == 0 {
                unchanged = take_unsigned(&mut self.rest)?;
            }
            *count = if is_whole {
                let difference = (change >> 1) as i64 ^ -((change & 1) as i64);
                (*count as i64).wrapping_add(difference) as f64
            } else {
                with_changed_bits(*count, change)
            };
        }
        // More that is unchanged than there is would be another layout's.
        (unchanged == 0).then_some(())
    }
}

/// Spans, and buckets of which none has any observation.
fn take_spans(rest: &mut &[u8]) -> Option<Buckets> {
    let spans = take_unsigned(rest)?;
    if spans > BUCKETS_LIMIT as u64 {
        return None;
    }
    let mut buckets = Buckets::default();
    let mut total = 0_usize;
    for _ in 0..spans {
        let offset = take_signed(rest)?.try_into().ok()?;
        let length: u32 = take_unsigned(rest)?.try_into().ok()?;
        total = total.saturating_add(length as usize);
        buckets.spans.push(Span { offset, length });
    }
    if total > BUCKETS_LIMIT {
        return None;
    }
    buckets.counts = vec![0.0; total];
    Some(buckets)
}

fn take_float(rest: &mut &[u8]) -> Option<f64> {
    take_unsigned(rest).map(|bits| f64::from_bits(bits.swap_bytes()))
}

fn with_changed_bits(before: f64, changed: u64) -> f64 {
    f64::from_bits(before.to_bits() ^ changed.swap_bytes())
}

fn hint(flags: u8) -> Option<CounterResetHint> {
    match flags & flags::HINT {
        0 => Some(CounterResetHint::Unknown),
        1 => Some(CounterResetHint::Reset),
        2 => Some(CounterResetHint::Gauge),
        _ => None,
    }
}
