//! What a stat writes big: each series, or the columns of its tables that its
//! options name, of which some may hold texts.

use std::borrow::Cow;

use chart::civil::utc;
use dashboard::{Calculation, Clock, Field, Panel, Pattern, StatOptions};
use frame::{Cell, Column, Table};

use super::value::{self, Shown};
use super::{PanelSeries, SeriesView, name_of};
use crate::text::moment;

/// One figure.
pub struct StatValue<'a> {
    /// What it is called.
    pub name: Cow<'a, str>,
    /// How it is written and judged.
    pub field: Field,
    /// Its values over time, or in the order of the rows.
    pub values: Cow<'a, [Option<f64>]>,
    /// What is written where the values are no numbers.
    text: Option<String>,
    /// Its value now is none: see [`SeriesView::is_gone`].
    is_gone: bool,
}

impl StatValue<'_> {
    /// What is written of it.
    pub fn shown(&self, calculation: Calculation, clock: &Clock) -> Shown {
        match &self.text {
            Some(text) => value::of_text(text, &self.field),
            None => {
                let is_gone = self.is_gone && calculation == Calculation::Last;
                let value = calculation.of(&self.values).filter(|_| !is_gone);
                value::of(value, &self.field, clock)
            }
        }
    }

    /// Whether there is a trend to draw.
    pub fn has_trend(&self) -> bool {
        self.text.is_none() && self.values.len() > 1
    }
}

/// The figures of a stat, in order.
pub fn stat_values<'a>(
    panel: &Panel,
    options: &StatOptions,
    data: &'a PanelSeries,
) -> Vec<StatValue<'a>> {
    if let Some(columns) = &options.columns {
        let tables = data.tables.iter();
        let figures = tables.flat_map(|table| of_table(panel, options, table, columns));
        return figures.collect();
    }
    let series = data.series.iter().filter(|series| {
        Some(series.query) != options.capacity_query
            && options.notes.iter().all(|note| note.query != series.query)
    });
    series.map(|series| of_series(panel, series)).collect()
}

fn of_series<'a>(panel: &Panel, series: &SeriesView<'a>) -> StatValue<'a> {
    let field = panel.field_of(series.name, series.query);
    StatValue {
        name: Cow::Owned(name_of(&field, series).to_owned()),
        field,
        values: Cow::Borrowed(series.values),
        text: None,
        is_gone: series.is_gone,
    }
}

/// The columns that are meant, or each of their rows.
fn of_table(
    panel: &Panel,
    options: &StatOptions,
    table: &Table,
    columns: &Pattern,
) -> Vec<StatValue<'static>> {
    let meant = table.columns.iter().filter(|column| columns.is_of(column));
    let values = meant.flat_map(|column| {
        let rows = if options.each_row {
            1
        } else {
            column.cells.len().max(1)
        };
        let parts = column.cells.chunks(rows);
        parts.map(move |cells| of_column(panel, options, column, cells))
    });
    values.collect()
}

fn of_column(
    panel: &Panel,
    options: &StatOptions,
    column: &Column,
    cells: &[Cell],
) -> StatValue<'static> {
    let field = panel.field_of_column(column);
    let name = match field.name.as_str() {
        "" => column.title().into_owned(),
        name => name.to_owned(),
    };
    StatValue {
        name: Cow::Owned(name),
        values: cells.iter().map(number).collect(),
        text: (!column.is_number()).then(|| text(cells, options.calculation)),
        field,
        is_gone: false,
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

/// The text that stands for all: the first or the last.
fn text(cells: &[Cell], calculation: Calculation) -> String {
    let mut texts = cells.iter().filter(|cell| !cell.is_empty());
    let chosen = match calculation {
        Calculation::First => texts.next(),
        _ => texts.next_back(),
    };
    match chosen {
        Some(Cell::Time(ms)) => moment::of(*ms, &utc),
        Some(cell) => cell.text().into_owned(),
        None => String::new(),
    }
}
