//! The colours of the page's theme, resolved once for the canvas.

use chart::color_role::{COLOR_ROLES, ColorRole};
use web_sys::Element;

/// As the style sheet has it.
const PATTERNED: &str = "(prefers-contrast: more), (forced-colors: active)";

/// What each colour role is at present, and what lies behind the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    colors: Vec<String>,
    /// The panel's background.
    pub surface: String,
    /// The font of the page.
    pub font_family: String,
    /// Whether lines are told apart by patterns too: the reader wants more
    /// contrast, or has chosen all colours.
    pub is_patterned: bool,
}

impl Theme {
    /// Reads the colours by way of the classes that the SVG has too, from a
    /// probe put into `element` for that long.
    pub fn read(element: &Element) -> Self {
        Self::try_read(element).unwrap_or_else(|| Self {
            colors: Vec::new(),
            surface: String::from("white"),
            font_family: String::from("sans-serif"),
            is_patterned: false,
        })
    }

    fn try_read(element: &Element) -> Option<Self> {
        let window = web_sys::window()?;
        let probe = window.document()?.create_element("i").ok()?;
        element.append_child(&probe).ok()?;
        let style = window.get_computed_style(&probe).ok()??;
        let property = |name| style.get_property_value(name).unwrap_or_default();
        let mut colors = Vec::with_capacity(COLOR_ROLES);
        for color_role in ColorRole::all() {
            probe.set_class_name(color_role.class());
            colors.push(property("color"));
        }
        let theme = Self {
            colors,
            surface: background(&window, element),
            font_family: property("font-family"),
            is_patterned: matches(&window, PATTERNED),
        };
        probe.remove();
        Some(theme)
    }

    /// The colour of an colour role as CSS writes it.
    pub fn color(&self, color_role: ColorRole) -> &str {
        self.colors
            .get(color_role.index())
            .map_or("gray", String::as_str)
    }
}

fn matches(window: &web_sys::Window, query: &str) -> bool {
    let media = window.match_media(query).ok().flatten();
    media.is_some_and(|media| media.matches())
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
