//! Board files to everything that is wrong in them and in what they ask.

use std::path::Path;

use dashboard::{Board, BuiltIns, Scope, Target, Value, file};
use lint::{Diagnostic, Facts};

use super::files::{self, BoardFile, BoardFileError};

/// Whether the text is meant to be a board, rather than another YAML file.
pub fn is_board(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| line.starts_with("panels:") || line.starts_with("title:"))
        || text.trim_start().starts_with('{')
}

/// Reads a board file and parses its queries.
///
/// # Errors
/// A line for each thing that is wrong, with the file and the place.
pub fn read(path: &Path) -> Result<BoardFile, BoardFileError> {
    let read = files::read(path)?;
    let text = crate::regular_file::read_to_string(path).unwrap_or_default();
    let name = path.display();
    let wrong: Vec<String> = promql_errors(&read.board)
        .into_iter()
        .map(|(place, message)| match read.report {
            // The places are those of the board, not of Grafana's document.
            Some(_) => format!("{name}: {place}: {message}"),
            None => format!("{name}:{}", file::error_at(&text, &place, message)),
        })
        .collect();
    if wrong.is_empty() {
        Ok(read)
    } else {
        Err(BoardFileError::Board(wrong))
    }
}

/// What is wrong with the board's queries, each with its path.
pub fn lint(board: &Board, facts: &Facts) -> Vec<(String, Diagnostic)> {
    let found = lint::lint_board(board, |_| Some(facts));
    found
        .into_iter()
        .map(|one| (one.path, one.diagnostic))
        .collect()
}

/// The queries that are no PromQL whatever their variables hold.
fn promql_errors(board: &Board) -> Vec<(String, String)> {
    let scope = any_values(board);
    let mut errors = Vec::new();
    for (panel, panel_index) in board.panels.iter().zip(0..) {
        for (query, index) in panel.queries.iter().zip(0..) {
            let Some(text) = query.as_promql() else {
                continue;
            };
            if let Err(error) = promql::parse(&scope.fill(text, Target::PromQl)) {
                let place = format!("panels[{panel_index}].queries[{index}].expr");
                errors.push((place, format!("no PromQL: {error}")));
            }
        }
    }
    errors
}

/// Some value for every variable: what it holds where the source offers nothing.
fn any_values(board: &Board) -> Scope {
    let minute_ms = 60_000;
    let mut scope = Scope::built_in(&BuiltIns {
        from_ms: 0,
        to_ms: 60 * minute_ms,
        interval_ms: minute_ms,
        rate_interval_ms: 4 * minute_ms,
    });
    for variable in &board.variables {
        let mut value = variable.value(&variable.choices(Vec::new()), &[], 60 * minute_ms);
        if value.values.is_empty() && value.all_value.is_none() {
            value = Value::plain("x");
        }
        scope.set(&variable.name, value);
    }
    scope
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: &[&str]) {
        let board = file::read(text).unwrap();
        let errors: Vec<String> = promql_errors(&board)
            .into_iter()
            .map(|(place, message)| file::error_at(text, &place, message).to_string())
            .collect();
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for (error, start) in errors.iter().zip(expected) {
            assert!(error.starts_with(start), "{error}");
        }
    }

    #[test]
    fn queries_that_are_no_promql_are_found_with_their_place() {
        check_text(
            "title: T\npanels:\n  - queries: [{expr: sum(}]\n",
            &["3:22: panels[0].queries[0].expr: no PromQL"],
        );
        check_text(
            "title: T\nvariables:\n  - {name: step, from: {interval: [5m]}}\n  - {name: site, from: {query: up}}\n\
             panels:\n  - queries: [{expr: 'rate($site{a=\"$site\"}[$step])'}, {expr: 'a[$__range]'}]\n",
            &[],
        );
    }
}
