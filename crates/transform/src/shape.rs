//! Labels, rows and columns to each other.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::id::RefId;

use crate::calculation::Calculation;
use crate::is_default;
use crate::or;
use frame::{Cell, Column, Table, VALUE};

/// Options of `labels_to_columns`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LabelsToColumns {
    /// The label whose value names the column of values.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The labels that become columns; all where it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Whether each label becomes a row of two columns: label and value.
    #[serde(skip_serializing_if = "is_default")]
    pub as_rows: bool,
}

/// Options of `matrix`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Matrix {
    /// The column whose values name the new columns.
    pub columns: String,
    /// The column whose values name the rows.
    pub rows: String,
    /// The column of the values.
    pub values: String,
}

/// Options of `rows_to_columns`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowsToColumns {
    /// The column of the names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub names: String,
    /// The column of the values.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub values: String,
}

/// Options of `transpose`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Transpose {
    /// The name of the first column, `Field` where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub first: String,
    /// The name of the others; the values of the first row where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rest: String,
}

impl LabelsToColumns {
    pub(super) fn apply(&self, table: &Table) -> Table {
        if self.as_rows {
            self.rows(table)
        } else {
            self.columns(table)
        }
    }

    fn is_kept(&self, label: &str) -> bool {
        self.keep.is_empty() || self.keep.iter().any(|kept| kept == label)
    }

    fn columns(&self, table: &Table) -> Table {
        let mut columns = Vec::new();
        let mut labels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for column in &table.columns {
            let named = column
                .labels
                .get(&self.value)
                .filter(|_| !self.value.is_empty());
            let mut bare = column.clone();
            if !column.labels.is_empty() {
                bare.labels = series::Labels::empty();
                bare.shown_as.clear();
            }
            if let Some(name) = named {
                name.clone_into(&mut bare.name);
            }
            columns.push(bare);
            let of = column.labels.iter();
            for label in of.filter(|label| label.name != self.value && self.is_kept(label.name)) {
                let values = labels.entry(label.name).or_default();
                if !values.contains(&label.value) {
                    values.push(label.value);
                }
            }
        }
        for (name, values) in labels {
            for value in values {
                let cells = vec![Cell::from(value); table.rows()];
                columns.push(Column::new(name, cells));
            }
        }
        Table {
            query: table.query,
            columns,
        }
    }

    fn rows(&self, table: &Table) -> Table {
        let labels = table.columns.iter().flat_map(|column| column.labels.iter());
        let kept = labels.filter(|label| self.is_kept(label.name));
        let (names, values) = kept
            .map(|label| (Cell::from(label.name), Cell::from(label.value)))
            .unzip();
        Table {
            query: table.query,
            columns: vec![Column::new("label", names), Column::new("value", values)],
        }
    }
}

impl Matrix {
    /// The value of the last row that has both names.
    pub(super) fn apply(&self, table: &Table) -> Option<Table> {
        let columns = table.column(&self.columns)?;
        let rows = table.column(&self.rows)?;
        let values = table.column(&self.values)?;
        let (names, keys) = (distinct(&columns.cells), distinct(&rows.cells));
        let mut out = vec![vec![Cell::Empty; keys.len()]; names.len()];
        for ((name, key), value) in columns.cells.iter().zip(&rows.cells).zip(&values.cells) {
            if let (Some(column), Some(row)) = (place(&names, name), place(&keys, key)) {
                out[column][row] = value.clone();
            }
        }
        let heading = format!("{}\\{}", self.rows, self.columns);
        let mut all = vec![Column::new(&heading, keys)];
        let named = names.iter().zip(out);
        all.extend(named.map(|(name, cells)| Column::new(&name.text(), cells)));
        Some(Table {
            query: table.query,
            columns: all,
        })
    }
}

fn place(cells: &[Cell], cell: &Cell) -> Option<usize> {
    cells.iter().position(|known| known == cell)
}

fn distinct(cells: &[Cell]) -> Vec<Cell> {
    let mut distinct: Vec<Cell> = Vec::new();
    for cell in cells {
        if !distinct.contains(cell) {
            distinct.push(cell.clone());
        }
    }
    distinct
}

