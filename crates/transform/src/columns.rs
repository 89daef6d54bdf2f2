//! Which columns tables have, what they are called, and of which type they are.

use std::collections::BTreeMap;

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use frame::{Cell, Column, Table};

/// Options of `organize`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Organize {
    /// The columns that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hide: Vec<String>,
    /// Where it is given, only these stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// These come first, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Other names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rename: BTreeMap<String, String>,
}

/// Options of `filter_columns`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilterColumns {
    /// Only these stay; all, where nothing is said.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub keep: Names,
    /// These go.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub hide: Names,
}

/// Some columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Names {
    /// Those of these names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// And those whose names match.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub regex: String,
}

impl Names {
    /// Whether nothing is named.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.regex.is_empty()
    }
}

/// Options of `rename_by_regex`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RenameByRegex {
    /// What of a name is replaced.
    pub regex: String,
    /// What it is replaced by; `$1` is the first group.
    pub to: String,
}

/// The type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// Numbers.
    Number,
    /// Times: a number is milliseconds.
    Time,
    /// Texts.
    Text,
    /// Yes or no.
    Flag,
}

impl Names {
    /// Tells for a column whether it is named; a pattern that does not read
    /// names none.
    fn matcher(&self) -> impl Fn(&Column) -> bool {
        let regex = Regex::new(&self.regex).ok();
        let regex = regex.filter(|_| !self.regex.is_empty());
        move |column| {
            let title = column.title();
            self.names.iter().any(|name| column.is_called(name))
                || regex.as_ref().is_some_and(|regex| regex.is_match(&title))
        }
    }
}

impl Organize {
    pub(super) fn apply(&self, table: &mut Table) {
        table.columns.retain(|column| {
            !is_in(&self.hide, column) && (self.keep.is_empty() || is_in(&self.keep, column))
        });
        table.columns.sort_by_key(|column| {
            let place = self.order.iter().position(|name| column.is_called(name));
            place.unwrap_or(self.order.len())
        });
        for column in &mut table.columns {
            let title = column.title().into_owned();
            let other = self
                .rename
                .get(&title)
                .or_else(|| self.rename.get(&column.name));
            if let Some(other) = other.filter(|other| !other.is_empty()) {
                column.shown_as.clone_from(other);
            }
        }
    }
}

fn is_in(names: &[String], column: &Column) -> bool {
    names.iter().any(|name| column.is_called(name))
}

impl FilterColumns {
    pub(super) fn apply(&self, table: &mut Table) {
        let (keep, hide) = (self.keep.matcher(), self.hide.matcher());
        table
            .columns
            .retain(|column| (self.keep.is_empty() || keep(column)) && !hide(column));
    }
}

impl RenameByRegex {
    pub(super) fn apply(&self, table: &mut Table) {
        let Ok(regex) = Regex::new(&self.regex) else {
            return;
        };
        for column in table.columns.iter_mut().filter(|column| !column.is_time()) {
            let title = column.title().into_owned();
            let renamed = regex.replace_all(&title, self.to.as_str());
            if renamed != title {
                column.shown_as = renamed.into_owned();
            }
        }
    }
}

impl CellType {
    pub(super) fn convert(self, column: &mut Column) {
        for cell in &mut column.cells {
            *cell = self.of(cell);
        }
    }

    /// The value as one of this type; absent where it cannot be one.
    fn of(self, cell: &Cell) -> Cell {
        if matches!(cell, Cell::Empty) {
            return Cell::Empty;
        }
        match self {
            Self::Number => cell.number().map_or(Cell::Empty, Cell::Number),
            Self::Time => time(cell).map_or(Cell::Empty, Cell::Time),
            Self::Text => Cell::from(&*cell.text()),
            Self::Flag => Cell::Flag(match cell {
                Cell::Text(text) => !matches!(&**text, "" | "false" | "0"),
                other => other.number().is_some_and(|number| number != 0.0),
            }),
        }
    }
}

/// A number is milliseconds, a text an RFC 3339 date or milliseconds.
fn time(cell: &Cell) -> Option<i64> {
    if let Cell::Text(text) = cell
        && let Ok(time) = text.parse::<jiff::Timestamp>()
    {
        return Some(time.as_millisecond());
    }
    cell.number()
        .filter(|number| number.is_finite())
        .map(|number| number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};

    fn check(step: impl Fn(&mut Table), expected: &str) {
        let mut given = table("Time@,job,Value | 1,a,5 | 2,b,6");
        step(&mut given);
        assert_eq!(text(&given), expected);
    }

    #[test]
    fn columns_are_left_out_ordered_and_renamed() {
        let organize = Organize {
            hide: vec!["Time".into()],
            order: vec!["Value".into(), "absent".into()],
            rename: [("job".to_owned(), "Job".to_owned())].into(),
            ..Organize::default()
        };
        check(|table| organize.apply(table), "Value,Job | 5,a | 6,b");
        let keep = Organize {
            keep: vec!["job".into()],
            ..Organize::default()
        };
        check(|table| keep.apply(table), "job | a | b");
    }

    #[test]
    fn columns_are_kept_by_name_or_pattern() {
        let filter = |names: &[&str], regex: &str, hide: &str| FilterColumns {
            keep: Names {
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                regex: regex.to_owned(),
            },
            hide: Names {
                regex: hide.to_owned(),
                ..Names::default()
            },
        };
        check(|table| filter(&["job"], "", "").apply(table), "job | a | b");
        check(
            |table| filter(&["job"], "^Val", "").apply(table),
            "job,Value | a,5 | b,6",
        );
        check(
            |table| filter(&[], "", "^(T|V)").apply(table),
            "job | a | b",
        );
        check(|table| filter(&[], "(", "").apply(table), "");
    }

    #[test]
    fn names_are_replaced_by_groups() {
        let rename = RenameByRegex {
            regex: "(V)al(.*)".into(),
            to: "$1-$2".into(),
        };
        check(
            |table| rename.apply(table),
            "Time@,job,V-ue | 1,a,5 | 2,b,6",
        );
    }

    #[test]
    fn values_become_other_types() {
        let cases = [
            (CellType::Number, Cell::from("1.5"), Cell::Number(1.5)),
            (CellType::Number, Cell::from("x"), Cell::Empty),
            (CellType::Time, Cell::Number(5.0), Cell::Time(5)),
            (
                CellType::Time,
                Cell::from("1970-01-01T00:00:01Z"),
                Cell::Time(1_000),
            ),
            (CellType::Text, Cell::Number(1.5), Cell::from("1.5")),
            (CellType::Flag, Cell::from("false"), Cell::Flag(false)),
            (CellType::Flag, Cell::Empty, Cell::Empty),
        ];
        for (of, cell, expected) in cases {
            assert_eq!(of.of(&cell), expected, "{of:?} of {cell:?}");
        }
    }
}
