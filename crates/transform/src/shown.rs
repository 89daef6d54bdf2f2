//! Tables back to series, for panels that show series.

use std::borrow::Cow;

use series::{Labels, SampleColumns};
use wire::id::RefId;

use crate::pattern::Pattern;
use frame::{Cell, Column, Table};

/// A series as it is shown: made of a column of values, or of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownSeries {
    /// What a legend says.
    pub name: String,
    /// The query that it comes from.
    pub query: RefId,
    /// What tells it from others.
    pub labels: Labels,
    /// Its samples.
    pub samples: SampleColumns,
}

/// Which series are made of tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesOf<'a> {
    /// Whether each row of a table is a series, in place of each column.
    pub each_row: bool,
    /// The columns of values that are meant; all of numbers where it is `None`.
    pub columns: Option<&'a Pattern>,
}

/// The series of tables that a panel shows. A row without a time stands at
/// `at_ms`; of a column without times the panel's calculation sees one sample
/// a row, the last one at `at_ms`, each `step_ms` after the one before.
pub fn shown_series(of: SeriesOf, tables: &[Table], at_ms: i64, step_ms: i64) -> Vec<ShownSeries> {
    let mut series = Vec::new();
    for table in tables {
        let table = of.meant_columns(table);
        series.extend(match table.time() {
            _ if of.each_row => rows(&table, at_ms),
            Some(time) if is_over_time(time) => columns(&table),
            _ => column_samples(&table, at_ms, step_ms),
        });
    }
    series
}

impl SeriesOf<'_> {
    /// The table without the values that are not meant; what names a row stays.
    fn meant_columns<'a>(&self, table: &'a Table) -> Cow<'a, Table> {
        let Some(meant) = self.columns else {
            return Cow::Borrowed(table);
        };
        let columns = table.columns.iter();
        let columns = columns.filter(|column| !column.is_number() || meant.is_of(column));
        Cow::Owned(Table {
            columns: columns.cloned().collect(),
            ..*table
        })
    }
}

/// A value column of a table back as a series over the table's times.
pub fn to_series(table: &Table) -> Vec<(&Column, SampleColumns)> {
    let Some(time) = table.time() else {
        return Vec::new();
    };
    let values = table.columns.iter().filter(|column| column.is_number());
    values
        .map(|column| (column, samples_over(time, column)))
        .collect()
}

/// The values of a column at the times of another, each time once.
fn samples_over(time: &Column, column: &Column) -> SampleColumns {
    let mut samples: Vec<(i64, f64)> = time
        .cells
        .iter()
        .zip(&column.cells)
        .filter_map(|(time, cell)| match (time, cell) {
            (Cell::Time(ms), Cell::Number(value)) => Some((*ms, *value)),
            _ => None,
        })
        .collect();
    samples.sort_by_key(|(ms, _)| *ms);
    samples.dedup_by_key(|(ms, _)| *ms);
    let mut columns = SampleColumns::default();
    for (ms, value) in samples {
        columns.push(ms, value);
    }
    columns
}

impl Pattern {
    /// Whether a column is meant.
    pub fn is_of(&self, column: &Column) -> bool {
        self.is_match(&column.title()) || self.is_match(&column.name)
    }
}

/// Times of several rows at one moment are those of an instant query.
fn is_over_time(time: &Column) -> bool {
    let first = time.cells.first();
    time.cells.len() <= 1 || time.cells.iter().any(|cell| Some(cell) != first)
}

fn query_of(table: &Table, column: &Column) -> RefId {
    column.query.or(table.query).unwrap_or(RefId::FIRST)
}

fn columns(table: &Table) -> Vec<ShownSeries> {
    let series = to_series(table).into_iter();
    series
        .map(|(column, samples)| ShownSeries {
            name: column.title().into_owned(),
            query: query_of(table, column),
            labels: told_apart(column),
            samples,
        })
        .collect()
}

/// The labels, with the name where that is all that tells columns apart.
fn told_apart(column: &Column) -> Labels {
    let mut labels = column.labels.to_builder();
    labels.set("__column__", &column.title());
    labels.build()
}

