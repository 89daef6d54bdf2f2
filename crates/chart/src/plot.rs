//! A panel's data and options to a plot: curves, axes, and where everything stands.
//!
//! A [`Plot`] is made for one window of time and the size the layout gives the
//! panel, the same on the server and in the browser: its axes, ticks and labels
//! do not depend on the screen, so that the page that takes over moves nothing.
//! The picture itself is painted at any size ([`Plot::paint`](crate::paint)).

use std::ops::Range;

use wire::board::{DrawStyle, Grid, TimeSeriesOptions};
use wire::data::{Annotation, PanelData, TimeGrid};
use wire::live::Window;

use crate::axis_spec::AxisSpec;
use crate::curve::{self, Curve, Side};
use crate::scale::Spacing;
use crate::unit::Unit;
use crate::value_axis::ValueAxis;

/// A size in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width_px: f64,
    /// From top to bottom.
    pub height_px: f64,
}

impl Size {
    /// The plot area of a panel on a screen 1440 CSS pixels wide: what is left
    /// of its place on the grid beside title and axis labels.
    pub fn nominal(grid: Grid) -> Self {
        Self {
            width_px: (f64::from(grid.w) * 59.0 - 96.0).max(120.0),
            height_px: (f64::from(grid.h) * 36.0 - 64.0).max(48.0),
        }
    }
}

/// What a plot is made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The samples.
    pub data: &'a PanelData,
    /// How they are drawn.
    pub options: &'a TimeSeriesOptions,
    /// The span of time that is shown.
    pub window: Window,
    /// The size for which ticks and labels are chosen: [`Size::nominal`].
    pub size: Size,
    /// Marked over all series of a picture that is saved; on a page they lie over it.
    pub annotations: &'a [Annotation],
    /// Series that are left out, by key.
    pub hidden: &'a [u32],
    /// The axes of the plot before, kept where they still serve.
    pub previous: Option<&'a Axes>,
}

impl<'a> Input<'a> {
    /// Data and options alone, on a page that shows `window`.
    pub fn new(
        data: &'a PanelData,
        options: &'a TimeSeriesOptions,
        window: Window,
        size: Size,
    ) -> Self {
        Self {
            data,
            options,
            window: data.window(window),
            size,
            annotations: &[],
            hidden: &[],
            previous: None,
        }
    }
}

/// The value axes of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    /// The first.
    pub left: ValueAxis,
    /// The second, where some series is on it.
    pub right: Option<ValueAxis>,
}

impl Axes {
    /// The axis of a side.
    pub fn on(&self, side: Side) -> &ValueAxis {
        match side {
            Side::Left => &self.left,
            Side::Right => self.right.as_ref().unwrap_or(&self.left),
        }
    }
}

/// A panel, ready to be painted and to be asked.
#[derive(Clone, Debug)]
pub struct Plot<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) curves: Vec<Curve<'a>>,
    pub(crate) axes: Axes,
}

impl<'a> Plot<'a> {
    /// Builds curves and axes.
    pub fn new(input: Input<'a>) -> Self {
        let curves = curve::curves(input.data, input.options, input.hidden);
        let columns = visible(&input.data.grid, input.window);
        let has_right = curves.iter().any(|curve| curve.side == Side::Right);
        let axes = Axes {
            left: axis(&input, &curves, columns.clone(), Side::Left),
            right: has_right.then(|| axis(&input, &curves, columns, Side::Right)),
        };
        Self {
            input,
            curves,
            axes,
        }
    }

    /// The value axes: to be given to the next plot as [`Input::previous`].
    pub fn axes(&self) -> &Axes {
        &self.axes
    }

    /// The curves in drawing order, hidden ones included.
    pub fn curves(&self) -> &[Curve<'a>] {
        &self.curves
    }

    /// What the plot was made of.
    pub fn input(&self) -> &Input<'a> {
        &self.input
    }

    /// The columns of the data that are in sight, with one more on either side
    /// so that lines run to the edges.
    pub fn columns(&self) -> Range<usize> {
        let seen = visible(&self.input.data.grid, self.input.window);
        let len = self.input.data.grid.len;
        seen.start.saturating_sub(1)..(seen.end + 1).min(len)
    }

    /// How many missing columns the curves bridge.
    pub fn bridged_columns(&self) -> usize {
        let step_ms = self.input.data.grid.step_ms.max(1);
        let bridged = self.input.options.connect_gaps_ms / step_ms;
        usize::try_from(bridged)
            .unwrap_or(0)
            .min(self.input.data.grid.len)
    }

    /// Where a moment stands in the window: 0 at its left edge, 1 at its right.
    pub fn time_position(&self, time_ms: i64) -> f64 {
        let window = self.input.window;
        let span_ms = (window.to_ms - window.from_ms).max(1);
        (time_ms - window.from_ms) as f64 / span_ms as f64
    }
}

/// The column of a time, counted from the grid's start and at most its end.
fn column_of(grid: &TimeGrid, time_ms: i64) -> usize {
    let steps = (time_ms - grid.start_ms).div_euclid(grid.step_ms.max(1));
    usize::try_from(steps.max(0)).unwrap_or(0).min(grid.len)
}

