//! The colours of the page's theme, resolved once for the canvas.

use chart::ink::{INKS, Ink};
use web_sys::Element;

/// What each ink is at present, and what lies behind the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    colors: Vec<String>,
    /// The panel's background.
    pub surface: String,
    /// The font of the page.
    pub font_family: String,
    /// How much larger than usual the page is set: line widths grow with its text.
    pub scale: f64,
}

impl Theme {
    /// Reads the colours by way of the classes that the SVG has too, from a
    /// probe put into `element` for that long.
    pub fn read(element: &Element) -> Self {
        Self::try_read(element).unwrap_or_else(|| Self {
            colors: Vec::new(),
            surface: String::from("white"),
            font_family: String::from("sans-serif"),
            scale: 1.0,
        })
    }

    fn try_read(element: &Element) -> Option<Self> {
        let window = web_sys::window()?;
        let probe = window.document()?.create_element("i").ok()?;
        element.append_child(&probe).ok()?;
        let style = window.get_computed_style(&probe).ok()??;
        let property = |name| style.get_property_value(name).unwrap_or_default();
        let mut colors = Vec::with_capacity(INKS);
        for ink in Ink::all() {
            probe.set_class_name(ink.class());
            colors.push(property("color"));
        }
        let theme = Self {
            colors,
            surface: background(&window, element),
            font_family: property("font-family"),
            scale: scale(&window),
        };
        probe.remove();
        Some(theme)
    }

    /// The colour of an ink as CSS writes it.
    pub fn color(&self, ink: Ink) -> &str {
        self.colors.get(ink.index()).map_or("gray", String::as_str)
    }
}

/// The root's font size against the 16 CSS pixels that browsers start with.
fn scale(window: &web_sys::Window) -> f64 {
    let root = window
        .document()
        .and_then(|document| document.document_element());
    let style = root.and_then(|root| window.get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let px = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok());
    px.map_or(1.0, |px| px / 16.0)
}

/// The first background behind an element that is not transparent.
fn background(window: &web_sys::Window, element: &Element) -> String {
    let mut next = Some(element.clone());
    while let Some(element) = next {
        if let Ok(Some(style)) = window.get_computed_style(&element) {
            let color = style
                .get_property_value("background-color")
                .unwrap_or_default();
            if !color.is_empty() && color != "transparent" && color != "rgba(0, 0, 0, 0)" {
                return color;
            }
        }
        next = element.parent_element();
    }
    String::from("white")
}
