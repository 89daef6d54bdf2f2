//! What a panel that shows series makes of tables.

use series::{Labels, SampleColumns};

use super::answer::to_series;
use super::table::{Cell, Column, Table};
use crate::kind::Kind;
use crate::model::{Format, Panel};
use crate::pattern::Pattern;

/// A series as it is shown: made of a column of values, or of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownSeries {
    /// What a legend says.
    pub name: String,
    /// The query that it comes from.
    pub query: char,
    /// What tells it from others.
    pub labels: Labels,
    /// Its samples.
    pub samples: SampleColumns,
}

impl Panel {
    /// Whether its answers are made tables of before they are shown.
    pub fn needs_tables(&self) -> bool {
        let is_table = matches!(self.kind, Kind::Table(_) | Kind::BarChart(_));
        let mut queries = self.queries.iter();
        is_table
            || self.shows_columns().is_some()
            || !self.transformations.is_empty()
            || queries.any(|query| query.format == Format::Table)
    }

    /// Which columns of tables are figures, where the panel says it.
    pub fn shows_columns(&self) -> Option<&Pattern> {
        match &self.kind {
            Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => {
                options.columns.as_ref()
            }
            Kind::Pie(options) => options.columns.as_ref(),
            _ => None,
        }
    }

    /// Whether what it shows is in its tables, and not in its series.
    pub fn shows_tables(&self) -> bool {
        let is_stat = matches!(self.kind, Kind::Stat(_));
        matches!(self.kind, Kind::Table(_)) || is_stat && self.shows_columns().is_some()
    }

    /// Whether each row of a table is shown, in place of one value a column.
    fn shows_rows(&self) -> bool {
        match &self.kind {
            Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => {
                options.each_row
            }
            Kind::Pie(options) => options.each_row,
            _ => false,
        }
    }
}

/// The series that the panel shows of tables. A row without a time stands at
/// `at_ms`; of a column without times the panel's calculation sees one sample
/// a row, the last one at `at_ms`, each `step_ms` after the one before.
pub fn shown_series(panel: &Panel, tables: &[Table], at_ms: i64, step_ms: i64) -> Vec<ShownSeries> {
    let of_table = |table: &Table| match table.time() {
        _ if panel.shows_rows() => rows(table, at_ms),
        Some(time) if is_over_time(time) => columns(table),
        _ => column_samples(table, at_ms, step_ms),
    };
    let Some(shown) = panel.shows_columns() else {
        return tables.iter().flat_map(of_table).collect();
    };
    // What names a row stays.
    let is_shown = |column: &Column| !column.is_number() || shown.is_of(column);
    let chosen = tables.iter().map(|table| Table {
        columns: table
            .columns
            .iter()
            .filter(|column| is_shown(column))
            .cloned()
            .collect(),
        ..*table
    });
    chosen
        .collect::<Vec<_>>()
        .iter()
        .flat_map(of_table)
        .collect()
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

fn query_of(table: &Table, column: &Column) -> char {
    column.query.or(table.query).unwrap_or('A')
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
    let samples = |column: &Column| {
        let mut samples = SampleColumns::default();
        for (cell, row) in column.cells.iter().zip(0..) {
            if let Cell::Number(value) = cell {
                samples.push(first_ms + row * step_ms, *value);
            }
        }
        samples
    };
    let values = table.columns.iter().filter(|column| column.is_number());
    values
        .map(|column| ShownSeries {
            name: column.title().into_owned(),
            query: query_of(table, column),
            labels: told_apart(column),
            samples: samples(column),
        })
        .collect()
}

/// A row is named after its texts, and after its column where there are none,
/// or several columns of values.
fn rows(table: &Table, at_ms: i64) -> Vec<ShownSeries> {
    let is_text = |column: &&Column| matches!(column.sample(), Cell::Text(_));
    let texts: Vec<&Column> = table.columns.iter().filter(is_text).collect();
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
    use super::super::testing::table;
    use super::*;
    use crate::kind::{PieOptions, StatOptions};

    /// `name: time=value …` of each series.
    fn check(kind: Kind, given: &str, expected: &[&str]) {
        let panel = Panel {
            kind,
            ..Panel::default()
        };
        let shown = shown_series(&panel, &[table(given)], 9_000, 1_000);
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
            Kind::default(),
            "Time@,a,b | 1,5,7 | 2,6,",
            &["a: 1=5 2=6", "b: 1=7"],
        );
    }

    #[test]
    fn columns_of_one_moment_have_a_sample_a_row() {
        let expected = ["Value: 8000=5 9000=6"];
        check(Kind::default(), "job,Value | a,5 | b,6", &expected);
        check(
            Kind::default(),
            "Time@,job,Value | 3,a,5 | 3,b,6",
            &expected,
        );
    }

    #[test]
    fn only_the_columns_that_are_meant_are_shown() {
        let options = StatOptions {
            columns: Pattern::new("^Value #B$").ok(),
            each_row: true,
            ..StatOptions::default()
        };
        check(
            Kind::Gauge(options),
            "job,Value #A,Value #B | a,1,2 | b,3,4",
            &["a: 9000=2", "b: 9000=4"],
        );
    }

    #[test]
    fn rows_are_shown_each_where_the_panel_says_so() {
        let each_row = true;
        let stat = StatOptions {
            each_row,
            ..StatOptions::default()
        };
        let given = "job,kind,Value | a,x,5 | b,,6";
        check(
            Kind::Stat(stat.clone()),
            given,
            &["a x: 9000=5", "b: 9000=6"],
        );
        check(Kind::Stat(stat), "u,v | 1,2", &["u: 9000=1", "v: 9000=2"]);
        let pie = PieOptions {
            each_row,
            ..PieOptions::default()
        };
        check(Kind::Pie(pie), given, &["a x: 9000=5", "b: 9000=6"]);
    }
}
