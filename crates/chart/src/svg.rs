//! A plot to the SVG that the server writes into the page ([`plot`]), and to a
//! file that stands alone ([`document`]).
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
//! .s1 { color: var(--series-1) } /* … for each class and property of `ColorRole` */
//! ```
//!
//! No attribute is a `style`, so the strictest Content-Security-Policy holds.

use std::cell::RefCell;
use std::rc::Rc;

use crate::color_role::ColorRole;
use crate::escape::push_escaped;
use crate::number::{push_fixed, push_fixed_short, push_integer};
use crate::paint::Scene;
use crate::path::{Mark, PathBackend, Sink, Style, UNITS_PER_PX};
use crate::picture::{Anchor, Picture, Text};
use crate::plot::Plot;

/// The plot area as an `<svg class="plot">`, hidden from assistive technology:
/// the panel's spoken summary and table are what it reads.
pub fn plot(plot: &Plot) -> String {
    let scene = Scene::stretching(plot);
    let mut svg = String::with_capacity(4_096);
    svg.push_str("<svg class=\"plot\" viewBox=\"0 0 ");
    push_integer(&mut svg, u64::from(scene.size().0));
    svg.push(' ');
    push_integer(&mut svg, u64::from(scene.size().1));
    svg.push_str("\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">");
    let sink = Elements {
        size: scene.size(),
        svg,
    };
    let backend = Rc::new(RefCell::new(PathBackend::new(sink)));
    let painted = scene.paint(&backend, plot.columns());
    // The only error there is would be a second borrower of the backend.
    match (painted, Rc::into_inner(backend)) {
        (Ok(()), Some(backend)) => backend.into_inner().finish().svg + "</svg>",
        _ => String::new(),
    }
}

/// A picture as an SVG file of its own: its colours, given by `color` as CSS
/// writes them, are part of it.
pub fn document<'a>(
    picture: &Picture,
    plotted: &Plot,
    surface: &str,
    font_family: &str,
    color: impl Fn(ColorRole) -> &'a str,
) -> String {
    let mut svg = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"");
    push_number(&mut svg, picture.width_px);
    svg.push_str("\" height=\"");
    push_number(&mut svg, picture.height_px);
    svg.push_str("\"><style>");
    svg.push_str(DOCUMENT_STYLE);
    svg.push_str("text{fill:currentColor;font-family:");
    push_escaped(&mut svg, font_family);
    svg.push_str(";font-size:");
    push_number(&mut svg, picture.font_px);
    svg.push_str("px}");
    for color_role in ColorRole::all() {
        svg.push('.');
        svg.push_str(color_role.class());
        svg.push_str("{color:");
        push_escaped(&mut svg, color(color_role));
        svg.push('}');
    }
    svg.push_str("</style><rect width=\"100%\" height=\"100%\" fill=\"");
    push_escaped(&mut svg, surface);
    svg.push_str("\"/>");
    let size = plotted.input().size;
    let place = [
        ("x", picture.left_px),
        ("y", picture.top_px),
        ("width", size.width_px),
        ("height", size.height_px),
    ];
    let mut start = String::from("<svg");
    for (name, value) in place {
        push_attribute(&mut start, name, value);
    }
    svg.push_str(&plot(plotted).replacen("<svg", &start, 1));
    for text in &picture.texts {
        push_text(&mut svg, text);
    }
    svg + "</svg>"
}

const DOCUMENT_STYLE: &str = ".plot *{vector-effect:non-scaling-stroke}\
    .line,.dots{fill:none;stroke:currentColor;stroke-linejoin:round;stroke-width:1.5}\
    .dots{stroke-linecap:round;stroke-width:4}.fill{fill:currentColor}\
    .thin{stroke-width:1;shape-rendering:crispEdges}.dash{stroke-dasharray:4 4}";

fn push_text(svg: &mut String, text: &Text) {
    svg.push_str("<text class=\"");
    svg.push_str(text.color_role.class());
    svg.push_str("\" dominant-baseline=\"central\" text-anchor=\"");
    svg.push_str(match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    });
    svg.push('"');
    push_attribute(svg, "x", text.x);
    push_attribute(svg, "y", text.y);
    svg.push('>');
    push_escaped(svg, &text.text);
    svg.push_str("</text>");
}

fn push_attribute(svg: &mut String, name: &str, value: f64) {
    svg.push(' ');
    svg.push_str(name);
    svg.push_str("=\"");
    push_number(svg, value);
    svg.push('"');
}

fn push_number(svg: &mut String, value: f64) {
    push_fixed_short(svg, value, 1);
}

