//! A curve's values to what a raster of pixel columns can show.
//!
//! Contract: where several samples fall into one pixel column, one [`Stop`]
//! keeps its first, lowest, highest and last; where they do not, each sample is
//! a stop. No point is invented, a gap stays a gap. Pixel columns are counted
//! from the epoch, so that a moving window always joins the same samples.
//!
//! NaN and the infinities have no place: they are gaps, as absent samples are,
//! and never the lowest or highest of a column. Heights are asked for finite
//! values only. They are left out here, sample by sample, rather than in a pass
//! before: that would copy every series for values that hardly any has.

use std::ops::Range;

use plotters_backend::BackendCoord;
use wire::data::TimeGrid;

use crate::path::UNITS_PER_PX;
use crate::time_axis::TimeAxis;

/// What a curve does at one place of the raster, in backend units from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub x: i32,
    /// The highest sample.
    pub top: i32,
    /// The lowest sample.
    pub bottom: i32,
    /// Where the curve comes in.
    pub first: i32,
    /// Where it goes on.
    pub last: i32,
}

/// The stops of a curve, in one piece of memory: a gap in a series of many
/// short stretches costs no allocation.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Runs {
    stops: Vec<Stop>,
    /// Where each stretch without a gap ends, as a place in `stops`; ascending.
    ends: Vec<usize>,
}

impl Runs {
    /// The stretches without a gap; none is empty.
    pub fn iter(&self) -> impl Iterator<Item = &[Stop]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let places = starts.zip(&self.ends);
        places.filter_map(|(start, end)| self.stops.get(start..*end))
    }

    /// All stops in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// Ends the present stretch, if it has a stop.
    fn end(&mut self) {
        if self.ends.last().copied().unwrap_or_default() < self.stops.len() {
            self.ends.push(self.stops.len());
        }
    }
}

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
    /// Whether there are so many samples that stops join several.
    pub fn is_dense(&self) -> bool {
        self.columns_per_px() > 2.0
    }

    /// The stops of each stretch without a gap.
    pub fn runs(&self, values: &[Option<f64>], columns: Range<usize>) -> Runs {
        let mut runs = Runs::default();
        let mut missing = 0;
        let mut raster = Raster::new(self, columns.start);
        let mut block = None;
        let start = columns.start;
        for (offset, value) in values.get(columns).unwrap_or_default().iter().enumerate() {
            let column = start + offset;
            if raster.enters_next(column) {
                runs.stops
                    .extend(block.take().map(|block| self.stop(&block)));
            }
            let Some(value) = value.filter(|value| value.is_finite()) else {
                missing += 1;
                continue;
            };
            if missing > self.bridged {
                runs.stops
                    .extend(block.take().map(|block| self.stop(&block)));
                runs.end();
            }
            missing = 0;
            block.get_or_insert(Block::new(column, value)).add(value);
        }
        runs.stops
            .extend(block.take().map(|block| self.stop(&block)));
        runs.end();
        runs
    }

    fn columns_per_px(&self) -> f64 {
        let ms_per_px = self.time.ms_per_unit() * f64::from(UNITS_PER_PX);
        ms_per_px / self.grid.step_ms.max(1) as f64
    }

    fn stop(&self, block: &Block) -> Stop {
        let x = self.time.unit_of(self.grid.time_ms(block.column));
        let last = (self.height)(block.last);
        if !self.is_dense() {
            return Stop {
                x,
                top: last,
                bottom: last,
                first: last,
                last,
            };
        }
        Stop {
            x: x + UNITS_PER_PX / 2,
            top: (self.height)(block.highest),
            bottom: (self.height)(block.lowest),
            first: (self.height)(block.first),
            last,
        }
    }
}

/// The outline of a dense stretch as its line, `width` units wide, would fill
/// it: over each pixel column from its lowest to its highest sample, and half
/// the way to its neighbours.
pub(crate) fn outline(run: &[Stop], width: i32) -> Vec<BackendCoord> {
    let half = width / 2;
    let mut edges: Vec<(i32, i32, i32)> = Vec::with_capacity(run.len());
    let mut enter = run.first().map_or(0, |stop| stop.first);
    for (index, stop) in run.iter().enumerate() {
        let leave = run
            .get(index + 1)
            .map_or(stop.last, |next| i32::midpoint(stop.last, next.first));
        let top = stop.top.min(enter).min(leave) - half;
        let bottom = stop.bottom.max(enter).max(leave) + half;
        edges.push((stop.x, top, bottom));
        enter = leave;
    }
    let upper = edges.iter().map(|(x, top, _)| (*x, *top));
    let lower = edges.iter().rev().map(|(x, _, bottom)| (*x, *bottom));
    upper.chain(lower).collect()
}

