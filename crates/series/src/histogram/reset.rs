//! Two samples of a counter -> whether it started anew in between.

use super::layout::Buckets;
use super::{CounterResetHint, Histogram};

impl Histogram {
    /// Whether a counter that was `previous` before must have started anew to
    /// be this: any count is lower, a bucket that held something is gone, the
    /// resolution has risen, or the zero bucket has shrunk or cuts through a
    /// bucket. The sum says nothing, for negative observations lower it.
    pub fn is_reset_after(&self, previous: &Self) -> bool {
        match self.counter_reset_hint {
            CounterResetHint::Reset => return true,
            CounterResetHint::NotReset => return false,
            // A gauge should not be asked; asked all the same, it is a counter.
            CounterResetHint::Unknown | CounterResetHint::Gauge => {}
        }
        let other_buckets = self.uses_custom_buckets() != previous.uses_custom_buckets()
            || self.custom_values != previous.custom_values;
        if self.count < previous.count
            || other_buckets
            || self.schema > previous.schema
            || self.zero_threshold < previous.zero_threshold
        {
            return true;
        }
        let (zero_count, zero_threshold) = previous.zero_count_within(self.zero_threshold);
        if zero_threshold != self.zero_threshold || self.zero_count < zero_count {
            return true;
        }
        let steps = previous.steps_to(self.schema).unwrap_or(0);
        has_less(
            &self.positive,
            &self.outside_zero(&previous.positive, steps),
        ) || has_less(
            &self.negative,
            &self.outside_zero(&previous.negative, steps),
        )
    }

    /// `buckets`, `steps` finer than these here, in this resolution and without
    /// those that lie in this histogram's zero bucket.
    fn outside_zero(&self, buckets: &Buckets, steps: u32) -> Buckets {
        let coarser = buckets.coarser(steps);
        if self.uses_custom_buckets() || self.zero_threshold == 0.0 {
            return coarser;
        }
        super::arithmetic::above(coarser, self.schema, self.zero_threshold)
    }
}

/// Whether any bucket of `previous` holds more than that of `now`.
fn has_less(now: &Buckets, previous: &Buckets) -> bool {
    if now.spans == previous.spans {
        let mut pairs = now.counts.iter().zip(&previous.counts);
        return pairs.any(|(now, previous)| now < previous);
    }
    let mut now = now.indexed().peekable();
    previous.indexed().any(|(index, before)| {
        while now.next_if(|(at, _)| *at < index).is_some() {}
        match now.next_if(|(at, _)| *at == index) {
            Some((_, count)) => count < before,
            None => before != 0.0,
        }
    })
}
