//! Tables, and the answers of a source as tables.
//!
//! Contract: all columns of a table have one length. A column is what Grafana
//! calls a field, a table what it calls a frame; names and shapes are those
//! that its Prometheus data source gives, since transformations refer to them.

use std::borrow::Cow;
use std::sync::Arc;

use series::{Labels, SampleColumns};

use crate::legend::legend;
use crate::model::{Format, Query};

/// The name of a column of times.
pub const TIME: &str = "Time";
/// The name of a column of values.
pub const VALUE: &str = "Value";

/// One value of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// No value.
    #[default]
    Empty,
    /// A number; may be any float.
    Number(f64),
    /// A time in milliseconds since the Unix epoch.
    Time(i64),
    /// A text.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// What the source calls it: `Time`, `Value`, a label's name.
    pub name: String,
    /// What it is shown as: a legend, or another name that a transformation
    /// gives it; empty where name and labels say it, see [`Column::title`].
    pub shown_as: String,
    /// The labels of the series that the values are of.
    pub labels: Labels,
    /// The query that it comes from.
    pub query: Option<char>,
    /// One a row.
    pub cells: Vec<Cell>,
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The query that it comes from.
    pub query: Option<char>,
    /// In the order in which they are shown.
    pub columns: Vec<Column>,
}

/// What a source answered to one query of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The query.
    pub query: &'a Query,
    /// Its series; of an instant query with one sample each.
    pub series: &'a [AnswerSeries],
}

/// One series of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerSeries {
    /// Its labels.
    pub labels: Labels,
    /// Its samples.
    pub samples: SampleColumns,
}

impl Cell {
    /// The number: of a time its milliseconds, of a flag 0 or 1, of a text
    /// what it reads as.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Number(number) => Some(*number),
            Self::Time(ms) => Some(*ms as f64),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
        }
    }

    /// The value as a text, as a label would hold it; empty where there is none.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(ms) => Cow::Owned(ms.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    /// Whether there is no value, or one that is not a number.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Number(number) => number.is_nan(),
            _ => false,
        }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl Column {
    /// A column of its own, of no series.
    pub fn new(name: &str, cells: Vec<Cell>) -> Self {
        Self {
            name: name.to_owned(),
            cells,
            ..Self::default()
        }
    }

    /// What the heading says, and what transformations and overrides know the
    /// column by: the legend, else the name with what tells its series apart.
    pub fn title(&self) -> Cow<'_, str> {
        if !self.shown_as.is_empty() {
            return Cow::Borrowed(&self.shown_as);
        }
        let labels = self.labels.without_metric_name();
        let only = match labels.len() {
            0 => return Cow::Borrowed(&self.name),
            1 => labels.iter().next().map(|label| label.value.to_owned()),
            _ => None,
        };
        let said = only.unwrap_or_else(|| labels.to_string());
        Cow::Owned(match self.name.as_str() {
            VALUE | "" => said,
            name => format!("{name} {said}"),
        })
    }

    /// The first cell that has a value, which tells the column's type.
    pub fn sample(&self) -> &Cell {
        let has_value = |cell: &&Cell| !matches!(cell, Cell::Empty);
        self.cells.iter().find(has_value).unwrap_or(&Cell::Empty)
    }

    /// Whether its values are times.
    pub fn is_time(&self) -> bool {
        matches!(self.sample(), Cell::Time(_)) || self.cells.is_empty() && self.name == TIME
    }

    /// Whether its values are numbers; a column without any value may be one.
    pub fn is_number(&self) -> bool {
        matches!(self.sample(), Cell::Number(_) | Cell::Empty) && !self.is_time()
    }
}

impl Table {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// The column of a title or, where none has it, of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let by_title = self.columns.iter().find(|column| column.title() == name);
        by_title.or_else(|| self.columns.iter().find(|column| column.name == name))
    }

    /// The first column of times.
    pub fn time(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.is_time())
    }

    /// One series over time: a column of times, and one of values under the
    /// name that the query's legend gives it.
    pub fn from_series(query: &Query, series: &AnswerSeries) -> Self {
        let times = series.samples.timestamps_ms.iter().copied();
        let values = series.samples.values.iter().copied();
        let value = Column {
            name: VALUE.to_owned(),
            shown_as: legend(&query.legend, &series.labels),
            labels: series.labels.clone(),
            query: Some(query.letter),
            cells: values.map(Cell::Number).collect(),
        };
        Self {
            query: Some(query.letter),
            columns: vec![Column::new(TIME, times.map(Cell::Time).collect()), value],
        }
    }

    /// A row a sample: its time, a column for each label, its value under
    /// `value`, which tells several queries' columns apart.
    pub fn from_rows(query: &Query, series: &[AnswerSeries], value: &str) -> Self {
        let mut names: Vec<&str> = series
            .iter()
            .flat_map(|series| series.labels.iter().map(|label| label.name))
            .collect();
        names.sort_unstable();
        names.dedup();
        let samples = || {
            let of = |series| samples_of(series).map(move |sample| (series, sample));
            series.iter().flat_map(of)
        };
        let label = |name: &&str| {
            let cells = samples().map(|(series, _)| {
                let value = series.labels.get(name);
                value.map_or(Cell::Empty, Cell::from)
            });
            Column::new(name, cells.collect())
        };
        let times = samples().map(|(_, sample)| Cell::Time(sample.timestamp_ms));
        let values = samples().map(|(_, sample)| Cell::Number(sample.value));
        let mut columns = vec![Column::new(TIME, times.collect())];
        columns.extend(names.iter().map(label));
        columns.push(Column::new(value, values.collect()));
        for column in &mut columns {
            column.query = Some(query.letter);
        }
        Self {
            query: Some(query.letter),
            columns,
        }
    }
}

