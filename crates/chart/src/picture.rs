//! A plot to a picture that stands alone: title, axes, legend around the plot,
//! as places of texts that an SVG file and a canvas write alike.

use crate::color_role::ColorRole;
use crate::labels::Labels;
use crate::plot::Plot;

/// How a text stands to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A text of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// CSS pixels from the left.
    pub x: f64,
    /// CSS pixels from the top to the middle of its height.
    pub y: f64,
    /// How it stands to `x`.
    pub anchor: Anchor,
    /// Its colour.
    pub color_role: ColorRole,
}

/// Where everything stands, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The whole width.
    pub width_px: f64,
    /// The whole height.
    pub height_px: f64,
    /// The plot's left edge.
    pub left_px: f64,
    /// The plot's upper edge.
    pub top_px: f64,
    /// The font's size.
    pub font_px: f64,
    /// All that is written.
    pub texts: Vec<Text>,
}

const FONT_PX: f64 = 12.0;
/// The mean width of a character of a proportional font, in parts of its size.
const CHARACTER: f64 = 0.56;
const GAP_PX: f64 = 8.0;
const LINE_PX: f64 = 18.0;
const TOP_PX: f64 = 36.0;

/// The room of the widest of some texts.
fn widest_px<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts.map(width_px).fold(0.0, f64::max) + GAP_PX * 2.0
}

impl Picture {
    /// The picture of a plot in its nominal size.
    pub fn new(title: &str, plot: &Plot, labels: &Labels) -> Self {
        let size = plot.input().size;
        let left_px = widest_px(labels.left.iter().map(|label| label.text.as_str()));
        let axis_px = widest_px(labels.right.iter().map(|label| label.text.as_str()));
        let ends_px = widest_px(labels.ends.iter().map(|label| label.text.as_str()));
        let axis_px = if labels.right.is_empty() {
            0.0
        } else {
            axis_px
        };
        let mut picture = Self {
            width_px: left_px + size.width_px + axis_px + ends_px,
            height_px: TOP_PX + size.height_px + LINE_PX * 2.0,
            left_px,
            top_px: TOP_PX,
            font_px: FONT_PX,
            texts: Vec::new(),
        };
        picture.write(title, GAP_PX, TOP_PX / 2.0, Anchor::Start, ColorRole::Text);
        picture.axes(plot, labels, axis_px);
        picture.legend(plot);
        picture
    }

    fn axes(&mut self, plot: &Plot, labels: &Labels, axis_px: f64) {
        let size = plot.input().size;
        let (left, right) = (self.left_px, self.left_px + size.width_px);
        let from_top = |position: f64| TOP_PX + position * size.height_px;
        for label in &labels.left {
            let (x, y) = (left - GAP_PX, from_top(label.position));
            self.write(&label.text, x, y, Anchor::End, ColorRole::Text);
        }
        for label in &labels.right {
            let (x, y) = (right + GAP_PX, from_top(label.position));
            self.write(&label.text, x, y, Anchor::Start, ColorRole::Text);
        }
        for label in &labels.time {
            let (x, y) = (
                left + label.position * size.width_px,
                from_top(1.0) + LINE_PX / 2.0,
            );
            self.write(&label.text, x, y, Anchor::Middle, ColorRole::Text);
        }
        for label in &labels.levels {
            let (x, y) = (right - GAP_PX, from_top(label.position) - FONT_PX * 0.7);
            self.write(
                &label.text,
                x,
                y,
                Anchor::End,
                ColorRole::Status(label.status),
            );
        }
        for label in &labels.ends {
            let (x, y) = (right + axis_px + GAP_PX, from_top(label.position));
            self.write(&label.text, x, y, Anchor::Start, label.color_role);
        }
    }

    /// Names in their colours, in lines below the plot.
    fn legend(&mut self, plot: &Plot) {
        let first = self.height_px - LINE_PX / 2.0;
        let (mut x, mut y) = (self.left_px, first);
        for curve in plot.curves().iter().filter(|curve| !curve.hidden) {
            let name = &curve.series.name;
            let width = width_px(name) + GAP_PX * 2.0;
            if x + width > self.width_px && x > self.left_px {
                (x, y) = (self.left_px, y + LINE_PX);
            }
            self.write(name, x, y, Anchor::Start, curve.color_role);
            x += width;
        }
        self.height_px += y - first + GAP_PX;
    }

    fn write(&mut self, text: &str, x: f64, y: f64, anchor: Anchor, color_role: ColorRole) {
        self.texts.push(Text {
            text: text.to_owned(),
            x,
            y,
            anchor,
            color_role,
        });
    }
}

fn width_px(text: &str) -> f64 {
    text.chars().count() as f64 * FONT_PX * CHARACTER
}
