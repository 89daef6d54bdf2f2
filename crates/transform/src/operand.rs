//! Two sides of a calculation and an operator -> new columns of a table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arithmetic::Operator;
use crate::or;
use frame::{Cell, Column, Table};

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

/// Two operands put together, for each row of a table; nothing where the table
/// lacks one of them.
pub(crate) fn binary(
    table: &Table,
    left: &Operand,
    operator: Operator,
    right: &Operand,
    name: &str,
) -> Vec<Column> {
    let right_side = match right {
        Operand::Number(number) => Some(Side::Number(*number)),
        Operand::Column(column) => match table.column(column) {
            Some(column) => Some(Side::Column(column)),
            None => return Vec::new(),
        },
        Operand::EveryColumn => None,
    };
    let sides = left.sides(table).into_iter();
    sides
        .map(|(title, side)| {
            let cells = (0..table.rows()).map(|row| {
                let right = right_side.as_ref().and_then(|right| right.at(row));
                match (side.at(row), right) {
                    (Some(left), Some(right)) => Cell::Number(operator.of(left, right)),
                    _ => Cell::Empty,
                }
            });
            let made = format!("{title} {} {right}", operator.sign());
            // Several columns cannot have one name.
            let name = if *left == Operand::EveryColumn {
                ""
            } else {
                name
            };
            Column::new(or(name, &made), cells.collect())
        })
        .collect()
}

/// An operand in a table.
enum Side<'a> {
    Column(&'a Column),
    Number(f64),
}

impl Side<'_> {
    fn at(&self, row: usize) -> Option<f64> {
        match self {
            Self::Column(column) => column.cells[row].number(),
            Self::Number(number) => Some(*number),
        }
    }
}

impl Operand {
    /// What it is in a table, each with its title; nothing where the table
    /// lacks the column.
    fn sides<'a>(&self, table: &'a Table) -> Vec<(String, Side<'a>)> {
        match self {
            Self::Number(number) => vec![(number.to_string(), Side::Number(*number))],
            Self::Column(name) => {
                let column = table.column(name).into_iter();
                column
                    .map(|column| (name.clone(), Side::Column(column)))
                    .collect()
            }
            Self::EveryColumn => {
                let columns = table.columns.iter().filter(|column| column.is_number());
                columns
                    .map(|column| (column.title().into_owned(), Side::Column(column)))
                    .collect()
            }
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
