//! A plot to the rows of its legend.

use crate::color_role::ColorRole;
use crate::plot::Plot;

/// A series in the legend, with what its visible samples come to.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendRow {
    /// The series' key.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color_role: ColorRole,
    /// Whether it is left out of the plot.
    pub hidden: bool,
    /// Over the samples in sight; `None` where there is none.
    pub statistics: Option<Statistics>,
}

/// What finite samples come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// The first.
    pub first: f64,
    /// The newest.
    pub last: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// Their mean.
    pub mean: f64,
    /// How many there are.
    pub count: usize,
}

impl Statistics {
    /// The statistics of the samples that are there and finite.
    pub fn of(samples: &[Option<f64>]) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut sum = 0.0;
        for value in samples
            .iter()
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
        {
            let seen = found.get_or_insert(Self {
                first: value,
                last: value,
                min: value,
                max: value,
                mean: value,
                count: 0,
            });
            seen.last = value;
            seen.min = seen.min.min(value);
            seen.max = seen.max.max(value);
            seen.count += 1;
            sum += value;
        }
        found.map(|seen| Self {
            mean: sum / seen.count as f64,
            ..seen
        })
    }
}

/// The rows of a plot's legend in the series' order.
pub fn rows(plot: &Plot) -> Vec<LegendRow> {
    let seen = crate::plot::visible(&plot.input.data.grid, plot.input.window);
    let rows = plot.curves.iter().map(|curve| LegendRow {
        key: curve.series.key,
        name: curve.series.name.clone(),
        color_role: curve.color_role,
        hidden: curve.hidden,
        statistics: curve
            .series
            .values
            .0
            .get(seen.clone())
            .and_then(Statistics::of),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_samples_count_for_nothing() {
        let samples = [
            None,
            Some(2.0),
            Some(f64::INFINITY),
            Some(4.0),
            None,
            Some(3.0),
        ];
        let expected = Statistics {
            first: 2.0,
            last: 3.0,
            min: 2.0,
            max: 4.0,
            mean: 3.0,
            count: 3,
        };
        assert_eq!(Statistics::of(&samples), Some(expected));
        assert_eq!(Statistics::of(&[None, Some(f64::NAN)]), None);
    }
}
