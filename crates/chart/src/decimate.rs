//! A curve's values to the points that a raster of pixel columns can show.
//!
//! Contract: where several samples fall into one column, its first, lowest,
//! highest and last stay, in their order and at their own times; where they do
//! not, all stay. No point is invented, a gap stays a gap. Columns are counted
//! from the epoch, so that a moving window drops and keeps the same samples.

use std::ops::Range;

use plotters_backend::BackendCoord;
use wire::data::TimeGrid;

use crate::path::UNITS_PER_PX;
use crate::time_axis::TimeAxis;

/// Places samples as backend coordinates.
pub(crate) struct Placer<'a, F: Fn(f64) -> i32> {
    pub grid: TimeGrid,
    pub time: &'a TimeAxis,
    /// A value's height in backend units from the top.
    pub height: F,
    /// Gaps of at most so many missing columns are bridged.
    pub bridged: usize,
}

impl<F: Fn(f64) -> i32> Placer<'_, F> {
    /// Where the sample of a column stands.
    pub fn point(&self, column: usize, value: f64) -> BackendCoord {
        (
            self.time.unit_of(self.grid.time_ms(column)),
            (self.height)(value),
        )
    }

    /// Calls `run` with the points of each stretch without a gap.
    pub fn runs(
        &self,
        values: &[Option<f64>],
        columns: Range<usize>,
        mut run: impl FnMut(&[BackendCoord]),
    ) {
        let mut points = Vec::new();
        let mut missing = 0;
        let mut raster = Raster::new(self, columns.start);
        let mut block = Block::default();
        for column in columns {
            if raster.enters_next(column) {
                block.close(&mut points, self);
            }
            match values
                .get(column)
                .copied()
                .flatten()
                .filter(|value| value.is_finite())
            {
                Some(value) => {
                    if missing > self.bridged && (block.is_open() || !points.is_empty()) {
                        block.close(&mut points, self);
                        run(&points);
                        points.clear();
                    }
                    missing = 0;
                    block.add(column, value);
                }
                None => missing += 1,
            }
        }
        block.close(&mut points, self);
        if !points.is_empty() {
            run(&points);
        }
    }
}

/// Tells when the next sample falls into another pixel column.
struct Raster {
    /// The first grid column behind the present pixel column.
    next: usize,
    columns_per_px: f64,
    /// The pixel column, counted from the epoch, in which the grid starts.
    offset: f64,
}

impl Raster {
    fn new<F: Fn(f64) -> i32>(placer: &Placer<F>, first: usize) -> Self {
        let ms_per_px = placer.time.ms_per_unit() * f64::from(UNITS_PER_PX);
        let step_ms = placer.grid.step_ms.max(1) as f64;
        Self {
            next: first,
            columns_per_px: ms_per_px / step_ms,
            offset: placer.grid.start_ms as f64 / ms_per_px,
        }
    }

    /// Up to two samples a pixel are not worth a search for extremes.
    fn enters_next(&mut self, column: usize) -> bool {
        if self.columns_per_px <= 2.0 {
            return true;
        }
        if column < self.next {
            return false;
        }
        let px = self.offset + column as f64 / self.columns_per_px;
        let rest = (px.floor() + 1.0 - self.offset) * self.columns_per_px;
        self.next = (rest.ceil() as usize).max(column + 1);
        true
    }
}

/// The samples of one pixel column that stay.
#[derive(Default)]
struct Block {
    first: Option<(usize, f64)>,
    lowest: (usize, f64),
    highest: (usize, f64),
    last: (usize, f64),
}

impl Block {
    fn is_open(&self) -> bool {
        self.first.is_some()
    }

    fn add(&mut self, column: usize, value: f64) {
        let sample = (column, value);
        if self.first.is_none() {
            self.first = Some(sample);
            self.lowest = sample;
            self.highest = sample;
        } else if value < self.lowest.1 {
            self.lowest = sample;
        } else if value > self.highest.1 {
            self.highest = sample;
        }
        self.last = sample;
    }

