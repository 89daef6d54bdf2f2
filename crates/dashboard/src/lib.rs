//! Board files to the typed board model ([`Board`]), and the model to what a
//! page needs ([`Board::view`]) and what the source is asked ([`Board::queries`]).
//!
//! Contract: pure text and values; no I/O, no clock. Nothing here knows what a
//! query's text means: that is PromQL's.

pub mod duration;
mod field;
mod kind;
mod legend;
mod markdown;
mod model;
pub mod time;
mod view;

pub use field::{Field, Health, Threshold};
pub use kind::{
    DrawStyle, Kind, Palette, RowOptions, StatNote, StatOptions, TableOptions, TextOptions,
    TimeSeriesOptions,
};
pub use legend::legend;
pub use model::{Board, Grid, Panel, Query, TimeDefaults};
