//! Several tables to one.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::is_default;
use frame::{Cell, Column, TIME, Table, VALUE};

/// Options of `join`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Join {
    /// The column; the first of times that a table has where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Whether only what every table has stays.
    #[serde(skip_serializing_if = "is_default")]
    pub inner: bool,
}

impl Join {
    /// One table of all that have the column; those that lack it go. A key that
    /// several rows of a table have gives a row for each of them.
    pub(super) fn apply(&self, tables: Vec<Table>) -> Vec<Table> {
        let mut joined: Option<Joined> = None;
        for table in &tables {
            let Some(key) = self.key(table) else {
                continue;
            };
            match &mut joined {
                None => joined = Some(Joined::new(table, key)),
                Some(joined) => joined.add(table, key, self.inner),
            }
        }
        match joined {
            Some(joined) if tables.len() > 1 => vec![joined.table()],
            _ => tables,
        }
    }

    fn key(&self, table: &Table) -> Option<usize> {
        let mut columns = table.columns.iter();
        columns.position(|column| self.is_key(column))
    }

    fn is_key(&self, column: &Column) -> bool {
        match self.by.as_str() {
            "" => column.is_time(),
            // Whatever a source calls them, there is one column of times.
            TIME | "time" => column.is_time() || column.is_called(&self.by),
            name => column.is_called(name),
        }
    }
}

/// Rows of several tables that have one key; a row is of each table its row,
/// where it has one.
struct Joined<'a> {
    tables: Vec<(&'a Table, usize)>,
    rows: Vec<(String, Vec<Option<usize>>)>,
}

impl<'a> Joined<'a> {
    fn new(table: &'a Table, key: usize) -> Self {
        let cells = table.columns[key].cells.iter().enumerate();
        Self {
            tables: vec![(table, key)],
            rows: cells
                .map(|(row, cell)| (cell.text().into_owned(), vec![Some(row)]))
                .collect(),
        }
    }

    fn add(&mut self, table: &'a Table, key: usize, inner: bool) {
        let mut of_key: HashMap<String, Vec<usize>> = HashMap::new();
        let mut keys = Vec::new();
        for (row, cell) in table.columns[key].cells.iter().enumerate() {
            let rows = of_key.entry(cell.text().into_owned()).or_default();
            if rows.is_empty() {
                keys.push(cell.text().into_owned());
            }
            rows.push(row);
        }
        let mut rows = Vec::with_capacity(self.rows.len());
        for (key, held) in self.rows.drain(..) {
            match of_key.get(&key) {
                Some(found) => rows.extend(
                    found
                        .iter()
                        .map(|row| (key.clone(), with(&held, Some(*row)))),
                ),
                None if !inner => rows.push((key, with(&held, None))),
                None => {}
            }
        }
        let known: std::collections::HashSet<&String> = rows.iter().map(|(key, _)| key).collect();
        let fresh: Vec<&String> = keys
            .iter()
            .filter(|key| !inner && !known.contains(key))
            .collect();
        let nothing = vec![None; self.tables.len()];
        let fresh: Vec<_> = fresh
            .into_iter()
            .flat_map(|key| {
                of_key[key]
                    .iter()
                    .map(|row| (key.clone(), with(&nothing, Some(*row))))
            })
            .collect();
        rows.extend(fresh);
        self.rows = rows;
        self.tables.push((table, key));
    }

    /// The key of a row: that of the first table that has it.
    fn key_of(&self, held: &[Option<usize>]) -> Cell {
        let mut tables = self.tables.iter().zip(held);
        let found =
            tables.find_map(|((table, key), row)| Some(&table.columns[*key].cells[(*row)?]));
        found.cloned().unwrap_or_default()
    }

