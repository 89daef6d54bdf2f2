//! A column that is calculated of others, row by row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arithmetic::{Function, Operator};
use crate::calculation::Calculation;
use crate::is_default;
use crate::join::Join;
use crate::table::{Cell, Column, Table};

/// Options of `calculate`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Calculate {
    /// What is calculated.
    pub of: Formula,
    /// The new column's name; made of the formula where it is empty.
    #[serde(rename = "as", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether the columns of values that were there go.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: bool,
}

/// What is calculated of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// One number of several columns.
    Row {
        /// The columns; all of numbers where it is empty.
        #[serde(default)]
        columns: Vec<String>,
        /// What is calculated.
        calculation: Calculation,
    },
    /// One number of two.
    Binary {
        /// The first.
        left: Operand,
        /// What is done.
        operator: Operator,
        /// The second.
        right: Operand,
    },
    /// One number of one.
    Unary {
        /// What is done.
        function: Function,
        /// The column.
        column: String,
    },
    /// The number of the row, from 0.
    Index,
    /// The sum, or the mean, of all rows so far.
    Cumulative {
        /// The column; the first of numbers where it is empty.
        #[serde(default)]
        column: String,
        /// `sum` or `mean`.
        calculation: Calculation,
    },
    /// One number of the last rows.
    Window {
        /// The column; the first of numbers where it is empty.
        #[serde(default)]
        column: String,
        /// What is calculated.
        calculation: Calculation,
        /// So many rows, or below 1 that part of all.
        size: f64,
    },
}

impl Default for Formula {
    fn default() -> Self {
        Self::Row {
            columns: Vec::new(),
            calculation: Calculation::Sum,
        }
    }
}

/// One side of a calculation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// The values of a column.
    Column(String),
    /// A number.
    Number(f64),
    /// Every column of numbers.
    EveryColumn,
}

impl Calculate {
    /// Series are joined by their times first, unless each is calculated alone.
    pub(super) fn apply(&self, tables: Vec<Table>) -> Vec<Table> {
        let are_series = tables.iter().all(|table| table.time().is_some());
        let tables = match are_series && !self.of.is_of_each_alone() {
            true => Join::default().apply(tables),
            false => tables,
        };
        tables.into_iter().map(|table| self.extend(table)).collect()
    }

    fn extend(&self, table: Table) -> Table {
        let fresh = self.of.columns(&table, &self.name);
        let mut columns = table.columns;
        if self.replace && !fresh.is_empty() {
            columns.retain(Column::is_time);
        }
        columns.extend(fresh);
        Table { columns, ..table }
    }
}

impl Formula {
    fn is_of_each_alone(&self) -> bool {
        let is_number = |operand: &Operand| matches!(operand, Operand::Number(_));
        match self {
            Self::Binary { right, .. } => is_number(right),
            Self::Index => true,
            _ => false,
        }
    }

    /// The new columns; none where the table lacks what they are made of.
    fn columns(&self, table: &Table, name: &str) -> Vec<Column> {
        let named = |made: String, cells: Vec<Cell>| {
            let name = if name.is_empty() { made.as_str() } else { name };
            vec![Column::new(name, cells)]
        };
        match self {
            Self::Row {
                columns,
                calculation,
            } => {
                let row = |row| calculation.of_cells(&row_of(table, columns, row));
                named(
                    calculation.title().to_owned(),
                    (0..table.rows()).map(row).collect(),
                )
            }
            Self::Binary {
                left,
                operator,
                right,
            } => binary(table, left, *operator, right, name),
            Self::Index => {
                let index = (0..table.rows()).map(|row| Cell::Number(row as f64));
                named("Row".to_owned(), index.collect())
            }
            Self::Unary { column, .. }
            | Self::Cumulative { column, .. }
            | Self::Window { column, .. } => {
                let found = number_column(table, column);
                let of = |found| cells(self.of_one(&numbers(found)));
                found.map_or(Vec::new(), |found| named(self.made_name(column), of(found)))
            }
        }
    }

    /// The numbers that are made of one column's.
    fn of_one(&self, numbers: &[Option<f64>]) -> Vec<Option<f64>> {
        match self {
            Self::Unary { function, .. } => {
                let of = |number: &Option<f64>| number.map(|number| function.of(number));
                numbers.iter().map(of).collect()
            }
            Self::Cumulative { calculation, .. } => running(numbers, *calculation),
            Self::Window {
                calculation, size, ..
            } => {
                let part = if *size < 1.0 {
                    numbers.len() as f64
                } else {
                    1.0
                };
                let rows = (size * part).ceil().max(1.0) as usize;
                let window =
                    |row: usize| calculation.of(&numbers[(row + 1).saturating_sub(rows)..=row]);
                (0..numbers.len()).map(window).collect()
            }
            _ => Vec::new(),
        }
    }

    fn made_name(&self, column: &str) -> String {
        match self {
            Self::Unary { function, .. } => format!("{} {column}", function.name()),
            Self::Cumulative { calculation, .. } => {
                format!("cumulative {} {column}", calculation.id())
            }
            Self::Window { calculation, .. } => format!("window {} {column}", calculation.id()),
            _ => column.to_owned(),
        }
    }
}

fn numbers(column: &Column) -> Vec<Option<f64>> {
    let there = |cell: &Cell| cell.number().filter(|number| !number.is_nan());
    column.cells.iter().map(there).collect()
}