/// Writes a `<path>` for each path, with classes for all that the theme decides.
struct Elements {
    size: (u32, u32),
    svg: String,
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
        self.svg.push_str(style.color_role.class());
        if style.opacity < 1.0 {
            self.svg.push_str("\" opacity=\"");
            push_fixed(&mut self.svg, style.opacity, 2);
        }
        self.svg.push_str("\" d=\"");
        self.svg.push_str(data);
        self.svg.push_str("\"/>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::civil::utc;
    use crate::labels::Labels;
    use crate::plot::{Input, Size};
    use wire::board::{DrawStyle, Palette, TimeSeriesOptions};
    use wire::data::{PanelData, SeriesData, TimeGrid, Values};
    use wire::id::RefId;
    use wire::live::Window;

    const SIZE: Size = Size {
        width_px: 600.0,
        height_px: 180.0,
    };

    fn data(series: &[&[Option<f64>]]) -> PanelData {
        let grid = TimeGrid {
            start_ms: 1_795_176_000_000,
            step_ms: 15_000,
            len: series[0].len(),
        };
        let series = series.iter().enumerate().map(|(key, values)| SeriesData {
            key: key as u32,
            name: format!("<{key}>"),
            query: RefId('A'),
            overrides: Vec::new(),
            values: Values(values.to_vec()),
        });
        PanelData {
            grid,
            series: series.collect(),
            ..PanelData::default()
        }
    }

    fn with<R>(data: &PanelData, options: &TimeSeriesOptions, use_it: impl Fn(&Plot) -> R) -> R {
        let window = Window {
            from_ms: data.grid.start_ms,
            to_ms: data.grid.end_ms(),
            step_ms: data.grid.step_ms,
            live: true,
            ..Window::default()
        };
        use_it(&Plot::new(Input::new(data, options, window, SIZE)))
    }

    fn check(options: TimeSeriesOptions, series: &[&[Option<f64>]], expected: &[&str]) {
        let svg = with(&data(series), &options, plot);
        let curves = svg
            .split("<path class=\"")
            .skip(1)
            .filter(|path| !path.contains("grid"));
        let found: Vec<_> = curves.map(|path| path.trim_end_matches("</svg>")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_way_to_draw_has_its_marks() {
        let options = |draw| TimeSeriesOptions {
            draw,
            palette: Palette::Steps,
            min: Some(0.0),
            max: Some(1.0),
            ..TimeSeriesOptions::default()
        };
        let series: &[&[Option<f64>]] = &[&[Some(0.0), Some(1.0), None, Some(0.5)]];
        let dot = r#"dots p4" d="M4800 720h1"/>"#;
        check(
            options(DrawStyle::Line),
            series,
            &[r#"line p4" d="M0 1424l1600-1408"/>"#, dot],
        );
        check(
            options(DrawStyle::Area),
            series,
            &[
                r#"fill p4" opacity="0.10" d="M0 1424l1600-1408v1408h-1600zM4800 720v704z"/>"#,
                r#"line p4" d="M0 1424l1600-1408"/>"#,
                dot,
            ],
        );
        check(
            options(DrawStyle::Step),
            series,
            &[r#"line p4" d="M0 1424h1600v-1408"/>"#, dot],
        );
        check(
            options(DrawStyle::Points),
            series,
            &[r#"dots p4" d="M0 1424h1M1600 16h1M4800 720h1"/>"#],
        );
        check(
            options(DrawStyle::Bars),
            series,
            &[
                r#"fill p4" opacity="0.85" d="M-576 1424h1152v0h-1152zM1024 16h1152v1408h-1152zM4224 720h1152v704h-1152z"/>"#,
            ],
        );
    }

    #[test]
    fn a_series_of_240_points_takes_less_than_one_and_a_half_kilobytes() {
        let rough = |i: i32| (f64::from(i) * 12.9898).sin() * 43_758.547;
        let values: Vec<_> = (0..240).map(|i| Some(rough(i).fract())).collect();
        let one = with(&data(&[&values]), &TimeSeriesOptions::default(), plot);
        assert!(one.len() < 1_500 + 400, "{}", one.len());
    }

    #[test]
    fn a_file_of_its_own_is_well_formed() {
        let file = with(
            &data(&[&[Some(1.0), Some(2.0)]]),
            &TimeSeriesOptions::default(),
            |plot| {
                let labels = Labels::new(plot, &utc);
                let picture = Picture::new("A & B", plot, &labels);
                document(&picture, plot, "white", "\"Some Font\", serif", |_| "black")
            },
        );
        assert!(file.contains(">A &amp; B</text>") && file.contains("&lt;0&gt;"));
        assert_eq!(file.matches("<svg").count(), file.matches("</svg>").count());
        assert_eq!(
            file.matches("<text").count(),
            file.matches("</text>").count()
        );
    }
}
