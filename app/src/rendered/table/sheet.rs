//! What a table panel shows as rows and columns, each column with its heading
//! and with how its values are written, in the order that is asked for.

use std::cmp::Ordering;

use dashboard::{Field, Panel, StatColor, natural_order};
use frame::{Cell, Column, Table};

use crate::rendered::PanelSeries;

/// A table as it is shown.
pub struct Sheet<'a> {
    pub columns: Vec<Shaped<'a>>,
    /// The field of each row, where it is not its column's.
    pub row_fields: Vec<Field>,
    pub rows: usize,
}

/// A column with its heading and how its values are written.
pub struct Shaped<'a> {
    pub column: &'a Column,
    pub title: String,
    pub field: Field,
    /// What a value's status colours, where it is not the panel's choice.
    pub color: Option<StatColor>,
}

impl Sheet<'_> {
    /// How the value of a row in a column is written.
    pub fn field(&self, row: usize, column: usize) -> &Field {
        if self.columns[column].column.is_number() {
            self.row_fields.get(row)
        } else {
            None
        }
        .unwrap_or(&self.columns[column].field)
    }
}

/// A row a series: its name and its newest value.
pub fn of_series(data: &PanelSeries) -> Table {
    let names = data.series.iter().map(|series| Cell::from(series.name));
    let newest = data.series.iter().map(|series| {
        let newest = series.newest();
        newest.map_or(Cell::Empty, Cell::Number)
    });
    Table {
        query: None,
        columns: vec![
            Column::new("Series", names.collect()),
            Column::new("Value", newest.collect()),
        ],
    }
}

/// The columns of a table that are shown, each as its field and the overrides say.
pub fn shaped<'a>(panel: &Panel, table: &'a Table) -> Sheet<'a> {
    let shown = table.columns.iter().filter(|column| {
        let is_noise = panel.transformations.is_empty() && says_nothing(column);
        !is_noise && panel.shows_column(column)
    });
    let columns = shown.map(|column| {
        let field = panel.field_of_column(column);
        let title = match field.name.as_str() {
            "" => column.title().into_owned(),
            name => name.to_owned(),
        };
        Shaped {
            column,
            title,
            field,
            color: panel.color_of_column(column),
        }
    });
    Sheet {
        columns: columns.collect(),
        row_fields: Vec::new(),
        rows: table.rows(),
    }
}

/// One moment in all of several rows is that of the query, and not of the rows.
fn says_nothing(column: &Column) -> bool {
    let first = column.cells.first();
    column.is_time() && column.cells.iter().all(|cell| Some(cell) == first)
}

/// The rows in their order; an absent value comes last.
pub fn sorted(sheet: &Sheet, (column, descending): &(String, bool)) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..sheet.rows).collect();
    let by = sheet
        .columns
        .iter()
        .find(|shaped| shaped.title == *column || shaped.column.is_called(column));
    let Some(by) = by.filter(|_| !column.is_empty()) else {
        return rows;
    };
    rows.sort_by(|a, b| {
        let (a, b) = (&by.column.cells[*a], &by.column.cells[*b]);
        let order = compare(a, b);
        if *descending && !a.is_empty() && !b.is_empty() {
            order.reverse()
        } else {
            order
        }
    });
    rows
}

/// Numbers by size, as those of `le` are; other texts as people sort them.
fn compare_texts(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => natural_order(&a.to_lowercase(), &b.to_lowercase()),
    }
}

fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => compare_texts(a, b),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.text().cmp(&b.text()),
        },
    }
}
