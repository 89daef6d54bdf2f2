//! The steps from the answers of a source to what a panel shows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::{CellType, FilterColumns, Organize, RenameByRegex};
use super::formula::Calculate;
use super::group::{GroupBy, Reduce};
use super::join::{self, Join};
use super::rows::{FilterRows, Sort};
use super::shape::{LabelsToColumns, Matrix, RowsToColumns, Transpose};
use super::table::Table;

/// One step from the answers of the source to what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// Leaves out, orders and renames columns.
    Organize(Organize),
    /// Keeps the columns of some names.
    FilterColumns(FilterColumns),
    /// Keeps the tables of some queries.
    FilterQueries(Vec<char>),
    /// Keeps, or leaves out, the rows whose values meet conditions.
    FilterRows(FilterRows),
    /// Renames columns by a regular expression.
    RenameByRegex(RenameByRegex),
    /// Makes values of another type.
    Convert(BTreeMap<String, CellType>),
    /// Puts rows of all tables that have the same keys together into one table.
    Merge,
    /// Puts all tables side by side.
    Concatenate,
    /// Joins all tables by a column.
    Join(Join),
    /// Makes columns of labels.
    LabelsToColumns(LabelsToColumns),
    /// Makes one table of all series: time, name, value.
    SeriesToRows,
    /// Makes a row for each group of rows.
    GroupBy(GroupBy),
    /// Makes one value of each column.
    Reduce(Reduce),
    /// Adds a column that is calculated of others.
    Calculate(Calculate),
    /// Sorts rows.
    Sort(Sort),
    /// Keeps so many rows of each table.
    Limit(usize),
    /// Makes a column for each value of a column.
    Matrix(Matrix),
    /// Makes a column of each row: its name from the first column of texts,
    /// its value from the first of numbers.
    RowsToColumns(RowsToColumns),
    /// Makes rows of columns and columns of rows.
    Transpose(Transpose),
}

/// The tables after all steps.
pub fn transform(steps: &[Transformation], tables: Vec<Table>) -> Vec<Table> {
    steps.iter().fold(tables, |tables, step| step.apply(tables))
}

impl Transformation {
    fn apply(&self, mut tables: Vec<Table>) -> Vec<Table> {
        match self {
            Self::Merge => join::merge(tables),
            Self::Concatenate => join::concatenate(tables),
            Self::SeriesToRows => join::series_to_rows(&tables),
            Self::Join(join) => join.apply(tables),
            Self::Reduce(reduce) => reduce.apply(tables),
            Self::Calculate(calculate) => calculate.apply(tables),
            Self::FilterQueries(letters) => {
                let is_meant = |query: char| letters.contains(&query);
                tables.retain(|table| table.query.is_none_or(is_meant));
                tables
            }
            each => {
                tables.iter_mut().for_each(|table| each.apply_to(table));
                tables.retain(|table| !table.columns.is_empty());
                tables
            }
        }
    }

    /// What is done to each table by itself.
    fn apply_to(&self, table: &mut Table) {
        match self {
            Self::Organize(organize) => organize.apply(table),
            Self::FilterColumns(filter) => filter.apply(table),
            Self::FilterRows(filter) => filter.apply(table),
            Self::RenameByRegex(rename) => rename.apply(table),
            Self::Sort(sort) => sort.apply(table),
            Self::GroupBy(group) => *table = group.apply(table),
            Self::LabelsToColumns(labels) => *table = labels.apply(table),
            Self::Transpose(transpose) => *table = transpose.apply(table),
            Self::Limit(rows) => {
                let cut = table.columns.iter_mut();
                cut.for_each(|column| column.cells.truncate(*rows));
            }
            Self::Convert(types) => {
                for (name, of) in types {
                    let meant = table
                        .columns
                        .iter_mut()
                        .filter(|column| column.is_called(name));
                    meant.for_each(|column| of.convert(column));
                }
            }
            Self::Matrix(matrix) => replace(table, matrix.apply(table)),
            Self::RowsToColumns(rows) => replace(table, rows.apply(table)),
            _ => {}
        }
    }
}

fn replace(table: &mut Table, with: Option<Table>) {
    if let Some(with) = with {
        *table = with;
    }
}
