//! A plot to marks on any plotters backend.
//!
//! Contract: the same plot at the same size gives every backend the same calls.
//! Grid, levels and annotations are plotters' own elements in a plotters
//! coordinate system; a series' points, of which there may be very many, are
//! placed at once and handed over as one run.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::coord::cartesian::{Cartesian2d, MeshLine};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::Rectangle;
use plotters::style::{RGBAColor, ShapeStyle};
use plotters_backend::{BackendCoord, DrawingBackend};
use wire::board::DrawStyle;
use wire::data::Annotation;

use crate::color_role::ColorRole;
use crate::curve::{Curve, is_comparison};
use crate::decimate::{self, Placer, Runs, Stop};
use crate::path::UNITS_PER_PX;
use crate::plot::Plot;
use crate::run::{Run, Shape};
use crate::time_axis::TimeAxis;
use crate::value_axis::ValueAxis;

/// CSS pixels of a series' line, and of a dot's width.
const LINE_PX: f64 = 1.5;
const DOT_PX: f64 = 4.0;
/// Opacities: what lies under the lines is quiet.
const AREA_OPACITY: f64 = 0.1;
const BAND_OPACITY: f64 = 0.06;
const LEVEL_OPACITY: f64 = 0.7;
const BAR_OPACITY: f64 = 0.85;
/// The part of a step that a bar fills.
const BAR_FILL: f64 = 0.72;

type Area<DB> = DrawingArea<DB, Cartesian2d<TimeAxis, ValueAxis>>;
type Painted<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A plot on a raster, ready to be painted.
pub struct Scene<'a> {
    plot: &'a Plot<'a>,
    time: TimeAxis,
    width: i32,
    height: i32,
    /// Device pixels in a CSS pixel of line width; 1 where the picture stretches.
    line_scale: f64,
    /// Whether thin lines are put onto whole device pixels.
    snaps: bool,
}

impl<'a> Scene<'a> {
    /// The plot at its nominal size, to be stretched by whoever shows it.
    pub fn stretching(plot: &'a Plot<'a>) -> Self {
        let size = plot.input.size;
        let [width, height] =
            [size.width_px, size.height_px].map(|css_px| css_px.round().clamp(1.0, 8_192.0) as u32);
        let scene = Self::on_pixels(plot, (width, height), 1.0, None);
        Self {
            snaps: false,
            ..scene
        }
    }

    /// The plot at a size in device pixels, lines `line_scale` times as wide as
    /// their CSS pixels; `before` is the time axis of the picture that it follows.
    pub fn on_pixels(
        plot: &'a Plot<'a>,
        size: (u32, u32),
        line_scale: f64,
        before: Option<&TimeAxis>,
    ) -> Self {
        let units =
            |pixels: u32| i32::try_from(pixels).unwrap_or(1 << 20).min(1 << 20) * UNITS_PER_PX;
        let (width, height) = (units(size.0), units(size.1));
        let window = plot.input.window;
        Self {
            time: TimeAxis::new(window.from_ms, window.to_ms, width, before),
            plot,
            width,
            height,
            line_scale,
            snaps: true,
        }
    }

    /// The picture's size in backend units.
    pub fn size(&self) -> (u32, u32) {
        (self.width.unsigned_abs(), self.height.unsigned_abs())
    }

    /// The time axis of the picture.
    pub fn time(&self) -> &TimeAxis {
        &self.time
    }

    /// Paints everything, of the series only what lies in `columns` of the data.
    pub fn paint<DB: DrawingBackend>(
        &self,
        backend: &Rc<RefCell<DB>>,
        columns: Range<usize>,
    ) -> Painted<DB> {
        let coordinates = Cartesian2d::new(
            self.time.clone(),
            self.plot.axes.left.clone(),
            (0..self.width, self.height..0),
        );
        let root: DrawingArea<DB, Shift> = backend.into();
        let area = root.apply_coord_spec(coordinates);
        self.bands(&area)?;
        self.grid(&area)?;
        for annotation in self.plot.input.annotations {
            self.annotation(&area, annotation)?;
        }
        let shown = self.plot.curves.iter().filter(|curve| !curve.hidden);
        // Stacks from their top down: what adds nothing does not hide the line below it.
        let stacked = shown.clone().rev().filter(|curve| curve.base.is_some());
        for curve in stacked.chain(shown.filter(|curve| curve.base.is_none())) {
            self.curve(&area, curve, columns.clone())?;
        }
        self.levels(&area)?;
        area.present()
    }

