//! Functions of range vectors over the histograms of a series, alone or among
//! floats.
//!
//! The floats have been folded as if there were no histograms; here each step
//! whose window has any gets its right value. Meaning and warnings are those of
//! Prometheus 3.5 (`promql/functions.go`).

use std::sync::Arc;

use series::{CounterResetHint, Histogram, HistogramColumn};

use super::super::aggregate::add_to_mean;
use super::super::column::{ColumnMut, StepValue};
use super::super::windows::{Window, Windowed};
use super::rate::{Extrapolation, Kind};
use super::remarks::Remarks;
use super::windowed::{is_change, is_reset};
use crate::function::Func;

/// One step's windows over the floats and over the histograms of a series; the
/// latter is not empty.
struct Both<'w> {
    windowed: Windowed<'w>,
    histograms: &'w HistogramColumn,
    float: Window,
    histogram: Window,
}

/// Writes the steps whose windows have histograms.
pub(super) fn fold(
    func: Func,
    windowed: Windowed<'_>,
    histograms: &HistogramColumn,
    remarks: Remarks<'_>,
    out: &mut ColumnMut<'_>,
) {
    let floats = windowed.windows_over(windowed.times);
    let windows = floats.zip(windowed.windows_over(&histograms.timestamps_ms));
    for (step, (float, histogram)) in windows.enumerate() {
        if histogram.is_empty() {
            continue;
        }
        let both = Both {
            windowed,
            histograms,
            float,
            histogram,
        };
        windowed.looked_at(both.histogram_samples());
        if let Some(value) = both.value(func, remarks) {
            out.set(step, value);
        }
    }
}

impl Both<'_> {
    /// The value of the step; `None` where it is that of the floats alone.
    fn value(&self, func: Func, remarks: Remarks<'_>) -> Option<Option<StepValue>> {
        let total = self.float.len() + self.histogram.len();
        Some(match func {
            Func::CountOverTime => Some(StepValue::Float(total as f64)),
            Func::PresentOverTime => Some(StepValue::Float(1.0)),
            Func::LastOverTime => self.in_order().next_back().map(|(_, last)| last),
            Func::Changes => self.count_pairs(is_change, |before, after| !after.same_data(before)),
            Func::Resets => {
                self.count_pairs(is_reset, |before, after| after.is_reset_after(before))
            }
            Func::Irate => self.of_last_two(true, remarks),
            Func::Idelta => self.of_last_two(false, remarks),
            Func::Rate => self.only_histograms(remarks, |both| both.rate(Kind::Rate, remarks)),
            Func::Increase => {
                self.only_histograms(remarks, |both| both.rate(Kind::Increase, remarks))
            }
            Func::Delta => self.only_histograms(remarks, |both| both.rate(Kind::Delta, remarks)),
            Func::SumOverTime => self.only_histograms(remarks, |both| both.sum(remarks)),
            Func::AvgOverTime => self.only_histograms(remarks, |both| both.mean(remarks)),
            _ => {
                if !self.float.is_empty() {
                    remarks.ignored_histograms();
                }
                return None;
            }
        })
    }

    fn histograms(&self) -> &[Arc<Histogram>] {
        &self.histograms.values[self.histogram.low..self.histogram.high]
    }

    fn histogram_samples(&self) -> u64 {
        let samples = self.histograms().iter();
        let samples = samples.map(|histogram| StepValue::Histogram(histogram.clone()).samples());
        samples.sum::<usize>() as u64
    }

    /// What `of` makes of the window, if it has no float.
    fn only_histograms(
        &self,
        remarks: Remarks<'_>,
        of: impl Fn(&Self) -> Option<Histogram>,
    ) -> Option<StepValue> {
        if !self.float.is_empty() {
            remarks.mixed();
            return None;
        }
        of(self).map(|histogram| StepValue::Histogram(Arc::new(histogram)))
    }

    /// The samples of both kinds in order of time.
    fn in_order(&self) -> impl DoubleEndedIterator<Item = (i64, StepValue)> {
        let floats = self.float.low..self.float.high;
        let times = &self.windowed.times[floats.clone()];
        let floats = times.iter().zip(&self.windowed.values[floats]);
        let histograms = self.histogram.low..self.histogram.high;
        let times = &self.histograms.timestamps_ms[histograms.clone()];
        let histograms = times.iter().zip(&self.histograms.values[histograms]);
        let mut all: Vec<(i64, StepValue)> = floats
            .map(|(time_ms, value)| (*time_ms, StepValue::Float(*value)))
            .chain(histograms.map(|(time_ms, one)| (*time_ms, StepValue::Histogram(one.clone()))))
            .collect();
        all.sort_by_key(|(time_ms, _)| *time_ms);
        all.into_iter()
    }

    /// Counts neighbours that satisfy one of the two, or are of two kinds.
    fn count_pairs(
        &self,
        floats: fn(f64, f64) -> bool,
        histograms: impl Fn(&Histogram, &Histogram) -> bool,
    ) -> Option<StepValue> {
        let samples: Vec<_> = self.in_order().collect();
        let pairs = samples
            .windows(2)
            .filter(|pair| match (&pair[0].1, &pair[1].1) {
                (StepValue::Float(before), StepValue::Float(after)) => floats(*before, *after),
                (StepValue::Histogram(before), StepValue::Histogram(after)) => {
                    histograms(before, after)
                }
                _ => true,
            });
        Some(StepValue::Float(pairs.count() as f64))
    }

    fn sum(&self, remarks: Remarks<'_>) -> Option<Histogram> {
        let (first, others) = self.histograms().split_first()?;
        let mut sum = Histogram::clone(first);
        for histogram in others {
            remarks.fitting(sum.add(histogram))?;
        }
        Some(sum)
    }

    fn mean(&self, remarks: Remarks<'_>) -> Option<Histogram> {
        let (first, others) = self.histograms().split_first()?;
        let mut mean = Histogram::clone(first);
        let mut count = 1.0;
        for histogram in others {
            count += 1.0;
            remarks.fitting(add_to_mean(&mut mean, histogram, count))?;
        }
        Some(mean)
    }

    /// The change over the window, extrapolated to its ends.
    fn rate(&self, kind: Kind, remarks: Remarks<'_>) -> Option<Histogram> {
        if self.histogram.len() < 2 {
            return None;
        }
        let histograms = self.histograms();
        let mut change = if kind == Kind::Delta {
            difference(histograms, remarks)?
        } else {
            increase(histograms, remarks)?
        };
        change.counter_reset_hint = CounterResetHint::Gauge;
        change.compact();
        let times = &self.histograms.timestamps_ms;
        let Windowed { range_ms, .. } = self.windowed;
        change.mul(Extrapolation::over(times, self.histogram, range_ms, kind).factor());
        Some(change)
    }

    /// The change between the last two samples.
    fn of_last_two(&self, is_rate: bool, remarks: Remarks<'_>) -> Option<StepValue> {
        let mut latest = self.in_order().rev();
        let ((after_ms, after), (before_ms, before)) = (latest.next()?, latest.next()?);
        let seconds = after_ms.saturating_sub(before_ms) as f64 / 1000.0;
        match (before, after) {
            (StepValue::Histogram(before), StepValue::Histogram(after)) => {
                let mut change = last_change(&before, &after, is_rate, remarks)?;
                if is_rate {
                    change.div(seconds);
                }
                Some(StepValue::Histogram(Arc::new(change)))
            }
            (StepValue::Float(before), StepValue::Float(after)) => {
                let is_reset = is_rate && after < before;
                let change = if is_reset { after } else { after - before };
                let change = if is_rate { change / seconds } else { change };
                Some(StepValue::Float(change))
            }
            _ => {
                remarks.mixed();
                None
            }
        }
    }
}

