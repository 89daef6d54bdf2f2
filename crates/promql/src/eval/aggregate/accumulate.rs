//! What folds keep of the values they have seen.

use std::marker::PhantomData;

use super::super::kahan::{KahanSum, Mean};
use super::histograms::HistogramFold;

/// What a fold keeps of the values of one group at one step.
pub(super) trait Accumulator: Clone + Send + Sync + 'static {
    /// How histograms are folded; where not at all, they are values like others.
    const HISTOGRAMS: Option<HistogramFold> = None;

    /// What is kept of the first value.
    fn first(value: f64) -> Self;
    /// Takes in another value.
    fn add(&mut self, value: f64);
    /// The result.
    fn finish(&self) -> f64;
}

#[derive(Clone)]
pub(super) struct Sum(KahanSum);

impl Accumulator for Sum {
    const HISTOGRAMS: Option<HistogramFold> = Some(HistogramFold::Sum);

    fn first(value: f64) -> Self {
        Self(KahanSum::of(value))
    }

    fn add(&mut self, value: f64) {
        self.0.add(value);
    }

    fn finish(&self) -> f64 {
        self.0.value()
    }
}

impl Accumulator for Mean {
    const HISTOGRAMS: Option<HistogramFold> = Some(HistogramFold::Mean);

    fn first(value: f64) -> Self {
        let mut mean = Self::default();
        mean.add(value);
        mean
    }

    fn add(&mut self, value: f64) {
        Self::add(self, value);
    }

    fn finish(&self) -> f64 {
        self.value()
    }
}

#[derive(Clone)]
pub(super) struct Count(u32);

impl Accumulator for Count {
    fn first(_: f64) -> Self {
        Self(1)
    }

    fn add(&mut self, _: f64) {
        self.0 += 1;
    }

    fn finish(&self) -> f64 {
        f64::from(self.0)
    }
}

/// `group`
#[derive(Clone)]
pub(super) struct Any;

impl Accumulator for Any {
    fn first(_: f64) -> Self {
        Self
    }

    fn add(&mut self, _: f64) {}

    fn finish(&self) -> f64 {
        1.0
    }
}

/// The least value; NaN only where nothing else is.
#[derive(Clone)]
pub(super) struct Min(f64);

impl Accumulator for Min {
    fn first(value: f64) -> Self {
        Self(value)
    }

    fn add(&mut self, value: f64) {
        self.0 = self.0.min(value);
    }

    fn finish(&self) -> f64 {
        self.0
    }
}

/// The greatest value; NaN only where nothing else is.
#[derive(Clone)]
pub(super) struct Max(f64);

impl Accumulator for Max {
    fn first(value: f64) -> Self {
        Self(value)
    }

    fn add(&mut self, value: f64) {
        self.0 = self.0.max(value);
    }

    fn finish(&self) -> f64 {
        self.0
    }
}

/// Mean and squared deviations (Welford).
#[derive(Clone)]
pub(super) struct Moments<K> {
    count: f64,
    mean: f64,
    squares: f64,
    kind: PhantomData<K>,
}

/// What is made of the variance.
pub(super) trait Deviation: Clone + Send + Sync + 'static {
    fn of(variance: f64) -> f64;
}

#[derive(Clone)]
pub(super) struct Stddev;

impl Deviation for Stddev {
    fn of(variance: f64) -> f64 {
        variance.sqrt()
    }
}

#[derive(Clone)]
pub(super) struct Stdvar;

impl Deviation for Stdvar {
    fn of(variance: f64) -> f64 {
        variance
    }
}

impl<K: Deviation> Accumulator for Moments<K> {
    fn first(value: f64) -> Self {
        Self {
            count: 1.0,
            mean: value,
            // What is not finite has no deviation, not even from itself.
            squares: if value.is_finite() { 0.0 } else { f64::NAN },
            kind: PhantomData,
        }
    }

    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn finish(&self) -> f64 {
        K::of(self.squares / self.count)
    }
}
