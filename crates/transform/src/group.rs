//! Many rows to few, and columns to one value each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calculation::Calculation;
use crate::is_default;
use frame::{Cell, Column, Table};

/// Options of `group_by`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GroupBy {
    /// The columns whose values make a group.
    pub by: Vec<String>,
    /// What is calculated of the other columns; those that are not named go.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub calculate: BTreeMap<String, Vec<Calculation>>,
}

/// Options of `reduce`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reduce {
    /// What is calculated.
    pub calculations: Vec<Calculation>,
    /// Whether columns stay columns, with one row; else each becomes a row.
    #[serde(skip_serializing_if = "is_default")]
    pub columns: bool,
    /// Whether a row gets its labels as columns.
    #[serde(skip_serializing_if = "is_default")]
    pub labels: bool,
    /// Whether times count as values.
    #[serde(skip_serializing_if = "is_default")]
    pub times: bool,
}

impl GroupBy {
    pub(super) fn apply(&self, table: &Table) -> Table {
        let (keys, others): (Vec<&Column>, Vec<&Column>) =
            table.columns.iter().partition(|column| self.is_key(column));
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in 0..table.rows() {
            let texts: Vec<_> = keys.iter().map(|column| column.cells[row].text()).collect();
            let group = *known.entry(texts.join("\u{1f}")).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(row);
        }
        if keys.is_empty() {
            return table.clone();
        }
        let firsts: Vec<usize> = groups.iter().map(|rows| rows[0]).collect();
        let mut columns: Vec<Column> = keys.iter().map(|column| column.picked(&firsts)).collect();
        for column in others {
            let mut calculate = self.calculate.iter();
            let calculations = calculate.find(|(name, _)| column.is_called(name));
            for calculation in calculations.into_iter().flat_map(|(_, all)| all) {
                let cells = groups
                    .iter()
                    .map(|rows| calculation.of_cells(&column.picked(rows).cells));
                let name = format!("{} ({})", column.title(), calculation.id());
                columns.push(Column::new(&name, cells.collect()));
            }
        }
        Table {
            query: table.query,
            columns,
        }
    }

    fn is_key(&self, column: &Column) -> bool {
        self.by.iter().any(|name| column.is_called(name))
    }
}

impl Reduce {
    pub(super) fn apply(&self, tables: Vec<Table>) -> Vec<Table> {
        if self.columns {
            tables.iter().map(|table| self.columns_of(table)).collect()
        } else if tables.is_empty() {
            tables
        } else {
            vec![self.rows_of(&tables)]
        }
    }

    /// What names the row that a column becomes.
    fn name_of(&self, source: &Column) -> Cell {
        if self.labels {
            Cell::from(source.name.as_str())
        } else {
            Cell::from(&*source.title())
        }
    }

    fn is_meant(&self, column: &Column) -> bool {
        self.times || !column.is_time()
    }

    fn columns_of(&self, table: &Table) -> Table {
        let mut columns = Vec::new();
        for column in table.columns.iter().filter(|column| self.is_meant(column)) {
            for calculation in &self.calculations {
                let mut reduced = Column {
                    cells: vec![calculation.of_cells(&column.cells)],
                    ..column.headed()
                };
                if self.calculations.len() > 1 {
                    let title = column.title();
                    reduced.shown_as = format!("{title} {}", calculation.title());
                }
                columns.push(reduced);
            }
        }
        Table {
            query: table.query,
            columns,
        }
    }

    fn rows_of(&self, tables: &[Table]) -> Table {
        let sources: Vec<&Column> = tables
            .iter()
            .flat_map(|table| &table.columns)
            .filter(|column| self.is_meant(column))
            .collect();
        let names = sources.iter().map(|source| self.name_of(source));
        let mut columns = vec![Column::new("Field", names.collect())];
        let labels = sources.iter().flat_map(|source| source.labels.iter());
        let labels: BTreeMap<&str, ()> = labels.map(|label| (label.name, ())).collect();
        for label in labels.keys().filter(|_| self.labels) {
            let cells = sources.iter().map(|source| source.label(label));
            columns.push(Column::new(label, cells.collect()));
        }
        for calculation in &self.calculations {
            let cells = sources
                .iter()
                .map(|source| calculation.of_cells(&source.cells));
            columns.push(Column::new(calculation.title(), cells.collect()));
        }
        Table {
            query: tables[0].query,
            columns,
        }
    }
}