fn is_gauge(histogram: &Histogram) -> bool {
    histogram.counter_reset_hint == CounterResetHint::Gauge
}

/// The last of the histograms of a gauge without the first.
fn difference(histograms: &[Arc<Histogram>], remarks: Remarks<'_>) -> Option<Histogram> {
    let [first, .., last] = histograms else {
        return None;
    };
    if first.uses_custom_buckets() != last.uses_custom_buckets() {
        remarks.mixed_schemas();
        return None;
    }
    let mut change = last.at_schema(first.schema);
    remarks.fitting(change.sub(first))?;
    if !is_gauge(first) || !is_gauge(last) {
        remarks.not_gauge();
    }
    Some(change)
}

/// What a counter has risen by, resets left out, in the coarsest resolution.
fn increase(histograms: &[Arc<Histogram>], remarks: Remarks<'_>) -> Option<Histogram> {
    let [first, others @ ..] = histograms else {
        return None;
    };
    let (second, last) = (others.first()?, others.last()?);
    if histograms.iter().any(|histogram| is_gauge(histogram)) {
        remarks.not_counter();
    }
    // What was before a reset at the start counts for nothing, nor need it fit.
    let nothing = Histogram {
        schema: second.schema,
        custom_values: second.custom_values.clone(),
        ..Histogram::default()
    };
    let mut before: &Histogram = if second.is_reset_after(first) {
        &nothing
    } else {
        first
    };
    let custom = before.uses_custom_buckets();
    if others
        .iter()
        .any(|histogram| histogram.uses_custom_buckets() != custom)
    {
        remarks.mixed_schemas();
        return None;
    }
    let schemas = others.iter().map(|histogram| histogram.schema);
    let coarsest = schemas.fold(before.schema, i32::min);
    let mut change = last.at_schema(coarsest);
    remarks.fitting(change.sub(before))?;
    for histogram in others {
        if histogram.is_reset_after(before) {
            remarks.fitting(change.add(before))?;
        }
        before = histogram;
    }
    Some(change)
}

/// The change between two neighbours; all of the later one after a reset.
fn last_change(
    before: &Histogram,
    after: &Histogram,
    is_rate: bool,
    remarks: Remarks<'_>,
) -> Option<Histogram> {
    let gauges = [before, after].map(is_gauge);
    if is_rate && gauges.contains(&true) {
        remarks.not_counter();
    } else if !is_rate && gauges.contains(&false) {
        remarks.not_gauge();
    }
    let mut change = after.clone();
    if !is_rate || !after.is_reset_after(before) {
        remarks.fitting(change.sub(before))?;
    }
    change.counter_reset_hint = CounterResetHint::Gauge;
    change.compact();
    Some(change)
}
