//! The view: a [`PageContext`] in, a complete HTML document out; in the
//! browser, the islands of that document, fed by one event stream.
//!
//! - The server calls [`document`] (feature `ssr`). What it returns is readable
//!   without JavaScript: charts are SVG, figures are text.
//! - The bundle (feature `hydrate`) exports one function an island; the
//!   document's loader script calls each on its element.
//!
//! The two features exclude each other. Nothing here knows a query or a
//! source: all it shows comes as [`wire::live::Snapshot`] and
//! [`wire::live::LiveEvent`].

#[cfg(feature = "ssr")]
mod board;
#[cfg(feature = "hydrate")]
pub mod canvas;
pub mod controls;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod frame;
pub mod ids;
#[cfg(feature = "ssr")]
mod kiosk;
mod page;
pub mod panel;
#[cfg(feature = "ssr")]
pub mod rendered;
#[cfg(feature = "ssr")]
mod share;
pub mod store;
#[cfg(feature = "ssr")]
mod targets;
pub mod text;

#[cfg(feature = "ssr")]
pub use board::{
    BoardList, Folder, Found, Listed, ProblemPage, board_list_document, problem_document,
    render_choices, render_found,
};
#[cfg(feature = "ssr")]
pub use document::document;
#[cfg(feature = "ssr")]
pub use frame::{frame_document, frame_part};
#[cfg(feature = "ssr")]
pub use kiosk::{KioskContext, kiosk_document};
pub use page::{
    Around, BoardLink, BundleFiles, Choices, Chrome, Filters, PageContext, PageLink,
    PanelDiagnostic, Picker, PickerChoice, PickerKind, Row, Switch, Theme,
};
#[cfg(feature = "ssr")]
pub use share::{ShareContext, share_document};
#[cfg(feature = "ssr")]
pub use targets::{JobTargets, TargetRow, TargetsContext, targets_document};
