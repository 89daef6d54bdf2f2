//! Tables.
//!
//! Contract: all columns of a table have one length. A column is what Grafana
//! calls a field, a table what it calls a frame; names and shapes are those
//! that its Prometheus data source gives, since transformations refer to them.

use std::borrow::Cow;
use std::sync::Arc;

use series::Labels;
use wire::id::RefId;

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
    pub query: Option<RefId>,
    /// One a row.
    pub cells: Vec<Cell>,
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The query that it comes from.
    pub query: Option<RefId>,
    /// In the order in which they are shown.
    pub columns: Vec<Column>,
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

    /// The number, where it is one; NaN is none.
    pub fn ordinary_number(&self) -> Option<f64> {
        self.number().filter(|number| !number.is_nan())
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

    /// Whether there is no value, an empty text, or what is not a number.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Number(number) => number.is_nan(),
            Self::Text(text) => text.is_empty(),
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

    /// The value of a label of its series; empty where there is no such label.
    pub fn label(&self, name: &str) -> Cell {
        self.labels.get(name).map_or(Cell::Empty, Cell::from)
    }

    /// The heading of the column, without its cells.
    pub fn headed(&self) -> Self {
        Self {
            name: self.name.clone(),
            shown_as: self.shown_as.clone(),
            labels: self.labels.clone(),
            query: self.query,
            cells: Vec::new(),
        }
    }

    /// The cells of some rows.
    pub fn picked(&self, rows: &[usize]) -> Self {
        Self {
            cells: rows.iter().map(|row| self.cells[*row].clone()).collect(),
            ..self.headed()
        }
    }

    /// Whether it has this title, or the source calls it so.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.title() == name
    }

    /// The first cell that has a value, which tells the column's type.
    pub fn sample(&self) -> &Cell {
        let mut cells = self.cells.iter();
        cells
            .find(|cell| !matches!(cell, Cell::Empty))
            .unwrap_or(&Cell::Empty)
    }

    /// Whether its values are texts.
    pub fn is_text(&self) -> bool {
        matches!(self.sample(), Cell::Text(_))
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

    /// Keeps these rows, in this order.
    pub fn pick(&mut self, rows: &[usize]) {
        self.columns = self
            .columns
            .iter()
            .map(|column| column.picked(rows))
            .collect();
    }

    /// Sorts rows by the first column, where that is one of times.
    pub fn sort_by_time(&mut self) {
        let Some(time) = self.columns.first().filter(|column| column.is_time()) else {
            return;
        };
        let mut rows: Vec<usize> = (0..self.rows()).collect();
        rows.sort_by_key(|row| match time.cells[*row] {
            Cell::Time(ms) => ms,
            _ => i64::MIN,
        });
        self.pick(&rows);
    }

    /// Numbers the columns that nothing tells apart: `Time 1`, `Time 2`.
    pub fn tell_apart(&mut self) {
        let titles: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.title().into_owned())
            .collect();
        for (index, column) in self.columns.iter_mut().enumerate() {
            if column.shown_as.is_empty() && count_of(&titles, &titles[index]) > 1 {
                let number = count_of(&titles[..=index], &titles[index]);
                column.shown_as = format!("{} {number}", titles[index]);
            }
        }
    }
}

fn count_of(titles: &[String], title: &str) -> usize {
    titles.iter().filter(|other| *other == title).count()
}

#[cfg(test)]
mod tests {
    use super::*;

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