fn column_samples(table: &Table, at_ms: i64, step_ms: i64) -> Vec<ShownSeries> {
    let rows = i64::try_from(table.rows()).unwrap_or(i64::MAX);
    let first_ms = at_ms - (rows - 1).saturating_mul(step_ms);
    let values = table.columns.iter().filter(|column| column.is_number());
    values
        .map(|column| ShownSeries {
            name: column.title().into_owned(),
            query: query_of(table, column),
            labels: told_apart(column),
            samples: samples_from(column, first_ms, step_ms),
        })
        .collect()
}

/// The values of a column, one a step.
fn samples_from(column: &Column, first_ms: i64, step_ms: i64) -> SampleColumns {
    let mut samples = SampleColumns::default();
    for (cell, row) in column.cells.iter().zip(0..) {
        if let Cell::Number(value) = cell {
            samples.push(first_ms + row * step_ms, *value);
        }
    }
    samples
}

/// A row is named after its texts, and after its column where there are none,
/// or several columns of values.
fn rows(table: &Table, at_ms: i64) -> Vec<ShownSeries> {
    let texts = table.columns.iter().filter(|column| column.is_text());
    let texts: Vec<&Column> = texts.collect();
    let values = table.columns.iter().filter(|column| column.is_number());
    let values: Vec<&Column> = values.collect();
    let mut shown = Vec::new();
    for row in 0..table.rows() {
        for column in &values {
            let Some(value) = column.cells[row].number() else {
                continue;
            };
            let title = column.title();
            let mut samples = SampleColumns::default();
            samples.push(at_ms, value);
            shown.push(ShownSeries {
                name: row_name(
                    &texts,
                    row,
                    (values.len() > 1 || texts.is_empty()).then_some(&title),
                ),
                query: query_of(table, column),
                labels: row_labels(&texts, row, &title),
                samples,
            });
        }
    }
    shown
}

fn row_name(texts: &[&Column], row: usize, column: Option<&str>) -> String {
    let parts = texts.iter().map(|text| text.cells[row].text());
    let mut parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.extend(column.map(Into::into));
    parts.join(" ")
}

/// The row's texts, and what tells it from rows of the same texts.
fn row_labels(texts: &[&Column], row: usize, column: &str) -> Labels {
    let texts = texts.iter();
    let texts = texts.map(|text| (text.name.as_str(), text.cells[row].text()));
    let mut labels = Labels::from_pairs(texts).to_builder();
    labels.set("__row__", &row.to_string());
    labels.set("__column__", column);
    labels.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::table;

    /// `name: time=value …` of each series.
    fn check(of: SeriesOf, given: &str, expected: &[&str]) {
        let shown = shown_series(of, &[table(given)], 9_000, 1_000);
        let text = |series: &ShownSeries| {
            let samples = series.samples.iter();
            let samples: Vec<String> = samples
                .map(|sample| format!("{}={}", sample.timestamp_ms, sample.value))
                .collect();
            format!("{}: {}", series.name, samples.join(" "))
        };
        let got: Vec<String> = shown.iter().map(text).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn columns_over_time_are_series() {
        check(
            SeriesOf::default(),
            "Time@,a,b | 1,5,7 | 2,6,",
            &["a: 1=5 2=6", "b: 1=7"],
        );
    }

    #[test]
    fn columns_of_one_moment_have_a_sample_a_row() {
        let expected = ["Value: 8000=5 9000=6"];
        check(SeriesOf::default(), "job,Value | a,5 | b,6", &expected);
        check(
            SeriesOf::default(),
            "Time@,job,Value | 3,a,5 | 3,b,6",
            &expected,
        );
    }

    #[test]
    fn only_the_columns_that_are_meant_are_shown() {
        let columns = Pattern::new("^Value #B$").ok();
        let of = SeriesOf {
            columns: columns.as_ref(),
            each_row: true,
        };
        check(
            of,
            "job,Value #A,Value #B | a,1,2 | b,3,4",
            &["a: 9000=2", "b: 9000=4"],
        );
    }

    #[test]
    fn rows_are_shown_each_where_the_panel_says_so() {
        let of = SeriesOf {
            each_row: true,
            columns: None,
        };
        check(
            of,
            "job,kind,Value | a,x,5 | b,,6",
            &["a x: 9000=5", "b: 9000=6"],
        );
        check(of, "u,v | 1,2", &["u: 9000=1", "v: 9000=2"]);
    }
}