impl Calculation {
    /// Of cells of any type; a time stays one where it can.
    pub(super) fn of_cells(self, cells: &[Cell]) -> Cell {
        let mut there = cells.iter().filter(|cell| !cell.is_empty());
        match self {
            Self::Last => there.next_back().cloned().unwrap_or_default(),
            Self::First => there.next().cloned().unwrap_or_default(),
            Self::Previous => there.rev().nth(1).cloned().unwrap_or_default(),
            Self::Count => Cell::Number(cells.len() as f64),
            Self::AllNull => Cell::Flag(there.next().is_none()),
            Self::AllValues => {
                let texts: Vec<_> = there.map(Cell::text).collect();
                Cell::from(texts.join(", ").as_str())
            }
            Self::Distinct => {
                let distinct: BTreeSet<_> = there.map(Cell::text).collect();
                Cell::Number(distinct.len() as f64)
            }
            _ => self.of_numbers(cells),
        }
    }

    fn of_numbers(self, cells: &[Cell]) -> Cell {
        let numbers: Vec<Option<f64>> = cells.iter().map(Cell::ordinary_number).collect();
        let is_time = cells.iter().any(|cell| matches!(cell, Cell::Time(_)));
        match self.of(&numbers) {
            Some(ms) if is_time && matches!(self, Self::Min | Self::Max) => Cell::Time(ms as i64),
            Some(number) => Cell::Number(number),
            None => Cell::Empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    #[test]
    fn rows_are_grouped_and_calculated() {
        let group = GroupBy {
            by: vec!["job".into()],
            calculate: [(
                "Value".to_owned(),
                vec![Calculation::Sum, Calculation::Last],
            )]
            .into(),
        };
        let given = table("Time@,job,Value | 1,a,5 | 1,b,6 | 2,a,7");
        assert_eq!(
            text(&group.apply(&given)),
            "job,Value (sum),Value (lastNotNull) | a,12,7 | b,6,6"
        );
    }

    #[test]
    fn series_are_reduced_to_rows_or_stay_columns() {
        let given = || vec![table("Time@,a | 1,5 | 2,6"), table("Time@,b | 1,7 | 2,")];
        let check = |reduce: Reduce, expected: &[&str]| {
            let got: Vec<String> = reduce.apply(given()).iter().map(text).collect();
            assert_eq!(got, expected);
        };
        let reduce = || Reduce {
            calculations: vec![Calculation::Max, Calculation::Last],
            ..Reduce::default()
        };
        check(reduce(), &["Field,Max,Last * | a,6,6 | b,7,7"]);
        let columns = Reduce {
            columns: true,
            calculations: vec![Calculation::Mean],
            ..reduce()
        };
        check(columns, &["a | 5.5", "b | 7"]);
    }

    #[test]
    fn a_calculation_is_of_cells_of_any_type() {
        let check = |calculation: Calculation, cells: &[Cell], expected: Cell| {
            assert_eq!(calculation.of_cells(cells), expected, "{calculation:?}");
        };
        let texts = [
            Cell::from("a"),
            Cell::Empty,
            Cell::from("b"),
            Cell::from("a"),
        ];
        check(Calculation::Last, &texts, Cell::from("a"));
        check(Calculation::Distinct, &texts, Cell::Number(2.0));
        check(Calculation::Count, &texts, Cell::Number(4.0));
        check(Calculation::AllValues, &texts, Cell::from("a, b, a"));
        check(Calculation::Sum, &texts, Cell::Empty);
        check(
            Calculation::Max,
            &[Cell::Time(3), Cell::Time(5)],
            Cell::Time(5),
        );
    }
}
