//! plotters' drawing calls to SVG path data, a handful of bytes a point.
//!
//! plotters' own SVG backend writes absolute points and resolved colours into
//! attributes: twice the bytes, no themes, and a line's width would stretch
//! with the picture. So this one backend turns every call into path data
//! (relative whole numbers, runs of one style joined into one path) and hands
//! each finished path to a [`Sink`]: the server's writes elements, the browser's
//! makes one `Path2D` of it. What both draw is the same text.
//!
//! plotters' coordinates are whole numbers: ours count eighths of a pixel.

use std::convert::Infallible;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use crate::color_role::ColorRole;

/// Backend units in a pixel.
pub const UNITS_PER_PX: i32 = 8;

/// How a path becomes visible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// Its line.
    Stroke {
        /// In backend units.
        width: u32,
        /// Whether the line is dashed.
        dashed: bool,
    },
    /// A dot at each of its subpaths.
    Dots {
        /// In backend units.
        diameter: u32,
    },
    /// Its inside.
    Fill,
}

/// The look of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The colour.
    pub color_role: ColorRole,
    /// 0 to 1.
    pub opacity: f64,
    /// Line, dots or inside.
    pub mark: Mark,
}

/// What takes finished paths.
pub trait Sink {
    /// The picture's width and height in backend units.
    fn size(&self) -> (u32, u32);
    /// Takes a path in SVG path data, in drawing order.
    fn path(&mut self, style: &Style, data: &str);
}

/// A plotters backend that collects paths for a [`Sink`].
#[derive(Debug)]
pub struct PathBackend<S> {
    sink: S,
    style: Option<Style>,
    data: PathData,
}

impl<S: Sink> PathBackend<S> {
    /// A backend that draws into `sink`.
    pub fn new(sink: S) -> Self {
        Self {
            sink,
            style: None,
            data: PathData::default(),
        }
    }

    /// Hands over what is still collected and gives the sink back.
    pub fn finish(mut self) -> S {
        self.flush();
        self.sink
    }

    fn flush(&mut self) {
        if let Some(style) = self.style.take()
            && !self.data.text.is_empty()
        {
            self.sink.path(&style, &self.data.text);
        }
        self.data.clear();
    }

    /// The path to append to, for a style.
    fn path(&mut self, color: BackendColor, mark: Mark) -> &mut PathData {
        let style = Style {
            color_role: ColorRole::of_color(color).0,
            opacity: color.alpha,
            mark,
        };
        if self.style != Some(style) {
            self.flush();
            self.style = Some(style);
        }
        &mut self.data
    }

    fn stroke<T: BackendStyle>(&mut self, style: &T) -> &mut PathData {
        let color = style.color();
        let mark = Mark::Stroke {
            width: style.stroke_width(),
            dashed: ColorRole::of_color(color).1,
        };
        self.path(color, mark)
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<S: Sink> DrawingBackend for PathBackend<S> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.sink.size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.flush();
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn {
        self.path(color, Mark::Fill).rect(at, (at.0 + 1, at.1 + 1));
        Ok(())
    }

    fn draw_line<T: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &T,
    ) -> Drawn {
        self.stroke(style).polyline([from, to]);
        Ok(())
    }

    fn draw_rect<T: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &T,
        fill: bool,
    ) -> Drawn {
        let data = if fill {
            self.path(style.color(), Mark::Fill)
        } else {
            self.stroke(style)
        };
        data.rect(upper_left, bottom_right);
        Ok(())
    }

    fn draw_path<T: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &T,
    ) -> Drawn {
        self.stroke(style).polyline(path);
        Ok(())
    }

    fn draw_circle<T: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &T,
        _fill: bool,
    ) -> Drawn {
        let mark = Mark::Dots {
            diameter: radius * 2,
        };
        self.path(style.color(), mark).dot(center);
        Ok(())
    }

    fn fill_polygon<T: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vertices: I,
        style: &T,
    ) -> Drawn {
        let data = self.path(style.color(), Mark::Fill);
        data.polyline(vertices);
        data.close();
        Ok(())
    }

    /// Texts are elements beside the picture, so that they never stretch with it.
    fn draw_text<T: BackendTextStyle>(&mut self, _: &str, _: &T, _: BackendCoord) -> Drawn {
        Ok(())
    }
}

/// SVG path data under construction.
#[derive(Debug, Default)]
struct PathData {
    text: String,
    /// Where the pen is.
    at: BackendCoord,
    /// The command that a bare pair of numbers continues.
    command: u8,
}