/// Tells when the next sample falls into another pixel column.
struct Raster {
    /// The first grid column behind the present pixel column.
    next: usize,
    columns_per_px: f64,
    /// The pixel column, counted from the epoch, in which the grid starts.
    offset: f64,
    dense: bool,
}

impl Raster {
    fn new<F: Fn(f64) -> i32>(placer: &Placer<F>, first: usize) -> Self {
        let columns_per_px = placer.columns_per_px();
        let step_ms = placer.grid.step_ms.max(1) as f64;
        Self {
            next: first,
            columns_per_px,
            offset: placer.grid.start_ms as f64 / step_ms / columns_per_px,
            dense: placer.is_dense(),
        }
    }

    fn enters_next(&mut self, column: usize) -> bool {
        if !self.dense {
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

/// The samples of one pixel column.
struct Block {
    /// The grid column of the first.
    column: usize,
    first: f64,
    lowest: f64,
    highest: f64,
    last: f64,
}

impl Block {
    fn new(column: usize, value: f64) -> Self {
        Self {
            column,
            first: value,
            lowest: value,
            highest: value,
            last: value,
        }
    }

    fn add(&mut self, value: f64) {
        self.lowest = self.lowest.min(value);
        self.highest = self.highest.max(value);
        self.last = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One unit of height a value, downwards; `width_px` pixels for the whole grid.
    fn runs(values: &[Option<f64>], width_px: i32, bridged: usize) -> Vec<Vec<Stop>> {
        let grid = TimeGrid {
            start_ms: 8_000,
            step_ms: 8,
            len: values.len(),
        };
        let end_ms = 8_000 + 8 * values.len() as i64;
        let time = TimeAxis::new(8_000, end_ms, width_px * UNITS_PER_PX, None);
        let placer = Placer {
            grid,
            time: &time,
            height: |value| -value as i32,
            bridged,
        };
        let runs = placer.runs(values, 0..values.len());
        runs.iter().map(<[Stop]>::to_vec).collect()
    }

    fn values(run: &[Stop]) -> Vec<i32> {
        run.iter().map(|stop| -stop.last).collect()
    }

    #[test]
    fn sparse_samples_all_stay() {
        let run = &runs(&[Some(1.0), Some(2.0), Some(3.0)], 3, 0)[0];
        let places: Vec<_> = run.iter().map(|stop| (stop.x, -stop.last)).collect();
        assert_eq!(places, [(0, 1), (8, 2), (16, 3)]);
    }

    #[test]
    fn gaps_split_runs_unless_they_are_bridged() {
        let gaps = [Some(1.0), None, Some(3.0), None, None, Some(6.0)];
        let split: Vec<_> = runs(&gaps, 6, 0).iter().map(|run| values(run)).collect();
        assert_eq!(split, [vec![1], vec![3], vec![6]]);
        let bridged: Vec<_> = runs(&gaps, 6, 1).iter().map(|run| values(run)).collect();
        assert_eq!(bridged, [vec![1, 3], vec![6]]);
    }

    #[test]
    fn what_is_not_finite_is_a_gap() {
        let gaps = [Some(1.0), Some(f64::INFINITY), Some(3.0), Some(f64::NAN)];
        assert_eq!(runs(&gaps, 4, 0).len(), 2);
    }

    #[test]
    fn dense_samples_keep_first_lowest_highest_and_last_of_each_pixel() {
        let samples: Vec<i32> = (0..1_000).map(|i| i * 7_919 % 1_000).collect();
        let dense: Vec<_> = samples
            .iter()
            .map(|value| Some(f64::from(*value)))
            .collect();
        let run = &runs(&dense, 10, 0)[0];
        let expected: Vec<Stop> = samples
            .chunks(100)
            .enumerate()
            .map(|(pixel, chunk)| Stop {
                x: pixel as i32 * UNITS_PER_PX + UNITS_PER_PX / 2,
                top: -chunk.iter().max().unwrap(),
                bottom: -chunk.iter().min().unwrap(),
                first: -chunk[0],
                last: -chunk[99],
            })
            .collect();
        assert_eq!(*run, expected);
    }

    #[test]
    fn an_outline_reaches_half_the_way_to_its_neighbours() {
        let stop = |x, level| Stop {
            x,
            top: level - 2,
            bottom: level + 2,
            first: level,
            last: level,
        };
        let edges = outline(&[stop(4, 10), stop(12, 50), stop(20, 50)], 4);
        let expected = [(4, 6), (12, 28), (20, 46), (20, 54), (12, 54), (4, 32)];
        assert_eq!(edges, expected);
    }
}