    fn table(mut self) -> Table {
        let (first, key) = self.tables[0];
        let rows = self.rows.iter();
        let keys: Vec<Cell> = rows.map(|(_, held)| self.key_of(held)).collect();
        let mut columns = vec![Column {
            cells: keys,
            ..first.columns[key].headed()
        }];
        for (index, (table, key)) in self.tables.drain(..).enumerate() {
            let others = table
                .columns
                .iter()
                .enumerate()
                .filter(|(column, _)| *column != key);
            columns.extend(others.map(|(_, column)| {
                Column {
                    cells: self
                        .rows
                        .iter()
                        .map(|(_, held)| {
                            held[index].map_or(Cell::Empty, |row| column.cells[row].clone())
                        })
                        .collect(),
                    ..column.headed()
                }
            }));
        }
        let mut table = Table {
            query: first.query,
            columns,
        };
        table.sort_by_time();
        table.tell_apart();
        table
    }
}

fn with(held: &[Option<usize>], row: Option<usize>) -> Vec<Option<usize>> {
    held.iter().copied().chain([row]).collect()
}

/// All columns side by side; shorter ones end with absent values.
pub(super) fn concatenate(tables: Vec<Table>) -> Vec<Table> {
    let rows = tables.iter().map(Table::rows).max().unwrap_or(0);
    let query = tables.first().and_then(|table| table.query);
    let columns = tables.into_iter().flat_map(|table| table.columns);
    let mut table = Table {
        query,
        columns: columns.collect(),
    };
    for column in &mut table.columns {
        column.cells.resize(rows, Cell::Empty);
    }
    table.tell_apart();
    vec![table]
}

/// One row for those rows of all tables that agree in the columns that all
/// have, unless they contradict each other elsewhere.
pub(super) fn merge(tables: Vec<Table>) -> Vec<Table> {
    if tables.len() <= 1 {
        return tables;
    }
    let mut merged = headings(&tables);
    let keys: Vec<bool> = merged
        .columns
        .iter()
        .map(|column| {
            let mut tables = tables.iter();
            tables.all(|table| place(table, &column.name).is_some())
        })
        .collect();
    if !keys.contains(&true) {
        return tables;
    }
    let mut rows = MergedRows::default();
    for table in &tables {
        let places: Vec<Option<usize>> = merged
            .columns
            .iter()
            .map(|column| place(table, &column.name))
            .collect();
        for row in 0..table.rows() {
            let cells = places
                .iter()
                .map(|place| place.map(|column| table.columns[column].cells[row].clone()));
            rows.add(&keys, cells.collect());
        }
    }
    for (index, column) in merged.columns.iter_mut().enumerate() {
        column.cells = rows
            .rows
            .iter_mut()
            .map(|row| row[index].take().unwrap_or_default())
            .collect();
    }
    vec![merged]
}

fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}

/// The columns that any of the tables has, without rows.
fn headings(tables: &[Table]) -> Table {
    let mut merged = Table {
        query: tables[0].query,
        columns: Vec::new(),
    };
    for column in tables.iter().flat_map(|table| &table.columns) {
        match merged
            .columns
            .iter_mut()
            .find(|known| known.name == column.name)
        {
            Some(known) if known.shown_as != column.shown_as => known.shown_as.clear(),
            Some(_) => {}
            None => merged.columns.push(Column {
                labels: series::Labels::empty(),
                ..column.headed()
            }),
        }
    }
    merged
}

/// Rows in the order in which they came; a cell is `None` where its row's
/// tables lack the column.
#[derive(Default)]
struct MergedRows {
    rows: Vec<Vec<Option<Cell>>>,
    of_key: HashMap<String, Vec<usize>>,
}

impl MergedRows {
    fn add(&mut self, keys: &[bool], cells: Vec<Option<Cell>>) {
        let of_key = cells.iter().zip(keys).filter(|(_, is_key)| **is_key);
        let texts: Vec<_> = of_key
            .filter_map(|(cell, _)| cell.as_ref().map(Cell::text))
            .collect();
        let known = self.of_key.entry(texts.join("\u{1f}")).or_default();
        let mut merged = false;
        for row in known.iter() {
            let row = &mut self.rows[*row];
            if row
                .iter()
                .zip(&cells)
                .all(|(held, cell)| agree(held.as_ref(), cell.as_ref()))
            {
                merged = true;
                for (held, cell) in row.iter_mut().zip(&cells) {
                    if cell.is_some() {
                        held.clone_from(cell);
                    }
                }
            }
        }
        if !merged {
            known.push(self.rows.len());
            self.rows.push(cells);
        }
    }
}

