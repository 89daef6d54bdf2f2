//! Copies of a chart as files: PNG and SVG, with title, axes and legend.

use std::cell::RefCell;
use std::rc::Rc;

use chart::path::PathBackend;
use chart::picture::{Anchor, Picture};
use chart::{Labels, Plot, Scene, svg};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, Url};

use super::Theme;
use super::surface::CanvasSink;

/// Device pixels in a CSS pixel of an exported picture: sharp on any screen.
const PIXEL_RATIO: f64 = 2.0;

/// The chart as an SVG file in the theme's colours.
pub fn svg_file(title: &str, plot: &Plot, labels: &Labels, theme: &Theme) -> String {
    let picture = Picture::new(title, plot, labels);
    svg::document(
        &picture,
        plot,
        &theme.surface,
        &theme.font_family,
        |color_role| theme.color(color_role),
    )
}

/// Hands the chart as a PNG file over to `done`; not at all where the browser
/// cannot make one.
pub fn png_file(
    title: &str,
    plot: &Plot,
    labels: &Labels,
    theme: &Theme,
    done: impl FnOnce(Blob) + 'static,
) {
    let Some(canvas) = painted(title, plot, labels, theme) else {
        return;
    };
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            done(blob);
        }
    });
    let _begun = canvas.to_blob(done.unchecked_ref());
}

/// A text as a file of a MIME type, for [`save`].
pub fn text_file(text: &str, mime_type: &str) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(mime_type);
    let parts = Array::of1(&JsValue::from_str(text));
    Blob::new_with_str_sequence_and_options(&parts, &options).ok()
}

/// Has the browser save a file under a name.
pub fn save(file: &Blob, name: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let url = Url::create_object_url_with_blob(file).ok()?;
    let link = document.create_element("a").ok()?;
    link.set_attribute("href", &url).ok()?;
    link.set_attribute("download", name).ok()?;
    link.dyn_into::<web_sys::HtmlElement>().ok()?.click();
    Url::revoke_object_url(&url).ok()
}

/// A length in CSS pixels as whole ones of the picture.
fn px(css_px: f64) -> f64 {
    (css_px * PIXEL_RATIO).round()
}

fn painted(title: &str, plot: &Plot, labels: &Labels, theme: &Theme) -> Option<HtmlCanvasElement> {
    let picture = Picture::new(title, plot, labels);
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(px(picture.width_px) as u32);
    canvas.set_height(px(picture.height_px) as u32);
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    context.set_fill_style_str(&theme.surface);
    context.fill_rect(0.0, 0.0, px(picture.width_px), px(picture.height_px));
    write(&context, &picture, theme);

    let size = plot.input().size;
    let (left, top) = (px(picture.left_px), px(picture.top_px));
    let (width, height) = (px(size.width_px), px(size.height_px));
    context.begin_path();
    context.rect(left, top, width, height);
    context.clip();
    let scene = Scene::on_pixels(plot, (width as u32, height as u32), PIXEL_RATIO, None);
    let sink = CanvasSink::new(&context, theme, scene.size(), (left, top), PIXEL_RATIO);
    let backend = Rc::new(RefCell::new(PathBackend::new(sink)));
    scene.paint(&backend, plot.columns()).ok()?;
    Some(canvas)
}

fn write(context: &CanvasRenderingContext2d, picture: &Picture, theme: &Theme) {
    let mut font = (picture.font_px * PIXEL_RATIO).to_string();
    font.push_str("px ");
    font.push_str(&theme.font_family);
    context.set_font(&font);
    context.set_text_baseline("middle");
    for text in &picture.texts {
        context.set_text_align(match text.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "center",
            Anchor::End => "end",
        });
        context.set_fill_style_str(theme.color(text.color_role));
        let (x, y) = (text.x * PIXEL_RATIO, text.y * PIXEL_RATIO);
        let written = context.fill_text(&text.text, x, y);
        debug_assert!(written.is_ok(), "a text at a finite place can be written");
    }
}
