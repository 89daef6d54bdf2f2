//! Series as the buckets of a histogram: their bounds in order, and how many
//! values fell into each.

use super::{PanelSeries, SeriesView};

/// The label that holds a bucket's upper bound.
const LE: &str = "le";

/// The buckets of a panel, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buckets {
    /// The upper bound of each; the last one may be open.
    pub bounds: Vec<f64>,
    /// What falls into each, by bucket and column; `None` where nothing is known.
    pub counts: Vec<Vec<Option<f64>>>,
}

/// The buckets that the series are: by their label `le`, else by names that
/// are numbers. `None` where they are none. Those of one bound are added up;
/// buckets that hold the ones below them are told from those.
pub fn of_series(data: &PanelSeries) -> Option<Buckets> {
    let mut buckets = Buckets::default();
    let mut bounded: Vec<(f64, &SeriesView)> = data
        .series
        .iter()
        .map(|series| Some((bound(series)?, series)))
        .collect::<Option<_>>()?;
    bounded.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (bound, series) in bounded {
        match (buckets.bounds.last(), buckets.counts.last_mut()) {
            (Some(last), Some(counts)) if *last == bound => add(counts, series.values),
            _ => {
                buckets.bounds.push(bound);
                buckets.counts.push(series.values.to_vec());
            }
        }
    }
    if is_cumulative(&buckets.counts) {
        take_apart(&mut buckets.counts);
    }
    Some(buckets)
}

fn bound(series: &SeriesView) -> Option<f64> {
    let text = series.labels.get(LE).unwrap_or(series.name);
    text.trim()
        .parse()
        .ok()
        .filter(|bound: &f64| !bound.is_nan())
}

fn add(counts: &mut [Option<f64>], values: &[Option<f64>]) {
    for (count, value) in counts.iter_mut().zip(values) {
        *count = match (*count, *value) {
            (Some(count), Some(value)) => Some(count + value),
            (count, value) => count.or(value),
        };
    }
}

/// Whether each bucket holds at least what the one below it holds, always.
fn is_cumulative(counts: &[Vec<Option<f64>>]) -> bool {
    counts.len() > 1 && counts.windows(2).all(|pair| holds(&pair[1], &pair[0]))
}

fn holds(above: &[Option<f64>], below: &[Option<f64>]) -> bool {
    above.iter().zip(below).all(|pair| match pair {
        (Some(above), Some(below)) => *above >= *below * (1.0 - 1e-9),
        _ => true,
    })
}

/// A bucket that is not known at a time adds nothing to those below it.
fn take_apart(counts: &mut [Vec<Option<f64>>]) {
    let columns = counts.first().map_or(0, Vec::len);
    let mut below = vec![0.0_f64; columns];
    for bucket in counts {
        for (count, below) in bucket.iter_mut().zip(&mut below) {
            if let Some(count) = count {
                let own = (*count - *below).max(0.0);
                *below = below.max(*count);
                *count = own;
            }
        }
    }
}

/// Buckets of values: as wide as `size` says, else so that there are about
/// `about` of them, with round bounds; by column of the series.
pub fn of_values(data: &PanelSeries, size: Option<f64>, about: usize) -> Option<Buckets> {
    of_scaled(data, size, about, Some)
}

/// Buckets of values whose bounds are a factor apart; what is not above zero
/// falls into none.
pub fn of_logarithms(data: &PanelSeries, about: usize) -> Option<Buckets> {
    let mut buckets = of_scaled(data, None, about, |value| {
        (value > 0.0).then(|| value.log10())
    })?;
    for bound in &mut buckets.bounds {
        *bound = 10_f64.powf(*bound);
    }
    Some(buckets)
}

fn of_scaled(
    data: &PanelSeries,
    size: Option<f64>,
    about: usize,
    scale: impl Fn(f64) -> Option<f64>,
) -> Option<Buckets> {
    let scaled = |value: Option<f64>| scale(value.filter(|value| value.is_finite())?);
    let values = || {
        let values = data.series.iter().flat_map(|series| series.values);
        values.filter_map(|value| scaled(*value))
    };
    let (low, high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    if low > high {
        return None;
    }
    let size = size.filter(|size| *size > 0.0);
    let size = size.unwrap_or_else(|| round_up((high - low) / about.max(1) as f64));
    let first = (low / size).floor();
    let last = ((high / size).floor() - first).clamp(0.0, 499.0) as usize;
    let mut buckets = Buckets {
        bounds: (0..=last)
            .map(|index| (first + index as f64 + 1.0) * size)
            .collect(),
        counts: vec![vec![None; data.grid.len]; last + 1],
    };
    for series in &data.series {
        for (column, value) in series.values.iter().enumerate() {
            let Some(value) = scaled(*value) else {
                continue;
            };
            let index = ((value / size).floor() - first).clamp(0.0, last as f64) as usize;
            let count = &mut buckets.counts[index][column];
            *count = Some(count.unwrap_or(0.0) + 1.0);
        }
    }
    Some(buckets)
}

/// 1, 2 or 5 times a power of ten, at least `step`.
fn round_up(step: f64) -> f64 {
    if step <= 0.0 || !step.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0];
    let fitting = times
        .iter()
        .find(|times| *times * power >= step * (1.0 - 1e-9));
    fitting.unwrap_or(&10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;

    #[test]
    fn cumulative_buckets_are_taken_apart() {
        let series = data(&[
            ('A', "+Inf", &[Some(9.0), Some(4.0)]),
            ('A', "0.5", &[Some(2.0), Some(1.0)]),
            ('A', "1", &[Some(5.0), None]),
        ]);
        let buckets = of_series(&series).unwrap();
        assert_eq!(buckets.bounds, [0.5, 1.0, f64::INFINITY]);
        assert_eq!(buckets.counts[0], [Some(2.0), Some(1.0)]);
        assert_eq!(buckets.counts[1], [Some(3.0), None]);
        assert_eq!(buckets.counts[2], [Some(4.0), Some(3.0)]);
    }

    #[test]
    fn buckets_of_their_own_stay_and_others_are_none() {
        let own = data(&[('A', "1", &[Some(5.0)]), ('A', "2", &[Some(3.0)])]);
        assert_eq!(of_series(&own).unwrap().counts, [[Some(5.0)], [Some(3.0)]]);
        assert_eq!(of_series(&data(&[('A', "email", &[Some(5.0)])])), None);
    }

    #[test]
    fn values_fall_into_round_buckets() {
        let series = data(&[('A', "a", &[Some(0.1), Some(3.9), None, Some(2.0)])]);
        let buckets = of_values(&series, None, 4).unwrap();
        assert_eq!(buckets.bounds, [1.0, 2.0, 3.0, 4.0]);
        let sums: Vec<f64> = buckets
            .counts
            .iter()
            .map(|counts| counts.iter().flatten().sum())
            .collect();
        assert_eq!(sums, [1.0, 0.0, 1.0, 1.0]);
        let wide = of_values(&series, Some(10.0), 4).unwrap();
        assert_eq!(wide.bounds, [10.0]);
    }
}
