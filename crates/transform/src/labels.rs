//! Series and texts to columns: one table of all series by their labels, and
//! the parts of a column of texts as columns of their own.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::is_default;
use frame::{Cell, Column, Table};

/// Options of `join_by_labels`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JoinByLabels {
    /// The label whose values name the columns of values.
    pub value: String,
    /// The labels that rows are told apart by; all others where it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}

impl JoinByLabels {
    /// One table: a column for each label, then one for each value of the
    /// label that names columns. A row is what all series of its labels have
    /// in one place.
    pub(super) fn apply(&self, tables: Vec<Table>) -> Vec<Table> {
        let columns = tables.iter().flat_map(|table| &table.columns);
        let series: Vec<&Column> = columns
            .filter(|column| !column.is_time() && column.labels.get(&self.value).is_some())
            .collect();
        if series.is_empty() {
            return tables;
        }
        let by = self.labels(&series);
        let mut names: Vec<&str> = Vec::new();
        let mut rows: BTreeMap<Vec<&str>, BTreeMap<&str, Vec<Cell>>> = BTreeMap::new();
        for column in &series {
            let labels = by
                .iter()
                .map(|name| column.labels.get(name).unwrap_or_default());
            let name = column.labels.get(&self.value).unwrap_or_default();
            if !names.contains(&name) {
                names.push(name);
            }
            let of_row = rows.entry(labels.collect()).or_default();
            let cells = of_row.entry(name).or_default();
            cells.extend(column.cells.iter().cloned());
        }
        vec![joined(&by, &names, &rows)]
    }

    fn labels(&self, series: &[&Column]) -> Vec<String> {
        if !self.by.is_empty() {
            return self.by.clone();
        }
        let labels = series.iter().flat_map(|column| column.labels.iter());
        let names: BTreeSet<&str> = labels.map(|label| label.name).collect();
        let others = names.into_iter().filter(|name| *name != self.value);
        others.map(str::to_owned).collect()
    }
}

fn joined(
    by: &[String],
    names: &[&str],
    rows: &BTreeMap<Vec<&str>, BTreeMap<&str, Vec<Cell>>>,
) -> Table {
    let mut columns: Vec<Column> = by
        .iter()
        .map(|name| Column::new(name, Vec::new()))
        .collect();
    columns.extend(names.iter().map(|name| Column::new(name, Vec::new())));
    for (labels, values) in rows {
        let longest = values.values().map(Vec::len).max().unwrap_or(0);
        for index in 0..longest {
            let texts = labels.iter().map(|label| Cell::from(*label));
            let numbers = names.iter().map(|name| {
                let held = values.get(name).and_then(|cells| cells.get(index));
                held.cloned().unwrap_or_default()
            });
            for (column, cell) in columns.iter_mut().zip(texts.chain(numbers)) {
                column.cells.push(cell);
            }
        }
    }
    Table {
        query: None,
        columns,
    }
}

/// Options of `extract`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Extract {
    /// The column of texts.
    pub from: String,
    /// How a text holds its parts.
    #[serde(skip_serializing_if = "is_default")]
    pub form: TextForm,
    /// Of JSON: the parts that become columns, as `a.b[0]`, each with the
    /// column's name; all of the outermost object where it is empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, String>,
    /// Whether only the new columns and those of times stay.
    #[serde(skip_serializing_if = "is_default")]
    pub replace: bool,
}

/// How a text holds its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextForm {
    /// As JSON, else as pairs.
    #[default]
    Auto,
    /// As a JSON object.
    Json,
    /// As `name=value name="other value"`.
    Pairs,
    /// As the named groups of a regular expression.
    Regex(String),
}

impl Extract {
    pub(super) fn apply(&self, table: &mut Table) {
        let Some(source) = table.column(&self.from) else {
            return;
        };
        let regex = match &self.form {
            TextForm::Regex(regex) => Regex::new(regex).ok(),
            _ => None,
        };
        let mut extracted: Vec<Column> = Vec::new();
        for (row, cell) in source.cells.iter().enumerate() {
            for (name, part) in self.parts(&cell.text(), regex.as_ref()) {
                let place = extracted.iter().position(|column| column.name == name);
                let place = place.unwrap_or_else(|| {
                    let empty = vec![Cell::Empty; table.rows()];
                    extracted.push(Column::new(&name, empty));
                    extracted.len() - 1
                });
                extracted[place].cells[row] = part;
            }
        }
        if self.replace {
            table.columns.retain(Column::is_time);
        }
        table.columns.extend(extracted);
    }

    fn parts(&self, text: &str, regex: Option<&Regex>) -> Vec<(String, Cell)> {
        match &self.form {
            TextForm::Json => self.of_json(text).unwrap_or_default(),
            TextForm::Pairs => pairs(text),
            TextForm::Auto => self.of_json(text).unwrap_or_else(|| pairs(text)),
            TextForm::Regex(_) => regex.map_or_else(Vec::new, |regex| groups(text, regex)),
        }
    }

