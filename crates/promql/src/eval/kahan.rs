//! Compensated summation (Neumaier), as Prometheus sums.

/// A sum and what its rounding lost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct KahanSum {
    sum: f64,
    lost: f64,
}

impl KahanSum {
    /// The sum of one value.
    pub(super) fn of(value: f64) -> Self {
        Self {
            sum: value,
            lost: 0.0,
        }
    }

    pub(super) fn add(&mut self, value: f64) {
        *self = self.plus(Self::of(value));
    }

    /// The sum of two sums.
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = self.sum + other.sum;
        let rounding = if self.sum.abs() >= other.sum.abs() {
            (self.sum - sum) + other.sum
        } else {
            (other.sum - sum) + self.sum
        };
        Self {
            sum,
            lost: if sum.is_infinite() {
                0.0
            } else {
                self.lost + other.lost + rounding
            },
        }
    }

    /// Multiplies by a factor.
    fn scaled(self, factor: f64) -> Self {
        Self {
            sum: self.sum * factor,
            lost: self.lost * factor,
        }
    }

    /// Divides by a count.
    pub(super) fn over(self, count: f64) -> Self {
        Self {
            sum: self.sum / count,
            lost: self.lost / count,
        }
    }

    /// Whether the sum ran over.
    pub(super) fn is_infinite(self) -> bool {
        self.sum.is_infinite()
    }

    /// The sum as one float.
    pub(super) fn value(self) -> f64 {
        if self.sum.is_infinite() {
            self.sum
        } else {
            self.sum + self.lost
        }
    }
}

/// The mean of a run of values, by the sum while that does not overflow and
/// incrementally from there on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean {
    count: f64,
    sum: KahanSum,
    incremental: bool,
}

impl Mean {
    pub(super) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.sum = KahanSum::of(value);
            return;
        }
        if !self.incremental {
            let sum = self.sum.plus(KahanSum::of(value));
            if !sum.is_infinite() {
                self.sum = sum;
                return;
            }
            self.incremental = true;
            self.sum = self.sum.over(self.count - 1.0);
        }
        let kept = (self.count - 1.0) / self.count;
        self.sum = self.sum.scaled(kept).plus(KahanSum::of(value / self.count));
    }

    /// The mean; NaN of no value.
    pub(super) fn value(&self) -> f64 {
        if self.incremental {
            self.sum.value()
        } else {
            self.sum.over(self.count).value()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_plain_addition_loses() {
        let mut sum = KahanSum::default();
        for value in [1.0, 1e100, 1.0, -1e100] {
            sum.add(value);
        }
        assert_eq!(sum.value(), 2.0);
    }

    fn check_mean(values: &[f64], expected: f64) {
        let mut mean = Mean::default();
        for value in values {
            mean.add(*value);
        }
        assert!(mean.value() == expected || mean.value().is_nan() && expected.is_nan());
    }

    #[test]
    fn means_survive_overflow_and_infinities() {
        check_mean(&[f64::MAX, f64::MAX], f64::MAX);
        check_mean(&[f64::INFINITY, 1.0], f64::INFINITY);
        check_mean(&[f64::INFINITY, f64::NEG_INFINITY], f64::NAN);
        check_mean(&[1.0, 2.0, 6.0], 3.0);
    }
}
