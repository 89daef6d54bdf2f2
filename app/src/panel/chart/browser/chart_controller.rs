//! What a chart's panel shows at one frame, and the elements that show it.

use ::chart::cursor::Reading;
use ::chart::{Input, Labels, Plot, Size, summary};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, HtmlElement};
use wire::board::{Health, Legend, PanelLayout, TimeSeriesOptions};
use wire::data::{Annotation, PanelData};
use wire::id::PanelId;
use wire::live::Window;

use crate::canvas::{CursorLayer, Painter, Selection, Theme, export};
use crate::panel::chart::labels::{self, LAYERS};
use crate::panel::chart::legend::{Entry, entries};
use crate::panel::chart::values::{self, FEW_ROWS, MANY_ROWS};
use crate::panel::chart::{data_of, options, tooltip};
use crate::panel::rewrite::rewrite;
use crate::store::{CopyFormat, Store};
use crate::text::moment;

#[wasm_bindgen]
extern "C" {
    /// Has the marks of annotations follow the span that their chart shows, see
    /// `document/annotations.js`.
    fn place(annotations: &Element, from_ms: f64, to_ms: f64);
    /// The beginning, the end and the status' place in [`STATUSES`] of each mark in sight.
    fn marks(annotations: &Element) -> Vec<f64>;
}

/// As the page's script counts them.
const STATUSES: [Health; 4] = [Health::Good, Health::Warning, Health::Bad, Health::Unknown];

/// A chart's panel.
pub struct ChartController {
    store: Store,
    layout: PanelLayout,
    options: TimeSeriesOptions,
    pub(super) data: ArcRwSignal<PanelData>,
    hidden: ArcRwSignal<Vec<u32>>,
    entries: ArcRwSignal<Vec<Entry>>,
    area: HtmlElement,
    frame: HtmlElement,
    layers: Vec<(Element, String)>,
    tooltip: HtmlElement,
    /// What the reader opens to see the values as a table, and the table's place.
    pub(super) values: Element,
    table: Element,
    annotations: Element,
    painter: Painter,
    cursor: CursorLayer,
    /// Where the pointer or the keyboard's choice of series is, 0 at the top.
    pub height: Option<f64>,
    /// The span that is being dragged.
    pub selection: Option<Selection>,
    /// Whether summary and table are kept current: the area has the focus.
    pub is_focused: bool,
    /// What was read under the cursor in the last frame.
    pub reading: Option<Reading>,
}

/// What one plot gives besides its picture.
struct Look {
    window: Window,
    labels: Labels,
    entries: Vec<Entry>,
    reading: Option<Reading>,
    /// For a screen reader: the summary, the table.
    spoken: Option<(String, String)>,
}

impl ChartController {
    /// Puts the canvases over the server's picture; `None` where the markup
    /// is not ours or the browser has no canvas.
    pub fn new(
        store: &Store,
        id: PanelId,
        chart: &Element,
        hidden: ArcRwSignal<Vec<u32>>,
        entries: ArcRwSignal<Vec<Entry>>,
    ) -> Option<Self> {
        let find = |selector: &str| chart.query_selector(selector).ok().flatten();
        let area: HtmlElement = find(".area")?.dyn_into().ok()?;
        let layers = LAYERS.iter().map(|class| {
            let layer = find(&[".", class].concat())?;
            let html = layer.inner_html();
            Some((layer, html))
        });
        let theme = Theme::read(&area);
        let mut controller = Self {
            layout: store.layout(id)?.clone(),
            options: options(store, id),
            data: data_of(store, id),
            hidden,
            entries,
            frame: find(".frame")?.dyn_into().ok()?,
            layers: layers.collect::<Option<_>>()?,
            painter: Painter::new(append(&area, "canvas")?, theme.clone())?,
            cursor: CursorLayer::new(append(&area, "canvas")?, theme)?,
            tooltip: append(&area, "div")?,
            values: find(".values")?,
            table: find(".values > div")?,
            annotations: find(".annotations")?,
            height: None,
            selection: None,
            is_focused: false,
            reading: None,
            area,
            store: store.clone(),
        };
        controller.tooltip.set_class_name("tip");
        controller.tooltip.set_hidden(true);
        controller.resize();
        Some(controller)
    }

    /// The plot area's element.
    pub fn area(&self) -> &HtmlElement {
        &self.area
    }

    /// Takes over the area's size. The root's font size scales the lines with
    /// the text: 1.5 px at a desk are 3 px on a wall.
    pub fn resize(&mut self) {
        let scale = root_font_px() / 16.0;
        let width_px = f64::from(self.area.client_width()) / scale;
        let height_px = f64::from(self.area.client_height()) / scale;
        let pixel_ratio = window().device_pixel_ratio() * scale;
        self.painter.resize(width_px, height_px, pixel_ratio);
        self.cursor.resize(width_px, height_px, pixel_ratio);
    }

    /// Takes over the page's colours.
    pub fn recolour(&mut self) {
        let theme = Theme::read(&self.area);
        self.painter.set_theme(theme.clone());
        self.cursor.set_theme(theme);
    }

