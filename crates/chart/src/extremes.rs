//! Any numbers at all through the whole of a chart: nothing panics, and what
//! is painted lies within a few heights of the picture.

use wire::board::{DrawStyle, Health, RightAxis, SeriesOverride, Threshold, TimeSeriesOptions};
use wire::data::{PanelData, SeriesData, TimeGrid, Values};
use wire::id::RefId;
use wire::live::Window;

use crate::civil::utc;
use crate::plot::{Axes, Input, Plot, Size};
use crate::{Labels, legend, summary, svg};

/// Numbers at which arithmetic breaks: sums and quotients of two of them
/// overflow, vanish, or leave nothing between neighbours.
const LEVELS: [f64; 20] = [
    0.0,
    -0.0,
    5e-324,
    2e-308,
    f64::MIN_POSITIVE,
    1e-300,
    1e-16,
    0.1,
    1.0,
    1.0 + f64::EPSILON,
    3.0,
    1e9,
    9_007_199_254_740_993.0,
    1e18,
    1e100,
    1e290,
    1e300,
    1e308,
    f64::MAX,
    f64::INFINITY,
];

const UNITS: [&str; 8] = [
    "s",
    "ns",
    "bytes",
    "percentunit",
    "short",
    "none",
    "dtdurations",
    "dateTimeAsIso",
];

const STYLES: [DrawStyle; 5] = [
    DrawStyle::Line,
    DrawStyle::Area,
    DrawStyle::Step,
    DrawStyle::Bars,
    DrawStyle::Points,
];

/// The same numbers in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// One of the levels, either sign; or any bits, NaN among them.
    fn number(&mut self) -> f64 {
        if self.one_in(4) {
            return f64::from_bits(self.next());
        }
        let level = LEVELS[self.below(LEVELS.len())];
        if self.one_in(2) { -level } else { level }
    }

    fn maybe(&mut self) -> Option<f64> {
        self.one_in(3).then(|| self.number())
    }

    /// A series of one level, of two, or of anything; with gaps.
    fn samples(&mut self, len: usize) -> Vec<Option<f64>> {
        let (low, high, kind) = (self.number(), self.number(), self.below(3));
        let sample = |_| match kind {
            _ if self.one_in(8) => None,
            0 => Some(low),
            1 if self.one_in(2) => Some(low),
            1 => Some(high),
            _ => Some(self.number()),
        };
        (0..len).map(sample).collect()
    }

    fn data(&mut self) -> PanelData {
        let len = [1, 2, 9, 1_000][self.below(4)];
        let series = (0..1 + self.below(3)).map(|key| SeriesData {
            key: key as u32,
            name: format!("series {key}"),
            query: RefId('A'),
            overrides: if key == 1 { vec![0] } else { Vec::new() },
            values: Values(self.samples(len)),
        });
        PanelData {
            series: series.collect(),
            grid: TimeGrid {
                start_ms: 1_769_507_423_000,
                step_ms: 1_000,
                len,
            },
            ..PanelData::default()
        }
    }

    fn options(&mut self) -> TimeSeriesOptions {
        let threshold = |_| Threshold {
            value: self.number(),
            status: Health::Bad,
            label: String::new(),
        };
        let thresholds = (0..2).map(threshold).collect();
        TimeSeriesOptions {
            thresholds,
            unit: UNITS[self.below(UNITS.len())].into(),
            decimals: self.one_in(4).then_some(9),
            draw: STYLES[self.below(STYLES.len())],
            stacked: self.one_in(2),
            min: self.maybe(),
            max: self.maybe(),
            log_scale: self.one_in(2),
            linear_below: self.maybe(),
            threshold_bands: self.one_in(2),
            overrides: vec![SeriesOverride {
                negative: self.one_in(2),
                right_axis: self.one_in(2),
                ..SeriesOverride::default()
            }],
            right_axis: Some(RightAxis {
                unit: UNITS[self.below(UNITS.len())].into(),
                min: self.maybe(),
                max: self.maybe(),
                log_scale: self.one_in(2),
                linear_below: self.maybe(),
                ..RightAxis::default()
            }),
            ..TimeSeriesOptions::default()
        }
    }
}

/// Draws and says all there is of the data; returns the axes for the next plot.
fn check(data: &PanelData, options: &TimeSeriesOptions, previous: Option<&Axes>) -> Axes {
    let size = Size {
        width_px: 400.0,
        height_px: 200.0,
    };
    let window = Window {
        from_ms: data.grid.start_ms,
        to_ms: data.grid.end_ms(),
        step_ms: data.grid.step_ms,
        live: true,
        ..Window::default()
    };
    let input = Input {
        previous,
        ..Input::new(data, options, window, size)
    };
    let plot = Plot::new(input);
    let axes = plot.axes().clone();
    for axis in [Some(&axes.left), axes.right.as_ref()]
        .into_iter()
        .flatten()
    {
        let (bottom, top) = axis.ends();
        assert!(bottom < top, "{bottom:e} to {top:e} of {options:?}");
        assert!((bottom..=top).contains(&axis.ground()));
        for tick in axis.ticks() {
            let place = axis.position(*tick);
            assert!((-0.001..=1.001).contains(&place), "{tick:e} at {place}");
        }
    }
    let drawn = svg::plot(&plot);
    assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    let labels = Labels::new(&plot, &utc);
    assert!(labels.left.len() <= 40);
    legend::rows(&plot);
    summary::summary("title", &plot, &utc);
    for height in [None, Some(0.0), Some(1.0)] {
        if let Some(reading) = plot.reading(window.to_ms, height) {
            let places = reading.entries.iter().map(|entry| entry.position);
            assert!(places.clone().all(|place| !place.is_nan()), "{reading:?}");
        }
    }
    axes
}

#[test]
fn no_numbers_break_a_chart() {
    let mut random = Random(20_261_129);
    for _ in 0..400 {
        let options = random.options();
        let first = check(&random.data(), &options, None);
        check(&random.data(), &options, Some(&first));
    }
}

#[test]
fn the_greatest_numbers_of_both_signs_have_a_chart() {
    let data = crate::testing::data(0, &[&[Some(1e308), Some(-1e308), Some(f64::MAX)]]);
    let axes = check(&data, &TimeSeriesOptions::default(), None);
    let (bottom, top) = axes.left.ends();
    assert!(bottom < -1e280 && top > 1e280, "{bottom:e} to {top:e}");
}