    /// A length in CSS pixels as backend units.
    fn units(&self, css_px: f64) -> u32 {
        (css_px * self.line_scale * f64::from(UNITS_PER_PX)).round() as u32
    }

    fn grid<DB: DrawingBackend>(&self, area: &Area<DB>) -> Painted<DB> {
        let style = self.thin(ColorRole::Grid.color(1.0, false));
        area.draw_mesh(
            |backend, line| match line {
                MeshLine::YMesh(from, to, _) => {
                    let y = self.crisp(from.1);
                    backend.draw_line((from.0, y), (to.0, y), &style)
                }
                MeshLine::XMesh(..) => Ok(()),
            },
            1,
            1,
        )
    }

    /// A line as wide as the whole device pixels nearest to a CSS pixel.
    fn thin(&self, color: RGBAColor) -> ShapeStyle {
        ShapeStyle::from(&color).stroke_width(self.thin_px() * UNITS_PER_PX.unsigned_abs())
    }

    fn thin_px(&self) -> u32 {
        self.line_scale.round().max(1.0) as u32
    }

    /// The nearest place at which a thin line covers whole device pixels.
    fn crisp(&self, place: i32) -> i32 {
        if !self.snaps {
            return place;
        }
        let half = if self.thin_px() % 2 == 1 {
            UNITS_PER_PX / 2
        } else {
            0
        };
        place.div_euclid(UNITS_PER_PX) * UNITS_PER_PX + half
    }

    fn bands<DB: DrawingBackend>(&self, area: &Area<DB>) -> Painted<DB> {
        let options = self.plot.input.options;
        if !options.threshold_bands {
            return Ok(());
        }
        let times = area.get_x_range();
        let top = area.get_y_range().end;
        for (index, level) in options.thresholds.iter().enumerate() {
            let end = options
                .thresholds
                .get(index + 1)
                .map_or(top, |next| next.value);
            let corners = [(times.start, end), (times.end, level.value)];
            let color = ColorRole::Status(level.status).color(BAND_OPACITY, false);
            area.draw(&Rectangle::new(corners, ShapeStyle::from(&color).filled()))?;
        }
        Ok(())
    }

    fn levels<DB: DrawingBackend>(&self, area: &Area<DB>) -> Painted<DB> {
        let (bottom, top) = self.plot.axes.left.ends();
        for level in &self.plot.input.options.thresholds {
            if (bottom..=top).contains(&level.value) {
                let y = self.crisp(area.map_coordinate(&(0, level.value)).1);
                let style = self.thin(ColorRole::Status(level.status).color(LEVEL_OPACITY, false));
                let points = [(0, y), (self.width, y)];
                area.draw(&Run {
                    points: &points,
                    style,
                    shape: Shape::Line,
                })?;
            }
        }
        Ok(())
    }

