//! A plot to the SVG that the server writes into the page.
//!
//! The picture stretches to the place the layout gives it; lines keep their
//! width and colours follow the theme, both by the page's style sheet. It needs:
//!
//! ```css
//! .plot { display: block; width: 100%; height: 100% }
//! .plot * { vector-effect: non-scaling-stroke }
//! .plot .line { fill: none; stroke: currentColor; stroke-linejoin: round; stroke-linecap: round; stroke-width: 1.5 }
//! .plot .dots { fill: none; stroke: currentColor; stroke-linecap: round; stroke-width: 4 }
//! .plot .fill { fill: currentColor }
//! .plot .grid { stroke-width: 1; shape-rendering: crispEdges }
//! .plot .thin { stroke-width: 1 }  .plot .dash { stroke-dasharray: 4 4 }
//! .s1 { color: var(--series-1) } /* … for each class and property of `Ink` */
//! ```
//!
//! No attribute is a `style`, so the strictest Content-Security-Policy holds.

use std::cell::RefCell;
use std::rc::Rc;

use crate::number::{push_fixed, push_integer};
use crate::paint::Scene;
use crate::path::{Mark, PathBackend, Sink, Style, UNITS_PER_PX};
use crate::plot::Plot;

/// The plot area as an `<svg class="plot">`, hidden from assistive technology:
/// the panel's spoken summary and table are what it reads.
pub fn plot(plot: &Plot) -> String {
    let size = plot.input().size;
    let pixels = |css_px: f64| css_px.round().clamp(1.0, 8_192.0) as u32;
    let scene = Scene::new(
        plot,
        (pixels(size.width_px), pixels(size.height_px)),
        1.0,
        1,
    );
    let backend = Rc::new(RefCell::new(PathBackend::new(Elements::new(scene.size()))));
    let painted = scene.paint(&backend, plot.columns());
    // The only error there is would be a second borrower of the backend.
    match (painted, Rc::into_inner(backend)) {
        (Ok(()), Some(backend)) => backend.into_inner().finish().close(),
        _ => String::new(),
    }
}

/// Writes a `<path>` for each path, with classes for all that the theme decides.
struct Elements {
    size: (u32, u32),
    svg: String,
}

impl Elements {
    fn new(size: (u32, u32)) -> Self {
        let mut svg = String::with_capacity(4_096);
        svg.push_str("<svg class=\"plot\" viewBox=\"0 0 ");
        push_integer(&mut svg, u64::from(size.0));
        svg.push(' ');
        push_integer(&mut svg, u64::from(size.1));
        svg.push_str("\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">");
        Self { size, svg }
    }

    fn close(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

impl Sink for Elements {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn path(&mut self, style: &Style, data: &str) {
        self.svg.push_str("<path class=\"");
        self.svg.push_str(match style.mark {
            Mark::Stroke { width, dashed } => match (width <= UNITS_PER_PX as u32, dashed) {
                (false, false) => "line ",
                (false, true) => "line dash ",
                (true, false) => "line thin ",
                (true, true) => "line thin dash ",
            },
            Mark::Dots { .. } => "dots ",
            Mark::Fill => "fill ",
        });
        self.svg.push_str(style.ink.class());
        if style.opacity < 1.0 {
            self.svg.push_str("\" opacity=\"");
            push_fixed(&mut self.svg, style.opacity, 2);
        }
        self.svg.push_str("\" d=\"");
        self.svg.push_str(data);
        self.svg.push_str("\"/>");
    }
}
