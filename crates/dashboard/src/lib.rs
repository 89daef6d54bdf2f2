//! Board files to the typed board model ([`Board`]), and the model to what a
//! page needs ([`Board::view`]) and what the source is asked ([`Board::queries`]).
//!
//! Contract: pure text and values; no I/O, no clock. Nothing here knows what a
//! query's text means: that is PromQL's.

pub mod annotation;
pub mod duration;
mod field;
pub mod file;
mod fill;
mod fold;
pub mod frames;
mod kind;
mod legend;
mod look;
mod markdown;
mod model;
mod naming;
pub mod time;
mod variable;
mod view;

pub use field::{
    Field, Health, MappedValue, Mapping, Override, SeriesMatch, SpecialValue, Threshold,
};
pub use fill::MAX_COPIES;
pub use fold::FoldedRow;
pub use kind::{
    AlertListOptions, BarChartOptions, BoardListOptions, DrawStyle, Footer, HeatmapOptions,
    HistogramOptions, Kind, LaneOptions, Legend, Palette, PieOptions, RowOptions, StatColor,
    StatNote, StatOptions, StatText, TableOptions, TextOptions, ThresholdStyle, TimeSeriesOptions,
    UnsupportedOptions,
};
pub use legend::legend;
pub use model::{
    Board, Format, Grid, Link, Panel, PanelTime, Query, Repeat, TimeDefaults, Version, letters,
};
pub use naming::display_name;
pub use transform::{Calculation, Pattern};
pub use variable::{
    ALL, BuiltIns, Choice, ChoicesFrom, Filter, PageValues, Scope, Sort, Target, Value, Variable,
    VariableQuery, references, resolution_stages,
};