    fn annotation<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        annotation: &Annotation,
    ) -> Painted<DB> {
        let values = area.get_y_range();
        let times = area.get_x_range();
        if annotation.to_ms < times.start || annotation.from_ms > times.end {
            return Ok(());
        }
        let color_role = ColorRole::Status(annotation.status);
        if annotation.to_ms > annotation.from_ms {
            let corners = [
                (annotation.from_ms, values.end),
                (annotation.to_ms, values.start),
            ];
            let style = ShapeStyle::from(&color_role.color(BAND_OPACITY, false)).filled();
            area.draw(&Rectangle::new(corners, style))?;
        }
        let x = self.crisp(self.time.unit_of(annotation.from_ms));
        let points = [(x, 0), (x, self.height)];
        let style = self.thin(color_role.color(LEVEL_OPACITY, false));
        area.draw(&Run {
            points: &points,
            style,
            shape: Shape::Line,
        })
    }

    fn curve<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        curve: &Curve,
        columns: Range<usize>,
    ) -> Painted<DB> {
        let axis = self.plot.axes.on(curve.side);
        let height = f64::from(self.height);
        let reach = height * 4.0;
        let grid = self.plot.input.data.grid;
        let placer = Placer {
            grid,
            time: &self.time,
            height: |value| {
                ((1.0 - axis.position(value)) * height)
                    .clamp(-reach, reach)
                    .round() as i32
            },
            bridged: self.plot.bridged_columns(),
        };
        let tops = placer.runs(&curve.top, columns.clone());
        // A sample has a base where it has a top: the runs of both go in pairs.
        let bases = curve.base.as_ref().map(|base| placer.runs(base, columns));
        let ground = (placer.height)(axis.ground());
        let dense = placer.is_dense();
        if curve.draw == DrawStyle::Bars {
            return self.bars(area, curve, &tops, bases.as_ref(), ground);
        }
        if curve.draw == DrawStyle::Area || bases.is_some() {
            self.fill(area, curve, &tops, bases.as_ref(), ground)?;
        }
        self.line(area, curve, &tops, dense)
    }

    fn line<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        curve: &Curve,
        runs: &Runs,
        dense: bool,
    ) -> Painted<DB> {
        let width = self.units(LINE_PX);
        let opacity = if is_comparison(curve.series) {
            0.6
        } else {
            1.0
        };
        let line =
            ShapeStyle::from(&curve.color_role.color(opacity, curve.dashed)).stroke_width(width);
        let dot = ShapeStyle::from(&curve.color_role.color(opacity, false)).filled();
        let points_only = curve.draw == DrawStyle::Points;
        // What has no neighbour is no line: dots come last, so that lines stay one path.
        let (dots, lines): (Vec<&[Stop]>, Vec<&[Stop]>) =
            runs.iter().partition(|run| points_only || run.len() == 1);
        for run in lines {
            let (points, style, shape) = if dense {
                (decimate::outline(run, width as i32), dot, Shape::Fill)
            } else {
                (edge(run, curve.draw), line, Shape::Line)
            };
            area.draw(&Run {
                points: &points,
                style,
                shape,
            })?;
        }
        let shape = Shape::Dots(self.units(DOT_PX / 2.0));
        for run in dots {
            let both = run
                .iter()
                .flat_map(|stop| [(stop.x, stop.top), (stop.x, stop.bottom)]);
            let points: Vec<_> = if dense {
                both.collect()
            } else {
                edge(run, curve.draw)
            };
            area.draw(&Run {
                points: &points,
                style: dot,
                shape,
            })?;
        }
        Ok(())
    }

    fn fill<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        curve: &Curve,
        tops: &Runs,
        bases: Option<&Runs>,
        ground: i32,
    ) -> Painted<DB> {
        let mut bases = bases.map(Runs::iter);
        let style = ShapeStyle::from(&curve.color_role.color(AREA_OPACITY, false)).filled();
        for top in tops.iter() {
            let (Some(first), Some(last)) = (top.first(), top.last()) else {
                continue;
            };
            let mut points = edge(top, curve.draw);
            match bases.as_mut().and_then(Iterator::next) {
                Some(base) => points.extend(edge(base, curve.draw).into_iter().rev()),
                None => points.extend([(last.x, ground), (first.x, ground)]),
            }
            area.draw(&Run {
                points: &points,
                style,
                shape: Shape::Fill,
            })?;
        }
        Ok(())
    }

    fn bars<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        curve: &Curve,
        tops: &Runs,
        bases: Option<&Runs>,
        ground: i32,
    ) -> Painted<DB> {
        let step = self.plot.input.data.grid.step_ms as f64 / self.time.ms_per_unit();
        let half = ((step * BAR_FILL / 2.0) as i32).max(UNITS_PER_PX / 4);
        let style = ShapeStyle::from(&curve.color_role.color(BAR_OPACITY, false)).filled();
        let mut bases = bases.map_or(&[][..], Runs::stops).iter();
        for top in tops.stops() {
            let ground = bases.next().map_or(ground, |base| base.last);
            let corners = [
                (top.x - half, top.top.min(ground)),
                (top.x + half, top.bottom.max(ground)),
            ];
            area.draw(&Run {
                points: &corners,
                style,
                shape: Shape::Bar,
            })?;
        }
        Ok(())
    }
}

/// The line through a run's stops; with corners where a value is kept until the next.
fn edge(run: &[Stop], draw: DrawStyle) -> Vec<BackendCoord> {
    if draw != DrawStyle::Step {
        return run.iter().map(|stop| (stop.x, stop.last)).collect();
    }
    let mut points = Vec::with_capacity(run.len() * 2);
    for stop in run {
        if let Some(&(_, before)) = points.last() {
            points.push((stop.x, before));
        }
        points.push((stop.x, stop.last));
    }
    points
}
