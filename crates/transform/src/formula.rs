//! A column that is calculated of others, row by row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arithmetic::{Function, Operator};
use crate::calculation::Calculation;
use crate::is_default;
use crate::join::Join;
use crate::operand::{Operand, binary};
use crate::or;
use frame::{Cell, Column, Table};

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

impl Calculate {
    /// Series are joined by their times first, unless each is calculated alone.
    pub(super) fn apply(&self, tables: Vec<Table>) -> Vec<Table> {
        let are_series = tables.iter().all(|table| table.time().is_some());
        let tables = if are_series && !self.of.is_of_each_alone() {
            Join::default().apply(tables)
        } else {
            tables
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
        match self {
            Self::Binary { right, .. } => matches!(right, Operand::Number(_)),
            Self::Index => true,
            _ => false,
        }
    }

    /// The new columns; none where the table lacks what they are made of.
    fn columns(&self, table: &Table, name: &str) -> Vec<Column> {
        match self {
            Self::Row {
                columns,
                calculation,
            } => {
                let rows = 0..table.rows();
                let cells = rows.map(|row| calculation.of_cells(&row_of(table, columns, row)));
                vec![Column::new(or(name, calculation.title()), cells.collect())]
            }
            Self::Binary {
                left,
                operator,
                right,
            } => binary(table, left, *operator, right, name),
            Self::Index => {
                let cells = (0..table.rows()).map(|row| Cell::Number(row as f64));
                vec![Column::new(or(name, "Row"), cells.collect())]
            }
            Self::Unary { column, .. }
            | Self::Cumulative { column, .. }
            | Self::Window { column, .. } => {
                let found = number_column(table, column).into_iter();
                let made = self.made_name(column);
                found
                    .map(|found| Column::new(or(name, &made), cells(self.of_one(&numbers(found)))))
                    .collect()
            }
        }
    }

    /// The numbers that are made of one column's.
    fn of_one(&self, numbers: &[Option<f64>]) -> Vec<Option<f64>> {
        match self {
            Self::Unary { function, .. } => {
                let numbers = numbers.iter();
                numbers
                    .map(|number| number.map(|number| function.of(number)))
                    .collect()
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
                (0..numbers.len())
                    .map(|row| calculation.of(&numbers[(row + 1).saturating_sub(rows)..=row]))
                    .collect()
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
    column.cells.iter().map(Cell::ordinary_number).collect()
}

fn cells(numbers: Vec<Option<f64>>) -> Vec<Cell> {
    let numbers = numbers.into_iter();
    numbers
        .map(|number| number.map_or(Cell::Empty, Cell::Number))
        .collect()
}

fn number_column<'a>(table: &'a Table, name: &str) -> Option<&'a Column> {
    match name {
        "" => table.columns.iter().find(|column| column.is_number()),
        name => table.column(name),
    }
}

fn row_of(table: &Table, names: &[String], row: usize) -> Vec<Cell> {
    let columns = table.columns.iter();
    columns
        .filter(|column| {
            names.iter().any(|name| column.is_called(name))
                || names.is_empty() && column.is_number()
        })
        .map(|column| column.cells[row].clone())
        .collect()
}

/// The sum so far, or the mean of all so far.
fn running(numbers: &[Option<f64>], calculation: Calculation) -> Vec<Option<f64>> {
    let (mut sum, mut count) = (0.0, 0.0);
    numbers
        .iter()
        .map(|number| {
            if let Some(number) = number {
                sum += number;
                count += 1.0;
            }
            Some(if calculation == Calculation::Mean {
                sum / count
            } else {
                sum
            })
        })
        .collect()
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
