//! The layer over the plot: crosshair, marks on the curves, the drag's rectangle.

use chart::color_role::ColorRole;
use chart::cursor::Reading;
use web_sys::HtmlCanvasElement;

use super::Theme;
use super::surface::Surface;

/// CSS pixels of a mark on a curve.
const MARK_PX: f64 = 3.5;
const SELECTION_OPACITY: f64 = 0.12;
const CROSSHAIR_OPACITY: f64 = 0.45;

/// A span that is being dragged, as positions 0 to 1 from the plot's left edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// Where the drag began.
    pub from: f64,
    /// Where the pointer is.
    pub to: f64,
}

/// Draws what follows the pointer.
pub struct CursorLayer {
    surface: Surface,
    theme: Theme,
    empty: bool,
}

impl CursorLayer {
    /// A layer on its own canvas; `None` where the browser has no canvas to give.
    pub fn new(canvas: HtmlCanvasElement, theme: Theme) -> Option<Self> {
        Some(Self {
            surface: Surface::new(canvas)?,
            theme,
            empty: true,
        })
    }

    /// The plot area's size in CSS pixels; to be followed by a [`CursorLayer::draw`].
    pub fn resize(&mut self, width_px: f64, height_px: f64, pixel_ratio: f64) {
        self.surface.resize(width_px, height_px, pixel_ratio);
    }

    /// The colours from now on.
    pub fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
    }

    /// Shows a reading, a selection, both or nothing.
    pub fn draw(&mut self, reading: Option<&Reading>, selection: Option<Selection>) {
        let nothing = reading.is_none() && selection.is_none();
        if nothing && self.empty {
            return;
        }
        self.empty = nothing;
        self.surface.confine(0.0);
        if let Some(selection) = selection {
            self.selection(selection);
        }
        if let Some(reading) = reading {
            self.reading(reading);
        }
        self.surface.release();
    }

    fn selection(&self, selection: Selection) {
        let (width, height) = self.size();
        let left = (selection.from.min(selection.to) * width).round();
        let right = (selection.from.max(selection.to) * width).round();
        let context = &self.surface.context;
        context.set_fill_style_str(self.theme.color(ColorRole::Text));
        context.set_global_alpha(SELECTION_OPACITY);
        context.fill_rect(left, 0.0, right - left, height);
    }

    fn reading(&self, reading: &Reading) {
        let (width, height) = self.size();
        let context = &self.surface.context;
        let line = self.surface.pixel_ratio.round().max(1.0);
        let x = reading.position * width;
        context.set_global_alpha(CROSSHAIR_OPACITY);
        context.set_fill_style_str(self.theme.color(ColorRole::Text));
        context.fill_rect((x - line / 2.0).round(), 0.0, line, height);
        context.set_global_alpha(1.0);
        for entry in &reading.entries {
            let grown = if entry.nearest { 1.4 } else { 1.0 };
            let radius = MARK_PX * grown * self.surface.pixel_ratio;
            self.mark(
                x,
                entry.position * height,
                radius,
                self.theme.color(entry.color_role),
            );
        }
    }

    /// A dot with a rim in the panel's colour, so that it stands out of its line.
    fn mark(&self, x: f64, y: f64, radius: f64, color: &str) {
        let context = &self.surface.context;
        context.begin_path();
        let drawn = context.arc(x, y, radius, 0.0, std::f64::consts::TAU);
        debug_assert!(drawn.is_ok(), "the radius is not negative");
        context.set_fill_style_str(color);
        context.fill();
        context.set_stroke_style_str(&self.theme.surface);
        context.set_line_width(1.5 * self.surface.pixel_ratio);
        context.stroke();
    }

    fn size(&self) -> (f64, f64) {
        (
            f64::from(self.surface.width),
            f64::from(self.surface.height),
        )
    }
}
