//! Which rows tables have, and in which order.

use std::cmp::Ordering;

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::is_default;
use frame::{Cell, Table};

/// Options of `filter_rows`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilterRows {
    /// Whether the rows that meet the conditions go.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude: bool,
    /// Whether one condition is enough.
    #[serde(skip_serializing_if = "is_default")]
    pub any: bool,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

/// What a row must meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The column that is looked at.
    pub column: String,
    /// What its value must be.
    pub is: Test,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// This, as a number or a text.
    Equal(String),
    /// Something else.
    NotEqual(String),
    /// Above this.
    Greater(f64),
    /// This or above.
    GreaterOrEqual(f64),
    /// Below this.
    Less(f64),
    /// This or below.
    LessOrEqual(f64),
    /// From the first to the second.
    Between(f64, f64),
    /// A text that matches.
    Regex(String),
    /// A text that holds this, in letters of any case.
    Contains(String),
    /// Absent.
    Empty,
    /// There.
    NotEmpty,
}

/// Options of `sort`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SortRows {
    /// The column.
    pub by: String,
    /// Whether the greatest comes first.
    #[serde(skip_serializing_if = "is_default")]
    pub descending: bool,
}

impl FilterRows {
    pub(super) fn apply(&self, table: &mut Table) {
        let tests: Vec<_> = self
            .conditions
            .iter()
            .filter_map(|condition| Some((table.column(&condition.column)?, condition.is.test())))
            .collect();
        if tests.is_empty() {
            return;
        }
        let rows: Vec<usize> = (0..table.rows())
            .filter(|row| {
                let mut met = tests.iter().map(|(column, test)| test(&column.cells[*row]));
                let is_met = if self.any {
                    met.any(|met| met)
                } else {
                    met.all(|met| met)
                };
                is_met != self.exclude
            })
            .collect();
        table.pick(&rows);
    }
}

impl Test {
    fn test(&self) -> Box<dyn Fn(&Cell) -> bool + '_> {
        match self {
            Self::Equal(wanted) => Box::new(|cell| is_equal(cell, wanted)),
            Self::NotEqual(wanted) => Box::new(|cell| !is_equal(cell, wanted)),
            Self::Greater(level) => number(greater(*level)),
            Self::GreaterOrEqual(level) => number(at_least(*level)),
            Self::Less(level) => number(less(*level)),
            Self::LessOrEqual(level) => number(at_most(*level)),
            Self::Between(from, to) => {
                let (from, to) = (*from, *to);
                number(Box::new(move |value| (from..=to).contains(&value)))
            }
            Self::Regex(pattern) => {
                let regex = Regex::new(pattern).ok();
                Box::new(move |cell| regex.as_ref().is_some_and(|r| r.is_match(&cell.text())))
            }
            Self::Contains(part) => {
                let part = part.to_lowercase();
                Box::new(move |cell| cell.text().to_lowercase().contains(&part))
            }
            Self::Empty => Box::new(Cell::is_empty),
            Self::NotEmpty => Box::new(|cell| !cell.is_empty()),
        }
    }
}

type Holds = Box<dyn Fn(f64) -> bool>;

/// A test of cells that are numbers.
fn number(holds: Holds) -> Box<dyn Fn(&Cell) -> bool> {
    Box::new(move |cell| cell.number().is_some_and(&holds))
}

fn greater(level: f64) -> Holds {
    Box::new(move |value| value > level)
}

fn at_least(level: f64) -> Holds {
    Box::new(move |value| value >= level)
}

fn less(level: f64) -> Holds {
    Box::new(move |value| value < level)
}

fn at_most(level: f64) -> Holds {
    Box::new(move |value| value <= level)
}

/// As numbers where both are some, else as texts.
fn is_equal(cell: &Cell, wanted: &str) -> bool {
    match (cell.number(), wanted.trim().parse::<f64>()) {
        (Some(number), Ok(wanted)) => number == wanted,
        _ => cell.text() == wanted,
    }
}

impl SortRows {
    pub(super) fn apply(&self, table: &mut Table) {
        let Some(column) = table.column(&self.by) else {
            return;
        };
        let mut rows: Vec<usize> = (0..table.rows()).collect();
        rows.sort_by(|a, b| {
            let order = order(&column.cells[*a], &column.cells[*b]);
            if self.descending {
                order.reverse()
            } else {
                order
            }
        });
        table.pick(&rows);
    }
}

/// Absent values first, numbers by size, texts with the numbers in them by size.
pub(super) fn order(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    fn check_filter(exclude: bool, any: bool, conditions: &[(&str, Test)], expected: &str) {
        let mut given = table("job,Value | a,5 | b,6 | ,7");
        let conditions = conditions.iter().map(|(column, is)| Condition {
            column: (*column).to_owned(),
            is: is.clone(),
        });
        let filter = FilterRows {
            exclude,
            any,
            conditions: conditions.collect(),
        };
        filter.apply(&mut given);
        assert_eq!(text(&given), expected);
    }

    #[test]
    fn rows_are_kept_by_their_values() {
        let above = || ("Value", Test::GreaterOrEqual(6.0));
        check_filter(false, false, &[above()], "job,Value | b,6 | ,7");
        check_filter(true, false, &[above()], "job,Value | a,5");
        let is_a = || ("job", Test::Equal("a".into()));
        check_filter(
            false,
            true,
            &[above(), is_a()],
            "job,Value | a,5 | b,6 | ,7",
        );
        check_filter(false, false, &[above(), is_a()], "job,Value");
        check_filter(
            false,
            false,
            &[("job", Test::NotEmpty)],
            "job,Value | a,5 | b,6",
        );
        check_filter(
            false,
            false,
            &[("job", Test::Regex("^[b]$".into()))],
            "job,Value | b,6",
        );
        check_filter(
            false,
            false,
            &[("Value", Test::Equal("5.0".into()))],
            "job,Value | a,5",
        );
        check_filter(
            true,
            false,
            &[("absent", Test::Empty)],
            "job,Value | a,5 | b,6 | ,7",
        );
    }

    #[test]
    fn rows_are_sorted_with_absent_values_first() {
        let check = |by: &str, descending: bool, expected: &str| {
            let mut given = table("job,Value | b,10 | A,9 | ,");
            let by = by.to_owned();
            SortRows { by, descending }.apply(&mut given);
            assert_eq!(text(&given), expected);
        };
        check("Value", false, "job,Value | , | A,9 | b,10");
        check("job", true, "job,Value | b,10 | A,9 | ,");
        check("absent", true, "job,Value | b,10 | A,9 | ,");
    }
}