    fn of_json(&self, text: &str) -> Option<Vec<(String, Cell)>> {
        let document: Value = serde_json::from_str(text).ok()?;
        if !self.paths.is_empty() {
            let paths = self.paths.iter();
            let parts = paths.filter_map(|(path, name)| {
                let name = if name.is_empty() { path } else { name };
                Some((name.clone(), cell(at(&document, path)?)))
            });
            return Some(parts.collect());
        }
        let entries = document.as_object()?.iter();
        Some(
            entries
                .map(|(name, value)| (name.clone(), cell(value)))
                .collect(),
        )
    }
}

/// `a.b[0]` in a document.
fn at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps.into_iter().try_fold(document, |value, step| {
        value
            .get(step)
            .or_else(|| value.get(step.parse::<usize>().ok()?))
    })
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => number.as_f64().map_or(Cell::Empty, Cell::Number),
        Value::String(text) => Cell::from(text.as_str()),
        other => Cell::from(other.to_string().as_str()),
    }
}

fn of_text(text: &str) -> Cell {
    text.parse().map_or_else(|_| Cell::from(text), Cell::Number)
}

/// Pairs between blanks, commas or semicolons; a value in quotes may hold them.
fn pairs(text: &str) -> Vec<(String, Cell)> {
    let pair = Regex::new(r#"([\w.\-/]+)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s,;]+))"#);
    let Ok(pair) = pair else {
        return Vec::new();
    };
    let found = pair.captures_iter(text).map(|found| {
        let value = (2..5).find_map(|group| found.get(group));
        (
            found[1].to_owned(),
            of_text(value.map_or("", |value| value.as_str())),
        )
    });
    found.collect()
}

fn groups(text: &str, regex: &Regex) -> Vec<(String, Cell)> {
    let Some(found) = regex.captures(text) else {
        return Vec::new();
    };
    let names = regex.capture_names().flatten();
    let parts =
        names.filter_map(|name| Some((name.to_owned(), of_text(found.name(name)?.as_str()))));
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{table, text};
    use series::Labels;
    use wire::id::RefId;

    fn series(labels: &[(&str, &str)], values: &[f64]) -> Table {
        let column = Column {
            labels: Labels::from_pairs(labels.iter().copied()),
            ..Column::new("Value", values.iter().copied().map(Cell::Number).collect())
        };
        let times = (0..values.len() as i64).map(Cell::Time).collect();
        Table {
            query: Some(RefId('A')),
            columns: vec![Column::new("Time", times), column],
        }
    }

    #[test]
    fn series_stand_in_rows_by_their_labels() {
        let given = || {
            vec![
                series(&[("what", "temp"), ("room", "a"), ("id", "1")], &[20.0]),
                series(&[("what", "hum"), ("room", "a"), ("id", "1")], &[50.0]),
                series(
                    &[("what", "temp"), ("room", "b"), ("id", "2")],
                    &[21.0, 22.0],
                ),
            ]
        };
        let check = |by: &[&str], expected: &str| {
            let join = JoinByLabels {
                value: "what".into(),
                by: by.iter().map(|name| (*name).to_owned()).collect(),
            };
            let joined: Vec<String> = join.apply(given()).iter().map(text).collect();
            assert_eq!(joined, [expected]);
        };
        check(&[], "id,room,temp,hum | 1,a,20,50 | 2,b,21, | 2,b,22,");
        check(&["room"], "room,temp,hum | a,20,50 | b,21, | b,22,");
        let nothing = JoinByLabels::default().apply(given());
        assert_eq!(nothing.len(), 3);
    }

    fn check(extract: &Extract, given: &[&str], expected: &str) {
        let mut table = table("Time@,id | 1,x");
        let cells = given.iter().map(|given| Cell::from(*given)).collect();
        table.columns.push(Column::new("line", cells));
        extract.apply(&mut table);
        assert_eq!(text(&table), expected);
    }

    #[test]
    fn parts_of_texts_become_columns() {
        let of = |form: TextForm| Extract {
            from: "line".into(),
            form,
            replace: true,
            ..Extract::default()
        };
        let json = r#"{"a": 1, "b": {"c": ["x"]}}"#;
        check(
            &of(TextForm::Auto),
            &[json],
            r#"Time@,a,b | 1,1,{"c":["x"]}"#,
        );
        check(
            &of(TextForm::Auto),
            &["a=1, b='x y'"],
            "Time@,a,b | 1,1,x y",
        );
        check(&of(TextForm::Json), &["a=1"], "Time@ | 1");
        let regex = TextForm::Regex(r"(?<level>\w+) in (?<ms>\d+)".into());
        check(&of(regex), &["ok in 12"], "Time@,level,ms | 1,ok,12");
        let paths = Extract {
            paths: BTreeMap::from([("b.c[0]".to_owned(), "first".to_owned())]),
            ..of(TextForm::Json)
        };
        check(&paths, &[json], "Time@,first | 1,x");
        let kept = Extract {
            replace: false,
            from: "id".into(),
            ..Extract::default()
        };
        check(&kept, &["z"], "Time@,id,line | 1,x,z");
    }
}
