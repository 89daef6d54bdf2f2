//! Samples to a picture: scales, ticks, decimation, live windows, paint.
//!
//! One [`Plot`] is made of a panel's data, options and window. The server
//! writes it as SVG ([`svg::plot`]), the browser paints it on a canvas through
//! the same [`Scene`] and backend ([`path`]), and both take its [`Labels`],
//! legend and spoken summary from here.
//!
//! Contract: pure arithmetic on what is passed in; no clock, no locale, no
//! time-zone data (a [`civil::Zone`] is passed in), no colour values (an
//! [`color_role::ColorRole`] is a role in the design).

mod axis_spec;
pub mod civil;
pub mod color_role;
pub mod cursor;
pub mod curve;
mod decimate;
pub mod dirty_region;
pub mod escape;
#[cfg(test)]
mod extremes;
pub mod labels;
pub mod legend;
mod number;
mod paint;
pub mod path;
pub mod picture;
mod plot;
mod run;
pub mod scale;
pub mod summary;
pub mod svg;
#[cfg(test)]
mod testing;
mod ticks;
pub mod time_axis;
pub mod time_ticks;
pub mod unit;
mod value_axis;

pub use axis_spec::AxisSpec;
pub use labels::Labels;
pub use paint::Scene;
pub use plot::{Axes, Input, Plot, Size};
pub use value_axis::ValueAxis;