    /// Shows the state as it is now.
    pub fn draw(&mut self) {
        let look = self.paint();
        self.write_labels(&look.labels);
        place(
            &self.annotations,
            look.window.from_ms as f64,
            look.window.to_ms as f64,
        );
        if self.options.legend == Legend::Chips
            && self.entries.with_untracked(|held| *held != look.entries)
        {
            self.entries.set(look.entries);
        }
        if let Some((summary, table)) = look.spoken {
            let _ = self.area.set_attribute("aria-label", &summary);
            self.table.set_inner_html(&table);
        }
        self.cursor.draw(look.reading.as_ref(), self.selection);
        self.show_tip(look.reading.as_ref());
        self.reading = look.reading;
    }

    /// Shows these marks of annotations, from the next [`ChartController::draw`] on.
    pub fn mark(&self, html: &str) {
        rewrite(&self.annotations, html);
    }

    /// Has the browser save the chart as a file.
    pub fn copy(&self, format: CopyFormat) {
        let title = &self.layout.title;
        let (window, hidden) = (
            self.store.window.get_untracked(),
            self.hidden.get_untracked(),
        );
        let size = Size::nominal(self.layout.grid);
        let annotations = annotations(&marks(&self.annotations));
        self.data.with_untracked(|data| {
            let plot = Plot::new(Input {
                hidden: &hidden,
                annotations: &annotations,
                ..Input::new(data, &self.options, window, size)
            });
            let labels = Labels::new(&plot, &*self.store.zone.get_untracked());
            let theme = self.painter.theme();
            match format {
                CopyFormat::Png => {
                    let name = [title, ".png"].concat();
                    export::png_file(title, &plot, &labels, theme, move |file| {
                        export::save(&file, &name);
                    });
                }
                CopyFormat::Svg => {
                    let text = export::svg_file(title, &plot, &labels, theme);
                    save_text(&text, "image/svg+xml", &[title, ".svg"].concat());
                }
            }
        });
    }

    fn paint(&mut self) -> Look {
        let window = self.store.window.get_untracked();
        let cursor_ms = self.store.cursor_ms.get_untracked();
        let hidden = self.hidden.get_untracked();
        let zone = self.store.zone.get_untracked();
        let (height, is_focused) = (self.height, self.is_focused);
        let is_open = self.values.has_attribute("open");
        let (title, options) = (&self.layout.title, &self.options);
        let painter = &mut self.painter;
        let size = Size::nominal(self.layout.grid);
        self.data.with_untracked(|data| {
            let input = Input {
                hidden: &hidden,
                ..Input::new(data, options, window, size)
            };
            painter.draw(input, |plot: &Plot| Look {
                window: plot.input().window,
                labels: Labels::new(plot, &*zone),
                entries: entries(plot),
                reading: cursor_ms.and_then(|time_ms| plot.reading(time_ms, height)),
                spoken: (is_focused || is_open).then(|| {
                    let summary = summary::summary(title, plot, &*zone);
                    let most_rows = if is_open { MANY_ROWS } else { FEW_ROWS };
                    (summary, values::html(plot, &*zone, most_rows))
                }),
            })
        })
    }

    /// Writes the layers whose text has changed. The first frame changes none:
    /// the server wrote the same, unless the reader's time zone is another.
    fn write_labels(&mut self, labels: &Labels) {
        for ((layer, held), html) in self.layers.iter_mut().zip(labels::layers(labels)) {
            if *held != html {
                layer.set_inner_html(&html);
                *held = html;
            }
        }
        let (left, right) = labels::widths(labels);
        let style = self.frame.style();
        for (name, width) in [("--left", left), ("--right", right)] {
            let width = width.to_string();
            if style.get_property_value(name).as_deref() != Ok(width.as_str()) {
                let _ = style.set_property(name, &width);
            }
        }
        if !self.area.class_list().contains("painted") {
            let _ = self.area.class_list().add_1("painted");
        }
    }

    fn show_tip(&self, reading: Option<&Reading>) {
        let reading = reading.filter(|reading| !reading.entries.is_empty());
        self.tooltip.set_hidden(reading.is_none());
        let Some(reading) = reading else { return };
        self.tooltip.set_inner_html(&tooltip::html(
            reading,
            &moment::of(reading.time_ms, &*self.store.zone.get_untracked()),
        ));
        let mut at = String::new();
        labels::push_percent(&mut at, reading.position);
        let _ = self.tooltip.style().set_property("--at", &at);
        let side = if reading.position > 0.5 {
            "tip tip-left"
        } else {
            "tip"
        };
        self.tooltip.set_class_name(side);
    }
}

/// What [`marks`] says, without the words: a picture has none.
fn annotations(marks: &[f64]) -> Vec<Annotation> {
    let marks = marks.chunks_exact(3).map(|mark| Annotation {
        from_ms: mark[0] as i64,
        to_ms: mark[1] as i64,
        status: STATUSES.get(mark[2] as usize).copied().unwrap_or_default(),
        ..Annotation::default()
    });
    marks.collect()
}

fn save_text(text: &str, mime_type: &str, name: &str) {
    if let Some(file) = export::text_file(text, mime_type) {
        export::save(&file, name);
    }
}

fn append<E: JsCast>(parent: &Element, tag: &str) -> Option<E> {
    let element = document().create_element(tag).ok()?;
    let _ = element.set_attribute("aria-hidden", "true");
    parent.append_child(&element).ok()?;
    element.dyn_into().ok()
}

fn root_font_px() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    // The browser's own: Rust's parser of floats is 14 kB.
    let px = size.map(|size| js_sys::parse_float(&size));
    px.filter(|px| px.is_finite()).unwrap_or(16.0)
}
