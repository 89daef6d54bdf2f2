//! What the page says in words: ages, states, reasons. Pure text, tested natively.

pub mod age;
pub mod health;
pub mod html;
pub mod legend_item;
pub mod moment;
pub mod range;
#[cfg(feature = "ssr")]
pub mod snippet;
#[cfg(feature = "ssr")]
pub mod sorting;
pub mod state;
pub mod status;
