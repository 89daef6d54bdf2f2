//! The values of a series to one number, and what that number is called.
//!
//! Contract: absent values are left out. Ids and titles are Grafana's, since
//! columns are named after them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One number for the values of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Calculation {
    /// The last value there is.
    #[default]
    Last,
    /// The first value there is.
    First,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean.
    Mean,
    /// The one in the middle of the sorted values.
    Median,
    /// The sum.
    Sum,
    /// How many there are.
    Count,
    /// The greatest minus the least.
    Range,
    /// The last minus the first.
    Delta,
    /// The last minus the first, over the first.
    Growth,
    /// The sum of what was gained between neighbours: of a counter, over resets.
    Increase,
    /// The standard deviation.
    StandardDeviation,
    /// The variance.
    Variance,
    /// How many different ones there are.
    Distinct,
    /// How often it changed.
    Changes,
    /// The last before the last.
    Previous,
    /// Whether there are only absent values, as 0 or 1.
    AllNull,
    /// Whether there are only zeros, as 0 or 1.
    AllZero,
    /// All of them, one after the other.
    AllValues,
}

impl Calculation {
    /// What Grafana calls it, and columns are named after: as in `Value (lastNotNull)`.
    pub fn id(self) -> &'static str {
        self.names().0
    }

    /// The title of a column.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Last => ("lastNotNull", "Last *"),
            Self::First => ("firstNotNull", "First *"),
            Self::Min => ("min", "Min"),
            Self::Max => ("max", "Max"),
            Self::Mean => ("mean", "Mean"),
            Self::Median => ("median", "Median"),
            Self::Sum => ("sum", "Total"),
            Self::Count => ("count", "Count"),
            Self::Range => ("range", "Range"),
            Self::Delta => ("diff", "Difference"),
            Self::Growth => ("diffperc", "Difference percent"),
            Self::Increase => ("delta", "Delta"),
            Self::StandardDeviation => ("stdDev", "StdDev"),
            Self::Variance => ("variance", "Variance"),
            Self::Distinct => ("distinctCount", "Distinct Count"),
            Self::Changes => ("changeCount", "Change Count"),
            Self::Previous => ("previous", "Previous"),
            Self::AllNull => ("allIsNull", "All Null"),
            Self::AllZero => ("allIsZero", "All Zeros"),
            Self::AllValues => ("allValues", "All values"),
        }
    }

    /// The number; `None` where there is no value to calculate it of. Absent
    /// values are left out. What compares or counts values takes NaN for one;
    /// arithmetic leaves it out, and is NaN where nothing else is there.
    pub fn of(self, values: &[Option<f64>]) -> Option<f64> {
        let all: Vec<f64> = values.iter().copied().flatten().collect();
        let (first, last) = (*all.first()?, *all.last()?);
        let numbers: Vec<f64> = all
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        let ends = numbers.first().zip(numbers.last());
        Some(match (self, ends) {
            (Self::Last | Self::AllValues, _) => last,
            (Self::First, _) => first,
            (Self::Previous, _) => *all.iter().rev().nth(1)?,
            (Self::Count, _) => all.len() as f64,
            (Self::Distinct, _) => distinct(all) as f64,
            (Self::Changes, _) => changes(&all) as f64,
            (Self::AllNull, _) => 0.0,
            (Self::AllZero, _) => f64::from(u8::from(all.iter().all(|value| *value == 0.0))),
            (_, None) => f64::NAN,
            (Self::Min, _) => min(&numbers),
            (Self::Max, _) => max(&numbers),
            (Self::Mean, _) => sum(&numbers) / numbers.len() as f64,
            (Self::Median, _) => median(numbers),
            (Self::Sum, _) => sum(&numbers),
            (Self::Range, _) => max(&numbers) - min(&numbers),
            (Self::Delta, Some((first, last))) => last - first,
            (Self::Growth, Some((first, last))) => (last - first) / first,
            (Self::Increase, _) => increase(&numbers),
            (Self::StandardDeviation, _) => variance(&numbers).sqrt(),
            (Self::Variance, _) => variance(&numbers),
        })
    }
}

fn min(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn max(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

/// A counter that falls has begun again at zero.
fn increase(values: &[f64]) -> f64 {
    let gains = values.windows(2).map(|pair| {
        if pair[1] < pair[0] {
            pair[1]
        } else {
            pair[1] - pair[0]
        }
    });
    gains.sum()
}

/// Of all values, not of a sample: what Grafana calculates.
fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count
}

fn distinct(mut values: Vec<f64>) -> usize {
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.len()
}

fn changes(values: &[f64]) -> usize {
    values.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_becomes_one_number() {
        let values = [Some(1.0), None, Some(4.0), Some(1.0), Some(2.0)];
        let cases = [
            (Calculation::Last, 2.0),
            (Calculation::First, 1.0),
            (Calculation::Min, 1.0),
            (Calculation::Max, 4.0),
            (Calculation::Mean, 2.0),
            (Calculation::Median, 1.5),
            (Calculation::Sum, 8.0),
            (Calculation::Count, 4.0),
            (Calculation::Range, 3.0),
            (Calculation::Delta, 1.0),
            (Calculation::Growth, 1.0),
            (Calculation::Increase, 5.0),
            (Calculation::Variance, 1.5),
            (Calculation::Distinct, 3.0),
            (Calculation::Changes, 3.0),
            (Calculation::Previous, 1.0),
            (Calculation::AllZero, 0.0),
        ];
        for (calculation, expected) in cases {
            assert_eq!(
                calculation.of(&values),
                Some(expected),
                "{calculation:?} of {values:?}"
            );
            assert_eq!(calculation.of(&[None]), None);
        }
    }
}