fn samples_of(series: &AnswerSeries) -> impl Iterator<Item = series::Sample> {
    series.samples.iter()
}

/// The answers to a panel's queries as tables: one a series, and one for each
/// query whose answer is asked for as a table.
pub fn tables(answers: &[Answer]) -> Vec<Table> {
    let several = answers.len() > 1;
    let mut tables = Vec::new();
    for answer in answers {
        let query = answer.query;
        if query.format == Format::Table {
            let value = match several {
                true => format!("{VALUE} #{}", query.letter),
                false => VALUE.to_owned(),
            };
            tables.push(Table::from_rows(query, answer.series, &value));
        } else {
            let of = |series| Table::from_series(query, series);
            tables.extend(answer.series.iter().map(of));
        }
    }
    tables
}

/// A value column of a table back as a series over the table's times.
pub fn to_series(table: &Table) -> Vec<(&Column, SampleColumns)> {
    let Some(time) = table.time() else {
        return Vec::new();
    };
    let values = table.columns.iter().filter(|column| column.is_number());
    let of = |column: &Column| {
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
    };
    values.map(|column| (column, of(column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> AnswerSeries {
        let mut columns = SampleColumns::default();
        samples
            .iter()
            .for_each(|&(ms, value)| columns.push(ms, value));
        AnswerSeries {
            labels: Labels::from_pairs(labels.iter().copied()),
            samples: columns,
        }
    }

    fn query(letter: char, format: Format, legend: &str) -> Query {
        Query {
            letter,
            format,
            legend: legend.to_owned(),
            ..Query::default()
        }
    }

    fn titles(table: &Table) -> Vec<String> {
        table
            .columns
            .iter()
            .map(|column| column.title().into_owned())
            .collect()
    }

    #[test]
    fn a_series_is_a_table_of_times_and_values_and_comes_back() {
        let answered = [series(&[("job", "a")], &[(0, 1.0), (1_000, 2.0)])];
        let query = query('A', Format::Series, "{{job}}!");
        let tables = tables(&[Answer {
            query: &query,
            series: &answered,
        }]);
        assert_eq!(titles(&tables[0]), [TIME, "a!"]);
        let back = to_series(&tables[0]);
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].1, answered[0].samples);
        assert_eq!(back[0].0.labels, answered[0].labels);
    }

    #[test]
    fn an_answer_as_a_table_has_a_column_for_each_label() {
        let a = [
            series(&[("__name__", "up"), ("job", "a")], &[(5, 1.0)]),
            series(&[("pod", "p")], &[(5, 0.0)]),
        ];
        let (one, two) = (query('A', Format::Table, ""), query('B', Format::Table, ""));
        let alone = tables(&[Answer {
            query: &one,
            series: &a,
        }]);
        assert_eq!(titles(&alone[0]), [TIME, "__name__", "job", "pod", VALUE]);
        assert_eq!(alone[0].columns[3].cells, [Cell::Empty, Cell::from("p")]);
        let both = tables(&[
            Answer {
                query: &one,
                series: &a,
            },
            Answer {
                query: &two,
                series: &[],
            },
        ]);
        assert_eq!(titles(&both[0])[4], "Value #A");
        assert_eq!(titles(&both[1]), [TIME, "Value #B"]);
    }

    #[test]
    fn titles_say_what_tells_columns_apart() {
        let check = |name: &str, labels: &[(&str, &str)], expected: &str| {
            let column = Column {
                labels: Labels::from_pairs(labels.iter().copied()),
                ..Column::new(name, Vec::new())
            };
            assert_eq!(column.title(), expected);
        };
        check("Value", &[], "Value");
        check("Value", &[("a", "1")], "1");
        check("Value", &[("a", "1"), ("b", "2")], r#"{a="1", b="2"}"#);
        check("total", &[("a", "1")], "total 1");
        check("total", &[("__name__", "m")], "total");
    }
}
