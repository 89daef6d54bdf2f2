//! Charts on a canvas, in the browser: what `chart` draws, drawn by the page.
//!
//! A chart of the page is two canvases over each other, both as large as the
//! plot area: [`Painter`] draws the plot on the lower one, [`CursorLayer`] the
//! crosshair and the drag's rectangle on the upper one, so that a moving
//! pointer repaints no curve. Axis labels stay elements of the page; the
//! closure that [`Painter::draw`] calls has the plot to take them from.
//!
//! How an island uses it:
//!
//! 1. [`Theme::read`] once, and again when the theme changes
//!    ([`Painter::set_theme`]).
//! 2. [`Painter::resize`] from a `ResizeObserver`, with the device-pixel ratio.
//! 3. An [`OnFrame`] whose callback calls [`Painter::draw`]; [`OnFrame::request`]
//!    whenever data, window or anything else has changed. Any number of
//!    requests makes one frame, and a hidden page has no frames: it catches up
//!    with one when it is seen again.
//! 4. [`export`] for copies as files.
//!
//! Contract: nothing is drawn between frames; a moving window is shifted as
//! pixels and only what is new is painted; memory does not grow with time.

mod cursor;
pub mod export;
mod frames;
mod painter;
mod surface;
mod theme;

pub use cursor::{CursorLayer, Selection};
pub use frames::OnFrame;
pub use painter::Painter;
pub use theme::Theme;
