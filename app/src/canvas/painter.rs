//! A plot onto a canvas, again and again, with as little work as a frame allows.
//!
//! A frame repaints everything only where scale, size, theme or options have
//! changed. Otherwise the picture is shifted by the whole pixels that the
//! window has moved, and only what lies right of the first new sample is
//! painted anew.

use std::cell::RefCell;
use std::rc::Rc;

use chart::dirty_region::{Change, ColumnFingerprints};
use chart::path::{PathBackend, UNITS_PER_PX};
use chart::time_axis::TimeAxis;
use chart::{Axes, Input, Plot, Scene};
use web_sys::HtmlCanvasElement;
use wire::board::TimeSeriesOptions;

use super::Theme;
use super::surface::{CanvasSink, Surface};

/// Device pixels that a line's width and its joins reach to the left of its points.
const REACH_PX: i64 = 8;

/// Draws one chart's plot.
pub struct Painter {
    surface: Surface,
    theme: Theme,
    axes: Option<Axes>,
    time: Option<TimeAxis>,
    painted: Option<Painted>,
}

/// What the canvas shows.
struct Painted {
    options: TimeSeriesOptions,
    hidden: Vec<u32>,
    axes: Axes,
    time: TimeAxis,
    /// Taken from the second frame on: a chart that stands still needs none.
    fingerprints: Option<ColumnFingerprints>,
}

/// What a frame has to paint.
enum Work {
    Nothing,
    All,
    /// Right of a device pixel, after a shift to the left by so many.
    Right {
        of: i64,
        shift: i64,
    },
}

impl Painter {
    /// A painter for a canvas; `None` where the browser has no canvas to give.
    pub fn new(canvas: HtmlCanvasElement, theme: Theme) -> Option<Self> {
        Some(Self {
            surface: Surface::new(canvas)?,
            theme,
            axes: None,
            time: None,
            painted: None,
        })
    }

    /// The plot area's size in CSS pixels, and the device pixels in one of them,
    /// with which lines grow; to be followed by a [`Painter::draw`].
    pub fn resize(&mut self, width_px: f64, height_px: f64, pixel_ratio: f64) {
        if self.surface.resize(width_px, height_px, pixel_ratio) {
            self.painted = None;
        }
    }

    /// The colours from now on; to be followed by a [`Painter::draw`].
    pub fn set_theme(&mut self, theme: Theme) {
        if theme != self.theme {
            self.theme = theme;
            self.painted = None;
        }
    }

    /// The colours at present.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Makes the canvas show the input, and has `look` take labels, legend and
    /// readings from the same plot. `input.previous` is the painter's own
    /// matter: its axes stay while they serve.
    pub fn draw<R>(&mut self, input: Input, look: impl FnOnce(&Plot) -> R) -> R {
        let plot = Plot::new(Input {
            previous: self.axes.as_ref(),
            ..input
        });
        if self.surface.width > 0 {
            let painted = self.paint(&plot);
            self.time = Some(painted.time.clone());
            self.painted = Some(painted);
        }
        let looked = look(&plot);
        let axes = plot.axes().clone();
        self.axes = Some(axes);
        looked
    }

    /// What a plot of the input would be, with the axes that are painted.
    pub fn with_plot<R>(&self, input: Input, look: impl FnOnce(&Plot) -> R) -> R {
        look(&Plot::new(Input {
            previous: self.axes.as_ref(),
            ..input
        }))
    }

    fn paint(&self, plot: &Plot) -> Painted {
        let surface = &self.surface;
        let size = (surface.width, surface.height);
        let scene = Scene::on_pixels(plot, size, surface.pixel_ratio, self.time.as_ref());
        let mut now = Painted::new(plot, &scene);
        let mut work = Work::All;
        if let Some(before) = &self.painted {
            now.fingerprints = Some(ColumnFingerprints::of(plot));
            // A dash starts where its line starts, and that moves.
            if !self.theme.is_patterned {
                work = now.work_after(before, plot, &scene, i64::from(surface.width));
            }
        }
        match work {
            Work::Nothing => {}
            Work::All => self.paint_right_of(0, &scene, plot),
            Work::Right { of, shift } => {
                if shift > 0 {
                    surface.shift(shift as f64);
                }
                self.paint_right_of(of, &scene, plot);
            }
        }
        now
    }

    fn paint_right_of(&self, left: i64, scene: &Scene, plot: &Plot) {
        let surface = &self.surface;
        surface.confine(left as f64);
        let sink = CanvasSink::new(
            &surface.context,
            &self.theme,
            scene.size(),
            (0.0, 0.0),
            surface.pixel_ratio,
        );
        let backend = Rc::new(RefCell::new(PathBackend::new(sink)));
        let painted = scene.paint(&backend, columns_right_of(left, scene, plot));
        debug_assert!(painted.is_ok(), "nobody else holds the backend");
        surface.release();
    }
}

/// The columns that show right of a device pixel, with some before them, so
/// that what enters the strip from the left enters it as it was painted before.
fn columns_right_of(left: i64, scene: &Scene, plot: &Plot) -> std::ops::Range<usize> {
    let all = plot.columns();
    if left == 0 {
        return all;
    }
    let grid = plot.input().data.grid;
    let ms_per_px = scene.time().ms_per_unit() * f64::from(UNITS_PER_PX);
    let left_ms = plot.input().window.from_ms + ((left - REACH_PX) as f64 * ms_per_px) as i64;
    let first = (left_ms - grid.start_ms).div_euclid(grid.step_ms.max(1)) - 2;
    let first = usize::try_from(first).unwrap_or(0);
    let first = first.saturating_sub(plot.bridged_columns());
    first.clamp(all.start, all.end)..all.end
}

impl Painted {
    fn new(plot: &Plot, scene: &Scene) -> Self {
        let input = plot.input();
        Self {
            options: input.options.clone(),
            hidden: input.hidden.to_vec(),
            axes: plot.axes().clone(),
            time: scene.time().clone(),
            fingerprints: None,
        }
    }

    /// What makes this picture of the one `before`, which is `width` device pixels wide.
    fn work_after(&self, before: &Self, plot: &Plot, scene: &Scene, width: i64) -> Work {
        let shift = self
            .time
            .shift_px(&before.time)
            .filter(|shift| (0..width).contains(shift));
        let (Some(shift), Some(fingerprints), Some(fingerprints_before)) =
            (shift, &self.fingerprints, &before.fingerprints)
        else {
            return Work::All;
        };
        if !self.looks_like(before) {
            return Work::All;
        }
        let since_ms = match fingerprints.change(fingerprints_before, plot.input().window.from_ms) {
            Change::All => return Work::All,
            Change::None if shift == 0 => return Work::Nothing,
            Change::None => i64::MAX / 2,
            Change::Since(since_ms) => since_ms,
        };
        // A new sample changes the line from the sample before it on.
        let step_ms = plot.input().data.grid.step_ms;
        let bridged_ms = step_ms * i64::try_from(plot.bridged_columns()).unwrap_or(0);
        let pixel = scene.time().unit_of(since_ms - step_ms - bridged_ms) / UNITS_PER_PX;
        Work::Right {
            of: (i64::from(pixel) - REACH_PX).clamp(0, width - shift),
            shift,
        }
    }

    /// Whether one picture can become the other by a shift.
    fn looks_like(&self, other: &Self) -> bool {
        self.axes == other.axes
            && self.hidden == other.hidden
            && self.options == other.options
            && !self.options.overrides.iter().any(|rule| rule.dashed)
    }
}
