//! Tables to other tables, step by step ([`transform`]), and tables to the
//! series that a panel shows of them ([`shown_series`]).
//!
//! Contract: pure functions over tables; knows no board and no panel. No transformation fails, what it does
//! not find it leaves as it is. What they do, and how they name the columns
//! that they make, is what Grafana's transformations do.

mod arithmetic;
mod calculation;
mod columns;
mod formula;
mod group;
mod join;
mod labels;
mod native_histograms;
mod operand;
mod pattern;
mod rows;
mod shape;
mod shares;
mod shown;
mod steps;

pub use arithmetic::{Function, Operator};
pub use calculation::Calculation;
pub use columns::{CellType, FilterColumns, Names, Organize, RenameByRegex};
pub use formula::{Calculate, Formula};
pub use group::{GroupBy, Reduce};
pub use join::Join;
pub use labels::{Extract, JoinByLabels, TextForm};
pub use native_histograms::{BucketSeries, bucket_series, has_histograms};
pub use operand::Operand;
pub use pattern::Pattern;
pub use rows::{Condition, FilterRows, SortRows, Test};
pub use shape::{LabelsToColumns, Matrix, RowsToColumns, Transpose};
pub use shares::shares;
pub use shown::{SeriesOf, ShownSeries, shown_series, to_series};
pub use steps::{Transformation, transform};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The text, or what stands for it where it is empty.
fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}

#[cfg(test)]
mod testing;