fn agree(held: Option<&Cell>, cell: Option<&Cell>) -> bool {
    match (held, cell) {
        (None | Some(Cell::Empty), _) | (_, None) => true,
        (held, cell) => held == cell,
    }
}

/// Time, name and value of every series, the newest first.
pub(super) fn series_to_rows(tables: &[Table]) -> Vec<Table> {
    let mut rows: Vec<(Cell, Cell, Cell)> = Vec::new();
    for table in tables {
        let Some(time) = table.time() else {
            continue;
        };
        for column in table.columns.iter().filter(|column| column.is_number()) {
            let name = Cell::from(&*column.title());
            let cells = time.cells.iter().zip(&column.cells);
            rows.extend(cells.map(|(time, value)| (time.clone(), name.clone(), value.clone())));
        }
    }
    rows.sort_by(|(a, ..), (b, ..)| super::rows::order(b, a));
    let (mut times, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (time, name, value) in rows {
        times.push(time);
        names.push(name);
        values.push(value);
    }
    let columns = [(TIME, times), ("Metric", names), (VALUE, values)];
    vec![Table {
        query: tables.first().and_then(|table| table.query),
        columns: columns.map(|(name, cells)| Column::new(name, cells)).into(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    fn check(step: impl Fn(Vec<Table>) -> Vec<Table>, given: &[&str], expected: &[&str]) {
        let tables = step(given.iter().map(|given| table(given)).collect());
        let got: Vec<String> = tables.iter().map(text).collect();
        assert_eq!(got, expected, "of {given:?}");
    }

    #[test]
    fn tables_are_joined_by_a_column() {
        let by_time = Join::default();
        check(
            |tables| by_time.apply(tables),
            &["Time@,a | 1,5 | 2,6", "Time@,b | 2,7 | 3,8"],
            &["Time@,a,b | 1,5, | 2,6,7 | 3,,8"],
        );
        let inner = Join {
            by: "job".into(),
            inner: true,
        };
        check(
            |tables| inner.apply(tables),
            &[
                "Time@,job,v | 1,x,5 | 1,y,6",
                "job,Time@,w | y,1,7 | y,2,8 | z,1,9",
                "other | 1",
            ],
            &["job,Time 1@,v,Time 2@,w | y,1,6,1,7 | y,1,6,2,8"],
        );
        check(|tables| inner.apply(tables), &["a | 1"], &["a | 1"]);
    }

    #[test]
    fn rows_of_the_same_keys_become_one() {
        check(
            merge,
            &[
                "Time@,job,Value #A | 1,x,5 | 1,y,6",
                "Time@,job,Value #B | 1,y,7 | 1,z,8",
            ],
            &["Time@,job,Value #A,Value #B | 1,x,5, | 1,y,6,7 | 1,z,,8"],
        );
        check(merge, &["a,b | x,1", "a,b | x,2"], &["a,b | x,1 | x,2"]);
        check(merge, &["a | 1", "b | 2"], &["a | 1", "b | 2"]);
    }

    #[test]
    fn tables_stand_side_by_side_and_series_below_each_other() {
        check(
            concatenate,
            &["a | 1 | 2", "a,b | 3,4"],
            &["a 1,a 2,b | 1,3,4 | 2,,"],
        );
        check(
            |tables| series_to_rows(&tables),
            &["Time@,a | 1,5 | 3,6", "Time@,b | 2,7"],
            &["Time@,Metric,Value | 3,a,6 | 2,b,7 | 1,a,5"],
        );
    }
}
