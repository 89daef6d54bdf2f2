//! A canvas as the sink of `chart`'s paths: one `Path2D` a run of one style.

use chart::color_role::ColorRole;
use chart::path::{Mark, Sink, Style, UNITS_PER_PX};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

use super::Theme;

/// The dash and the gap of a dashed line, in CSS pixels, as in the style sheet.
const DASH_PX: (f64, f64) = (4.0, 4.0);

/// A canvas and its context, sized in device pixels.
pub(super) struct Surface {
    pub canvas: HtmlCanvasElement,
    pub context: CanvasRenderingContext2d,
    /// In device pixels.
    pub width: u32,
    pub height: u32,
    /// Device pixels in a CSS pixel.
    pub pixel_ratio: f64,
}

impl Surface {
    /// `None` where the browser has no canvas to give.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self {
            canvas,
            context,
            width: 0,
            height: 0,
            pixel_ratio: 1.0,
        })
    }

    /// Takes a size in CSS pixels; whether anything changed (and the picture is gone).
    pub fn resize(&mut self, width_px: f64, height_px: f64, pixel_ratio: f64) -> bool {
        let [width, height] = [width_px, height_px]
            .map(|css_px| (css_px * pixel_ratio).round().clamp(1.0, 16_384.0) as u32);
        let size = (width, height);
        if size == (self.width, self.height) && pixel_ratio == self.pixel_ratio {
            return false;
        }
        (self.width, self.height) = size;
        self.pixel_ratio = pixel_ratio;
        self.canvas.set_width(size.0);
        self.canvas.set_height(size.1);
        true
    }

    /// Clears a strip from `left` (device pixels) to the right edge and lets
    /// nothing be drawn outside of it until [`Surface::release`].
    pub fn confine(&self, left: f64) {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        self.context.save();
        self.device_pixels();
        self.context.clear_rect(left, 0.0, width - left, height);
        if left > 0.0 {
            self.context.begin_path();
            self.context.rect(left, 0.0, width - left, height);
            self.context.clip();
        }
    }

    /// Ends what [`Surface::confine`] began.
    pub fn release(&self) {
        self.context.restore();
    }

    /// Moves the picture to the left by whole device pixels.
    pub fn shift(&self, pixels: f64) {
        self.context.save();
        self.device_pixels();
        // What is not covered by the moved picture becomes transparent.
        let copied = self.context.set_global_composite_operation("copy");
        let drawn = copied.and_then(|()| {
            self.context
                .draw_image_with_html_canvas_element(&self.canvas, -pixels, 0.0)
        });
        debug_assert!(drawn.is_ok(), "a canvas can be drawn onto itself");
        self.context.restore();
    }

    /// From here on coordinates are device pixels.
    pub fn device_pixels(&self) {
        // Only a transformation with values that are not numbers could fail.
        let _identity = self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    }
}

/// A context with the theme its colour roles are looked up in.
pub(super) struct CanvasSink<'a> {
    context: &'a CanvasRenderingContext2d,
    theme: &'a Theme,
    /// In backend units.
    size: (u32, u32),
    /// Device pixels in a CSS pixel.
    pixel_ratio: f64,
}

impl<'a> CanvasSink<'a> {
    /// Paths are drawn with their origin at a place in device pixels.
    pub fn new(
        context: &'a CanvasRenderingContext2d,
        theme: &'a Theme,
        size: (u32, u32),
        origin: (f64, f64),
        pixel_ratio: f64,
    ) -> Self {
        let scale = 1.0 / f64::from(UNITS_PER_PX);
        let _finite = context.set_transform(scale, 0.0, 0.0, scale, origin.0, origin.1);
        context.set_line_join("round");
        Self {
            context,
            theme,
            size,
            pixel_ratio,
        }
    }

    fn stroke(&self, path: &Path2d, color: &str, width: u32, dash: Option<(f64, f64)>) {
        self.context.set_stroke_style_str(color);
        self.context.set_line_width(f64::from(width));
        let units_per_px = self.pixel_ratio * f64::from(UNITS_PER_PX);
        let pattern =
            dash.map(|(dash, gap)| [dash, gap].map(|css_px| (css_px * units_per_px).into()));
        if let Some([dash, gap]) = &pattern {
            let _set = self.context.set_line_dash(&js_sys::Array::of2(dash, gap));
        }
        self.context.stroke_with_path(path);
        if pattern.is_some() {
            let _set = self.context.set_line_dash(&js_sys::Array::new());
        }
    }

    fn dash_of(&self, color_role: ColorRole, dashed: bool) -> Option<(f64, f64)> {
        let pattern = color_role.pattern().filter(|_| self.theme.is_patterned);
        pattern.or(dashed.then_some(DASH_PX))
    }
}

impl Sink for CanvasSink<'_> {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn path(&mut self, style: &Style, data: &str) {
        let Ok(path) = Path2d::new_with_path_string(data) else {
            return;
        };
        self.context.set_global_alpha(style.opacity);
        let color = self.theme.color(style.color_role);
        match style.mark {
            Mark::Stroke { width, dashed } => {
                self.context.set_line_cap("butt");
                self.stroke(&path, color, width, self.dash_of(style.color_role, dashed));
            }
            Mark::Dots { diameter } => {
                self.context.set_line_cap("round");
                self.stroke(&path, color, diameter, None);
            }
            Mark::Fill => {
                self.context.set_fill_style_str(color);
                self.context.fill_with_path_2d(&path);
            }
        }
    }
}
