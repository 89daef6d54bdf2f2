//! Andon's charts behind the few calls that the measuring page makes of both
//! Andon and uPlot: make a chart of columns of numbers, append a column, draw.
#![cfg(target_arch = "wasm32")]

/// The page's own module, without the page around it.
#[expect(
    dead_code,
    unused_imports,
    reason = "the measuring page has no pointer and copies nothing"
)]
#[path = "../../../app/src/canvas/mod.rs"]
mod canvas;

use canvas::{Painter, Theme};
use chart::{Input, Labels, Size, civil};
use js_sys::Float64Array;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;
use wire::board::TimeSeriesOptions;
use wire::data::{PanelData, SeriesData, TimeGrid, Values};
use wire::id::RefId;
use wire::live::Window;

/// One chart on one canvas.
#[wasm_bindgen]
pub struct Chart {
    painter: Painter,
    data: PanelData,
    options: TimeSeriesOptions,
    size: Size,
    window: Window,
    labels: Labels,
}

#[wasm_bindgen]
impl Chart {
    /// A chart of a size in CSS pixels whose window holds `columns` columns, `step_ms` apart.
    pub fn create(
        canvas: HtmlCanvasElement,
        width_px: f64,
        height_px: f64,
        pixel_ratio: f64,
        step_ms: f64,
    ) -> Option<Chart> {
        let theme = Theme::read(&canvas.parent_element()?);
        let mut painter = Painter::new(canvas, theme)?;
        painter.resize(width_px, height_px, pixel_ratio);
        Some(Self {
            painter,
            data: PanelData {
                grid: TimeGrid {
                    start_ms: 0,
                    step_ms: step_ms as i64,
                    len: 0,
                },
                ..PanelData::default()
            },
            options: TimeSeriesOptions::default(),
            size: Size {
                width_px,
                height_px,
            },
            window: Window::default(),
            labels: Labels::default(),
        })
    }

    /// Adds a series whose first value belongs to `start_ms`; NaN is absent.
    pub fn add(&mut self, name: &str, start_ms: f64, values: &Float64Array) {
        let values: Vec<_> = values.to_vec().into_iter().map(present).collect();
        self.data.grid.start_ms = start_ms as i64;
        self.data.grid.len = values.len();
        let key = self.data.series.len();
        self.data.series.push(SeriesData {
            key: key as u32,
            name: name.to_owned(),
            query: RefId('A'),
            overrides: Vec::new(),
            values: Values(values),
        });
    }

    /// Appends a value to every series and forgets the oldest.
    pub fn slide(&mut self, values: &Float64Array) {
        let fresh = values.to_vec();
        for (series, value) in self.data.series.iter_mut().zip(fresh) {
            series.values.0.remove(0);
            series.values.0.push(present(value));
        }
        self.data.grid.start_ms += self.data.grid.step_ms;
    }

    /// Draws what there is, and makes the labels around it.
    pub fn draw(&mut self) {
        let grid = self.data.grid;
        self.window = Window {
            from_ms: grid.start_ms,
            to_ms: grid.end_ms(),
            step_ms: grid.step_ms,
            live: true,
            ..Window::default()
        };
        let input = Input::new(&self.data, &self.options, self.window, self.size);
        self.labels = self
            .painter
            .draw(input, |plot| Labels::new(plot, &civil::utc));
    }

    /// The labels as elements.
    pub fn labels(&self) -> String {
        let labels = &self.labels;
        let mut html = String::new();
        let sides = [
            ("left", "top", &labels.left),
            ("time", "left", &labels.time),
        ];
        for (class, edge, labels) in sides {
            for label in labels {
                let percent = label.position * 100.0;
                html.push_str(&format!(
                    "<span class={class} style={edge}:{percent:.3}%>{}</span>",
                    label.text
                ));
            }
        }
        for end in &labels.ends {
            let percent = end.position * 100.0;
            html.push_str(&format!(
                "<span class=end style=top:{percent:.3}%>{}</span>",
                end.text
            ));
        }
        html
    }
}

fn present(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}
