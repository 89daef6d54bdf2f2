//! What a source answered to tables, and tables to what a panel shows of them.
//!
//! Contract: pure functions over tables; no transformation fails, what it does
//! not find it leaves as it is. What they do, and how they name the columns
//! that they make, is what Grafana's transformations do.

mod answer;
mod arithmetic;
mod calculation;
mod columns;
mod formula;
mod group;
mod join;
mod labels;
mod rows;
mod shape;
mod shares;
mod shown;
mod steps;
mod table;

pub use answer::{Answer, AnswerSeries, tables, to_series};
pub use arithmetic::{Function, Operator};
pub use columns::{CellType, FilterColumns, Names, Organize, RenameByRegex};
pub use formula::{Calculate, Formula, Operand};
pub use group::{GroupBy, Reduce};
pub use join::Join;
pub use labels::{Extract, JoinByLabels, TextForm};
pub use rows::{Condition, FilterRows, SortRows, Test};
pub use shape::{LabelsToColumns, Matrix, RowsToColumns, Transpose};
pub use shares::shares;
pub use shown::{ShownSeries, shown_series};
pub use steps::{Transformation, transform};
pub use table::{Cell, Column, TIME, Table, VALUE};

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod testing;