impl PathData {
    fn clear(&mut self) {
        self.text.clear();
        self.at = (0, 0);
        self.command = 0;
    }

    fn polyline(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        let mut points = points.into_iter();
        let Some(first) = points.next() else {
            return;
        };
        self.move_to(first);
        let mut started = false;
        for point in points {
            self.line_to(point);
            started = true;
        }
        if !started {
            self.command(b'h', &[1]); // a point alone is still seen
        }
    }

    fn rect(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord) {
        self.move_to((left, top));
        self.command(b'h', &[right - left]);
        self.command(b'v', &[bottom - top]);
        self.command(b'h', &[left - right]);
        self.close();
    }

    /// As short a line as there is: its round ends make the dot.
    fn dot(&mut self, (x, y): BackendCoord) {
        self.move_to((x, y));
        self.command(b'h', &[1]);
        self.at.0 += 1;
    }

    fn close(&mut self) {
        self.text.push('z');
        self.command = 0;
        // The pen returns to where the subpath began; an absolute move follows.
    }

    fn move_to(&mut self, (x, y): BackendCoord) {
        self.command = 0;
        self.command(b'M', &[x, y]);
        self.at = (x, y);
    }

    fn line_to(&mut self, (x, y): BackendCoord) {
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        self.at = (x, y);
        match (dx, dy) {
            (0, 0) => {}
            (_, 0) => self.command(b'h', &[dx]),
            (0, _) => self.command(b'v', &[dy]),
            _ => self.command(b'l', &[dx, dy]),
        }
    }

    fn command(&mut self, command: u8, numbers: &[i32]) {
        let mut bare = self.command == command;
        if !bare {
            self.text.push(char::from(command));
            self.command = command;
        }
        for number in numbers {
            // A minus or a letter separates numbers as well as a space does.
            if bare && *number >= 0 {
                self.text.push(' ');
            }
            push_i32(&mut self.text, *number);
            bare = true;
        }
    }
}

fn push_i32(text: &mut String, number: i32) {
    if number < 0 {
        text.push('-');
    }
    crate::number::push_integer(text, u64::from(number.unsigned_abs()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::style::ShapeStyle;

    struct Collected(Vec<(Style, String)>);

    impl Sink for Collected {
        fn size(&self) -> (u32, u32) {
            (800, 400)
        }
        fn path(&mut self, style: &Style, data: &str) {
            self.0.push((*style, data.to_owned()));
        }
    }

    fn style() -> ShapeStyle {
        ShapeStyle::from(&ColorRole::Series(1).color(1.0, false))
    }

    fn check(draw: impl FnOnce(&mut PathBackend<Collected>) -> Drawn, expected: &[&str]) {
        let mut backend = PathBackend::new(Collected(Vec::new()));
        draw(&mut backend).unwrap();
        let paths: Vec<_> = backend
            .finish()
            .0
            .into_iter()
            .map(|(_, data)| data)
            .collect();
        assert_eq!(paths, expected);
    }

    #[test]
    fn lines_are_relative() {
        check(
            |backend| backend.draw_path([(10, 20), (19, 17), (28, 17), (37, 30)], &style()),
            &["M10 20l9-3h9l9 13"],
        );
        check(|backend| backend.draw_path([(5, 5)], &style()), &["M5 5h1"]);
        check(
            |backend| backend.draw_line((0, 8), (80, 8), &style()),
            &["M0 8h80"],
        );
    }

    #[test]
    fn runs_of_one_style_are_one_path() {
        check(
            |backend| {
                backend.draw_path([(0, 0), (1, 1)], &style())?;
                backend.draw_path([(5, 0), (6, -1)], &style())?;
                backend.draw_rect((0, 0), (4, 8), &style(), true)?;
                backend.draw_rect((8, 0), (12, 8), &style(), true)
            },
            &["M0 0l1 1M5 0l1-1", "M0 0h4v8h-4zM8 0h4v8h-4z"],
        );
    }

    #[test]
    fn polygons_close() {
        check(
            |backend| backend.fill_polygon([(0, 0), (4, 4), (0, 8)], &style()),
            &["M0 0l4 4-4 4z"],
        );
    }

    #[test]
    fn dots_are_the_ends_of_short_lines() {
        check(
            |backend| backend.draw_circle((8, 8), 20, &style(), true),
            &["M8 8h1"],
        );
    }
}