fn cells(numbers: Vec<Option<f64>>) -> Vec<Cell> {
    let cell = |number: Option<f64>| number.map_or(Cell::Empty, Cell::Number);
    numbers.into_iter().map(cell).collect()
}

fn number_column<'a>(table: &'a Table, name: &str) -> Option<&'a Column> {
    match name {
        "" => table.columns.iter().find(|column| column.is_number()),
        name => table.column(name),
    }
}

fn row_of(table: &Table, names: &[String], row: usize) -> Vec<Cell> {
    let is_meant = |column: &&Column| match names.is_empty() {
        true => column.is_number(),
        false => names.iter().any(|name| column.is_called(name)),
    };
    let columns = table.columns.iter().filter(is_meant);
    columns.map(|column| column.cells[row].clone()).collect()
}

/// The sum so far, or the mean of all so far.
fn running(numbers: &[Option<f64>], calculation: Calculation) -> Vec<Option<f64>> {
    let (mut sum, mut count) = (0.0, 0.0);
    let next = |number: &Option<f64>| {
        if let Some(number) = number {
            sum += number;
            count += 1.0;
        }
        Some(if calculation == Calculation::Mean {
            sum / count
        } else {
            sum
        })
    };
    numbers.iter().map(next).collect()
}

fn binary(
    table: &Table,
    left: &Operand,
    operator: Operator,
    right: &Operand,
    name: &str,
) -> Vec<Column> {
    let rights = |row: usize| match right {
        Operand::Number(number) => Some(*number),
        Operand::Column(column) => table.column(column)?.cells[row].number(),
        Operand::EveryColumn => None,
    };
    let is_lacking = |operand: &Operand| matches!(operand, Operand::Column(name) if table.column(name).is_none());
    if is_lacking(left) || is_lacking(right) {
        return Vec::new();
    }
    let of = |column: Option<&Column>, number: f64, made: String| {
        let left = |row: usize| column.map_or(Some(number), |column| column.cells[row].number());
        let cell = |row: usize| match (left(row), rights(row)) {
            (Some(left), Some(right)) => Cell::Number(operator.of(left, right)),
            _ => Cell::Empty,
        };
        Column::new(&made, (0..table.rows()).map(cell).collect())
    };
    let made = |left: &str| format!("{left} {} {right}", operator.sign());
    let or_made = |left: &str| {
        if name.is_empty() {
            made(left)
        } else {
            name.to_owned()
        }
    };
    match left {
        Operand::Number(number) => vec![of(None, *number, or_made(&number.to_string()))],
        Operand::Column(column) => vec![of(table.column(column), 0.0, or_made(column))],
        Operand::EveryColumn => {
            let numbers = table.columns.iter().filter(|column| column.is_number());
            numbers
                .map(|column| of(Some(column), 0.0, made(&column.title())))
                .collect()
        }
    }
}

impl std::fmt::Display for Operand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Column(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
            Self::EveryColumn => f.write_str("number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    fn check(of: Formula, replace: bool, given: &[&str], expected: &[&str]) {
        let name = String::new();
        let calculate = Calculate { of, name, replace };
        let tables = calculate.apply(given.iter().map(|given| table(given)).collect());
        let got: Vec<String> = tables.iter().map(text).collect();
        assert_eq!(got, expected, "{calculate:?}");
    }

    fn binary(left: Operand, operator: Operator, right: Operand) -> Formula {
        Formula::Binary {
            left,
            operator,
            right,
        }
    }

    #[test]
    fn columns_are_calculated_of_a_row() {
        let column = |name: &str| Operand::Column(name.to_owned());
        let given = ["Time@,a | 1,5 | 2,6", "Time@,b | 1,2 | 2,3"];
        check(
            binary(column("a"), Operator::Divide, column("b")),
            false,
            &given,
            &["Time@,a,b,a / b | 1,5,2,2.5 | 2,6,3,2"],
        );
        check(
            Formula::default(),
            true,
            &given,
            &["Time@,Total | 1,7 | 2,9"],
        );
        check(
            binary(column("a"), Operator::Multiply, Operand::Number(2.0)),
            false,
            &given,
            &["Time@,a,a * 2 | 1,5,10 | 2,6,12", "Time@,b | 1,2 | 2,3"],
        );
        check(
            binary(
                Operand::EveryColumn,
                Operator::Multiply,
                Operand::Number(2.0),
            ),
            true,
            &["a,b | 1,2"],
            &["a * 2,b * 2 | 2,4"],
        );
    }

    #[test]
    fn columns_are_calculated_of_one_over_rows() {
        let column = String::new;
        let given = ["v | 1 | 2 | 3"];
        let unary = Formula::Unary {
            function: Function::Abs,
            column: "v".into(),
        };
        check(unary, false, &["v | -1 | 2"], &["v,abs v | -1,1 | 2,2"]);
        let calculation = Calculation::Sum;
        check(
            Formula::Cumulative {
                column: column(),
                calculation,
            },
            true,
            &given,
            &["cumulative sum  | 1 | 3 | 6"],
        );
        let calculation = Calculation::Mean;
        check(
            Formula::Window {
                column: column(),
                calculation,
                size: 2.0,
            },
            true,
            &given,
            &["window mean  | 1 | 1.5 | 2.5"],
        );
        check(Formula::Index, false, &given, &["v,Row | 1,0 | 2,1 | 3,2"]);
    }
}