    fn close<F: Fn(f64) -> i32>(&mut self, points: &mut Vec<BackendCoord>, placer: &Placer<F>) {
        let Some(first) = self.first.take() else {
            return;
        };
        let (early, late) = if self.lowest.0 < self.highest.0 {
            (self.lowest, self.highest)
        } else {
            (self.highest, self.lowest)
        };
        let mut before = usize::MAX;
        for (column, value) in [first, early, late, self.last] {
            if column != before {
                points.push(placer.point(column, value));
                before = column;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One unit of height a value; `width_px` pixels for the whole grid.
    fn runs(values: &[Option<f64>], width_px: i32, bridged: usize) -> Vec<Vec<BackendCoord>> {
        let grid = TimeGrid {
            start_ms: 8_000,
            step_ms: 8,
            len: values.len(),
        };
        let end_ms = 8_000 + 8 * values.len() as i64;
        let time = TimeAxis::new(8_000, end_ms, width_px * UNITS_PER_PX, 1);
        let placer = Placer {
            grid,
            time: &time,
            height: |value| value as i32,
            bridged,
        };
        let mut all = Vec::new();
        placer.runs(values, 0..values.len(), |run| all.push(run.to_vec()));
        all
    }

    fn heights(run: &[BackendCoord]) -> Vec<i32> {
        run.iter().map(|point| point.1).collect()
    }

    #[test]
    fn sparse_samples_all_stay() {
        let values = [Some(1.0), Some(2.0), Some(3.0)];
        assert_eq!(runs(&values, 3, 0), [[(0, 1), (8, 2), (16, 3)]]);
    }

    #[test]
    fn gaps_split_runs_unless_they_are_bridged() {
        let values = [Some(1.0), None, Some(3.0), None, None, Some(6.0)];
        let split: Vec<_> = runs(&values, 6, 0).iter().map(|run| heights(run)).collect();
        assert_eq!(split, [vec![1], vec![3], vec![6]]);
        let bridged: Vec<_> = runs(&values, 6, 1).iter().map(|run| heights(run)).collect();
        assert_eq!(bridged, [vec![1, 3], vec![6]]);
    }

    #[test]
    fn what_is_not_finite_is_a_gap() {
        let values = [Some(1.0), Some(f64::INFINITY), Some(3.0), Some(f64::NAN)];
        assert_eq!(runs(&values, 4, 0).len(), 2);
    }

    #[test]
    fn dense_samples_keep_first_lowest_highest_and_last_of_each_pixel() {
        let values: Vec<_> = (0..1_000)
            .map(|i| Some(f64::from(i * 7_919 % 1_000)))
            .collect();
        let run = &runs(&values, 10, 0)[0];
        assert!(run.len() <= 44, "{}", run.len());
        for pixel in 0..10_usize {
            let samples: Vec<f64> = values[pixel * 100..][..100]
                .iter()
                .flatten()
                .copied()
                .collect();
            let extremes = [samples[0], samples[99], 0.0, 0.0];
            let mut kept: Vec<i32> = extremes[..2].iter().map(|value| *value as i32).collect();
            kept.push(samples.iter().copied().fold(f64::MAX, f64::min) as i32);
            kept.push(samples.iter().copied().fold(f64::MIN, f64::max) as i32);
            let left = pixel as i32 * UNITS_PER_PX;
            let drawn: Vec<i32> = run
                .iter()
                .filter(|point| (left - 1..left + UNITS_PER_PX + 1).contains(&point.0))
                .map(|point| point.1)
                .collect();
            assert!(
                kept.iter().all(|value| drawn.contains(value)),
                "{pixel}: {kept:?} {drawn:?}"
            );
        }
        assert!(
            run.iter()
                .all(|point| values.contains(&Some(f64::from(point.1))))
        );
    }
}