/// The columns of a grid that lie in a window.
pub(crate) fn visible(grid: &TimeGrid, window: Window) -> Range<usize> {
    let step_ms = grid.step_ms.max(1);
    // The first column at or after the window's start, the first one after its end.
    let start = column_of(grid, window.from_ms + step_ms - 1);
    let end = if window.to_ms < grid.start_ms {
        0
    } else {
        column_of(grid, window.to_ms + step_ms)
    };
    start..end.max(start)
}

/// The axis of a side: the one before where it still serves.
fn axis(input: &Input, curves: &[Curve], columns: Range<usize>, side: Side) -> ValueAxis {
    let of_side = curves
        .iter()
        .filter(|curve| curve.side == side && !curve.hidden);
    let from_zero = of_side.clone().any(stands);
    let ranges = of_side.filter_map(|curve| curve.range(columns.clone()));
    let range = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let spec = axis_spec(input, side, from_zero);
    let previous = input.previous;
    match side {
        Side::Left => ValueAxis::fit(
            spec,
            range.map(|range| with_levels(range, input.options)),
            previous.map(|axes| &axes.left),
        ),
        Side::Right => ValueAxis::fit(spec, range, previous.and_then(|axes| axes.right.as_ref())),
    }
}

/// Whether a curve's extent from the axis' ground says something. The faint fill
/// of an area does not: a success rate between 99 % and 100 % is to be seen.
fn stands(curve: &Curve) -> bool {
    curve.base.is_some() || curve.draw == DrawStyle::Bars
}

/// How far beyond the values a level may lie that is to be in sight, in parts of
/// the greatest of them, where the values themselves span less.
const NEAR: f64 = 0.05;

/// The range with the levels that lie near it: how far off they are is what a
/// chart with levels is looked at for.
fn with_levels((low, high): (f64, f64), options: &TimeSeriesOptions) -> (f64, f64) {
    let reach = (high - low).max(NEAR * high.abs().max(low.abs()));
    let levels = options.thresholds.iter().map(|level| level.value);
    let near = levels.filter(|level| (low - reach..=high + reach).contains(level));
    near.fold((low, high), |(low, high), level| {
        (low.min(level), high.max(level))
    })
}

fn axis_spec(input: &Input, side: Side, from_zero: bool) -> AxisSpec {
    let left = input.options;
    let (unit, decimals, min, max, log, linear_below) = match (side, &left.right_axis) {
        (Side::Right, Some(right)) => (
            &right.unit,
            right.decimals,
            right.min,
            right.max,
            right.log_scale,
            right.linear_below,
        ),
        _ => (
            &left.unit,
            left.decimals,
            left.min,
            left.max,
            left.log_scale,
            left.linear_below,
        ),
    };
    let spacing = match (log, linear_below.filter(|below| *below > 0.0)) {
        (false, _) => Spacing::Linear,
        (true, None) => Spacing::Log,
        (true, Some(linear_below)) => Spacing::Symlog { linear_below },
    };
    AxisSpec {
        unit: Unit::from_id(unit),
        decimals,
        min,
        max,
        spacing,
        from_zero,
        height_px: input.size.height_px,
    }
}

#[cfg(test)]
mod tests {
    use wire::board::{Health, Threshold};

    use super::*;
    use crate::testing::{data, plotted};

    #[test]
    fn a_plot_takes_the_columns_in_sight_and_their_neighbours() {
        let samples = [Some(1.0); 10];
        let data = data(10_000, &[&samples]);
        let cases = [
            ((10_000, 19_000), 0..10),
            ((12_000, 15_000), 1..7),
            ((12_500, 15_500), 2..7),
            ((0, 9_000), 0..1),
            ((30_000, 40_000), 9..10),
        ];
        for ((from_ms, to_ms), columns) in cases {
            assert_eq!(
                plotted(&data, from_ms, to_ms, |plot| plot.columns()),
                columns
            );
        }
    }

    #[test]
    fn the_axis_fits_what_is_in_sight() {
        let samples = [Some(100.0), Some(1.0), Some(2.0), Some(3.0), Some(900.0)];
        let data = data(0, &[&samples]);
        let ends = plotted(&data, 1_000, 3_000, |plot| plot.axes().left.ends());
        assert_eq!(ends, (0.0, 3.0));
    }

    #[test]
    fn a_plot_without_data_has_an_axis() {
        let ends = plotted(&data(0, &[]), 0, 1_000, |plot| plot.axes().left.ends());
        assert_eq!(ends, (0.0, 1.0));
    }

    #[test]
    fn levels_near_the_values_are_in_sight() {
        let check = |range: (f64, f64), levels: &[f64], expected: (f64, f64)| {
            let thresholds = levels.iter().map(|value| Threshold {
                value: *value,
                status: Health::Bad,
                label: String::new(),
            });
            let options = TimeSeriesOptions {
                thresholds: thresholds.collect(),
                ..TimeSeriesOptions::default()
            };
            assert_eq!(with_levels(range, &options), expected);
        };
        check((1.0, 1.0), &[0.98, 0.99], (0.98, 1.0));
        check((0.2, 0.5), &[0.7, 2.0], (0.2, 0.7));
        check((0.0, 0.0), &[5.0], (0.0, 0.0));
        check((-1.0, 1.0), &[], (-1.0, 1.0));
    }
}
