//! Board files to the typed board model ([`Board`]), and the model to what a
//! page needs ([`Board::view`]) and what the source is asked ([`Board::queries`]).
//!
//! Contract: pure text and values; no I/O, no clock. Nothing here knows what a
//! query's text means: that is its language's. The types of the model
//! (`board.rs`, `panel.rs`, `panel_query.rs`, `field.rs`, …) see no operation on them.

pub mod annotation;
mod board;
mod defaults;
pub mod duration;
mod field;
mod field_config;
pub mod file;
pub mod frames;
mod interpolate;
mod kind;
mod legend_format;
mod link;
mod markdown;
pub mod marks;
mod moment;
mod numbering;
mod overrides;
mod panel;
mod panel_query;
mod repeat;
mod rows;
mod shown_annotations;
mod suggestion;
pub mod time;
mod variable;
mod version;
mod view;

pub use board::{Board, TimeDefaults};
pub use field::{Field, MappedValue, Mapping, SpecialValue};
pub use kind::{
    AlertListOptions, BarChartOptions, BoardListOptions, CONDITION, Footer, HeatmapOptions,
    HistogramOptions, Kind, LaneOptions, Legend, PieOptions, RowOptions, StatColor, StatNote,
    StatOptions, StatText, TableOptions, TextOptions, ThresholdStyle, TimeSeriesOptions,
    UnsupportedOptions, VerdictCondition, VerdictOptions,
};
pub use legend_format::{display_name, fill_labels, legend};
pub use link::Link;
pub use moment::Clock;
pub use overrides::{Override, SeriesMatch};
pub use panel::{Panel, PanelTime, Repeat};
pub use panel_query::{Format, PanelQuery};
pub use repeat::MAX_COPIES;
pub use rows::BoardRow;
pub use transform::{Calculation, Pattern};
pub use variable::{
    ALL, BuiltIns, Choice, ChoicesFrom, Filter, PageValues, Scope, Sort, Target, Value, Variable,
    VariableQuery, natural_order, references, resolution_stages,
};
pub use version::Version;
pub use wire::board::{DrawStyle, Grid, Health, Palette, Threshold};
