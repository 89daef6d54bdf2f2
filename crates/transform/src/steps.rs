//! The steps from the answers of a source to what a panel shows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::id::RefId;

use crate::columns::{CellType, FilterColumns, Organize, RenameByRegex};
use crate::formula::Calculate;
use crate::group::{GroupBy, Reduce};
use crate::join::{self, Join};
use crate::labels::{Extract, JoinByLabels};
use crate::rows::{FilterRows, SortRows};
use crate::shape::{self, LabelsToColumns, Matrix, RowsToColumns, Transpose};
use frame::Table;

/// One step from the answers of the source to what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// Leaves out, orders and renames columns.
    Organize(Organize),
    /// Keeps the columns of some names.
    FilterColumns(FilterColumns),
    /// Keeps the tables of some queries.
    FilterQueries(Vec<RefId>),
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
    /// Makes one table of all series: a row for those of the same labels.
    JoinByLabels(JoinByLabels),
    /// Makes columns of what a column of texts holds.
    Extract(Extract),
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
    Sort(SortRows),
    /// Keeps so many rows of each table.
    Limit(usize),
    /// Makes a column for each value of a column.
    Matrix(Matrix),
    /// Makes a column of each row: its name from the first column of texts,
    /// its value from the first of numbers.
    RowsToColumns(RowsToColumns),
    /// Makes rows of columns and columns of rows.
    Transpose(Transpose),
    /// Makes a row of each series: its labels, and its last value as `Trend #A`.
    SeriesTable,
    /// Does something to the tables of some queries alone.
    Only {
        /// The queries.
        queries: Vec<RefId>,
        /// What is done.
        then: Box<Transformation>,
    },
}

/// The tables after all steps.
pub fn transform(steps: &[Transformation], tables: Vec<Table>) -> Vec<Table> {
    steps.iter().fold(tables, |tables, step| step.apply(tables))
}

impl Transformation {
    /// With every text in it written anew; as it is where that cannot be read.
    pub fn with_texts(&self, write: &dyn Fn(&str) -> String) -> Self {
        let anew = serde_json::to_value(self).map(|mut value| {
            rewrite(&mut value, write);
            value
        });
        let anew = anew.and_then(serde_json::from_value);
        anew.unwrap_or_else(|_| self.clone())
    }

    fn apply(&self, mut tables: Vec<Table>) -> Vec<Table> {
        match self {
            Self::Merge => join::merge(tables),
            Self::Concatenate => join::concatenate(tables),
            Self::SeriesToRows => join::series_to_rows(&tables),
            Self::Join(join) => join.apply(tables),
            Self::JoinByLabels(join) => join.apply(tables),
            Self::Reduce(reduce) => reduce.apply(tables),
            Self::Calculate(calculate) => calculate.apply(tables),
            Self::SeriesTable => shape::series_table(&tables),
            Self::Only { queries, then } => {
                let (meant, mut others): (Vec<_>, Vec<_>) = tables
                    .into_iter()
                    .partition(|table| table.query.is_some_and(|query| queries.contains(&query)));
                others.extend(then.apply(meant));
                others
            }
            Self::FilterQueries(queries) => {
                tables.retain(|table| table.query.is_none_or(|query| queries.contains(&query)));
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
            Self::Extract(extract) => extract.apply(table),
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

fn rewrite(value: &mut Value, write: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = write(text),
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, write)),
        Value::Object(entries) => entries
            .iter_mut()
            .for_each(|(_, entry)| rewrite(entry, write)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    fn check(steps: &str, given: &[(char, &str)], expected: &[&str]) {
        let steps: Vec<Transformation> = serde_json::from_str(steps).unwrap();
        let of = |(query, given): &(char, &str)| Table {
            query: Some(RefId(*query)),
            ..table(given)
        };
        let tables = transform(&steps, given.iter().map(of).collect());
        let got: Vec<String> = tables.iter().map(text).collect();
        assert_eq!(got, expected, "{steps:?}");
    }

    #[test]
    fn steps_follow_each_other() {
        check(
            r#"["merge", {"calculate": {"as": "share", "of": {"binary": {
                "left": {"column": "Value #A"}, "operator": "divide", "right": {"column": "Value #B"}}}}},
                {"sort": {"by": "share", "descending": true}}, {"limit": 1},
                {"organize": {"hide": ["Time"], "rename": {"job": "Job"}}}]"#,
            &[
                ('A', "Time@,job,Value #A | 9,a,1 | 9,b,2"),
                ('B', "Time@,job,Value #B | 9,a,4 | 9,b,4"),
            ],
            &["Job,Value #A,Value #B,share | b,2,4,0.5"],
        );
    }

    #[test]
    fn queries_are_told_apart() {
        let given = [('A', "a,b | 1,2"), ('B', "a,b | 3,4")];
        check(r#"[{"filter_queries": ["B"]}]"#, &given, &["a,b | 3,4"]);
        check(
            r#"[{"only": {"queries": ["A"], "then": {"organize": {"hide": ["a"]}}}}]"#,
            &given,
            &["a,b | 3,4", "b | 2"],
        );
    }

    #[test]
    fn texts_may_hold_variables() {
        let sort = Transformation::Sort(SortRows {
            by: "$column".into(),
            descending: true,
        });
        let filled = sort.with_texts(&|text| text.replace("$column", "job"));
        let Transformation::Sort(sort) = filled else {
            panic!("{filled:?}");
        };
        assert_eq!((sort.by.as_str(), sort.descending), ("job", true));
    }
}