impl RowsToColumns {
    pub(super) fn apply(&self, table: &Table) -> Option<Table> {
        let names = column_or(table, &self.names, Column::is_text)?;
        let values = column_or(table, &self.values, Column::is_number)?;
        let rows = names.cells.iter().zip(&values.cells);
        Some(Table {
            query: table.query,
            columns: rows
                .map(|(name, value)| Column::new(&name.text(), vec![value.clone()]))
                .collect(),
        })
    }
}

/// The column of a name, or the first of a type where there is no name.
fn column_or<'a>(
    table: &'a Table,
    name: &str,
    is_of_type: fn(&Column) -> bool,
) -> Option<&'a Column> {
    match name {
        "" => table.columns.iter().find(|column| is_of_type(column)),
        name => table.column(name),
    }
}

impl Transpose {
    pub(super) fn apply(&self, table: &Table) -> Table {
        let Some((first, rest)) = table.columns.split_first() else {
            return table.clone();
        };
        let is_text = first.is_text();
        let turned: Vec<&Column> = if is_text {
            rest.iter().collect()
        } else {
            table.columns.iter().collect()
        };
        let titles = turned.iter().map(|column| Cell::from(&*column.title()));
        let mut columns = vec![Column::new(or(&self.first, "Field"), titles.collect())];
        for row in 0..table.rows() {
            let cells = turned.iter().map(|column| column.cells[row].clone());
            let text = first.cells[row].text();
            let name = or(&self.rest, if is_text { &text } else { VALUE });
            columns.push(Column::new(name, cells.collect()));
        }
        let mut table = Table {
            query: table.query,
            columns,
        };
        table.tell_apart();
        table
    }
}

/// A table for each query: a row a series, its labels and its last value.
pub(super) fn series_table(tables: &[Table]) -> Vec<Table> {
    let mut out: Vec<Table> = Vec::new();
    for of_query in tables.chunk_by(|a, b| a.query == b.query) {
        let values = of_query.iter().flat_map(|table| &table.columns);
        let values: Vec<&Column> = values.filter(|column| !column.is_time()).collect();
        let labels = values.iter().flat_map(|column| column.labels.iter());
        let labels: BTreeSet<&str> = labels.map(|label| label.name).collect();
        let mut columns: Vec<Column> = labels
            .iter()
            .map(|name| {
                let cells = values.iter().map(|column| column.label(name));
                Column::new(name, cells.collect())
            })
            .collect();
        let last = values
            .iter()
            .map(|column| Calculation::Last.of_cells(&column.cells));
        let query = of_query[0].query;
        columns.push(Column::new(
            &format!("Trend #{}", query.unwrap_or(RefId::FIRST)),
            last.collect(),
        ));
        out.push(Table { query, columns });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    #[test]
    fn labels_become_columns_or_rows() {
        let mut given = table("Time@,Value | 1,5");
        given.columns[1].labels = series::Labels::from_pairs([("job", "a"), ("kind", "x")]);
        given.columns[1].shown_as = "a x".into();
        let check = |value: &str, keep: &[&str], as_rows: bool, expected: &str| {
            let labels = LabelsToColumns {
                value: value.to_owned(),
                keep: keep.iter().map(|label| (*label).to_owned()).collect(),
                as_rows,
            };
            assert_eq!(text(&labels.apply(&given)), expected);
        };
        check("", &[], false, "Time@,Value,job,kind | 1,5,a,x");
        check("kind", &[], false, "Time@,x,job | 1,5,a");
        check("", &["job"], false, "Time@,Value,job | 1,5,a");
        check("", &[], true, "label,value | job,a | kind,x");
    }

    #[test]
    fn a_column_becomes_columns() {
        let matrix = Matrix {
            columns: "mode".into(),
            rows: "host".into(),
            values: "Value".into(),
        };
        let given = table("host,mode,Value | a,idle,1 | a,user,2 | b,user,3");
        let turned = matrix.apply(&given).unwrap();
        assert_eq!(text(&turned), "host\\mode,idle,user | a,1,2 | b,,3");
        assert_eq!(matrix.apply(&table("host | a")), None);
        let columns = RowsToColumns::default().apply(&given).unwrap();
        assert_eq!(text(&columns), "a,a,b | 1,2,3");
    }

    #[test]
    fn rows_become_columns_and_columns_rows() {
        let given = table("host,idle,user | a,1,2 | b,3,4");
        assert_eq!(
            text(&Transpose::default().apply(&given)),
            "Field,a,b | idle,1,3 | user,2,4"
        );
    }
}
