//! Points that are placed already, as an element of plotters.
//!
//! plotters maps an element's points one by one through the coordinate system;
//! a series' points are placed before, in one pass over its samples.

use plotters::element::{Drawable, PointCollection};
use plotters::style::ShapeStyle;
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

/// What the points are.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Line,
    Fill,
    Bar,
    Dots(u32),
}

/// Points that are placed already, as one element of plotters.
pub(crate) struct Run<'a> {
    pub points: &'a [BackendCoord],
    pub style: ShapeStyle,
    pub shape: Shape,
}

impl<'a> PointCollection<'a, (i64, f64)> for &'a Run<'_> {
    type Point = (i64, f64);
    type IntoIter = std::iter::Empty<(i64, f64)>;

    /// Nothing is left to be mapped.
    fn point_iter(self) -> Self::IntoIter {
        std::iter::empty()
    }
}

impl<DB: DrawingBackend> Drawable<DB> for Run<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let points = self.points.iter().copied();
        match (&self.shape, self.points) {
            (Shape::Line, _) => backend.draw_path(points, &self.style),
            (Shape::Fill, _) => backend.fill_polygon(points, &self.style),
            (Shape::Bar, [from, to, ..]) => backend.draw_rect(*from, *to, &self.style, true),
            (Shape::Bar, _) => Ok(()),
            (Shape::Dots(radius), _) => {
                for point in points {
                    backend.draw_circle(point, *radius, &self.style, true)?;
                }
                Ok(())
            }
        }
    }
}
