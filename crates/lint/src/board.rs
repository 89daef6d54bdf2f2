//! A board -> what is wrong with the queries of its panels.

use dashboard::{Board, BuiltIns, Field, Panel, Scope, Target, Value, Variable, duration};
use wire::id::PanelId;

use crate::diagnostic::{Diagnostic, Reading, lint};
use crate::facts::Facts;

/// What is wrong with a query of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardDiagnostic {
    /// Where the query stands: `panels[2].queries[0].expr`.
    pub path: String,
    /// The panel's id.
    pub panel: PanelId,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

/// Windows that depend on what is shown are given lengths that nobody writes,
/// so that they can be told and written as variables again.
const STEP_MS: i64 = 86_400_013;
const RATE_INTERVAL_MS: i64 = 86_400_017;
const RANGE_MS: i64 = 86_400_031;
/// The variables that stand for such lengths.
const LENGTHS: [&str; 3] = ["$__rate_interval", "$__interval", "$__range"];

/// Everything that is wrong with a board's queries, in their order. `facts`
/// gives what is known of a source by its name.
pub fn lint_board<'a>(
    board: &Board,
    facts: impl Fn(&str) -> Option<&'a Facts>,
) -> Vec<BoardDiagnostic> {
    let mut found = Vec::new();
    for (panel, panel_index) in board.panels.iter().zip(0..) {
        let Some(facts) = facts(&panel.source) else {
            continue;
        };
        for (query, index) in panel.queries.iter().zip(0..) {
            let Some(text) = query.as_promql() else {
                continue;
            };
            let diagnostics = lint_query(text, &board.variables, &reading(panel), facts);
            found.extend(diagnostics.into_iter().map(|diagnostic| BoardDiagnostic {
                path: format!("panels[{panel_index}].queries[{index}].expr"),
                panel: panel.id,
                diagnostic,
            }));
        }
    }
    found
}

fn reading(panel: &Panel) -> Reading {
    let Field {
        unit, thresholds, ..
    } = &panel.field;
    Reading {
        is_percent: matches!(unit.as_str(), "percent" | "percentunit"),
        levels: thresholds.iter().map(|threshold| threshold.value).collect(),
    }
}

fn lint_query(
    expr: &str,
    variables: &[Variable],
    reading: &Reading,
    facts: &Facts,
) -> Vec<Diagnostic> {
    let built_in = Scope::built_in(&BuiltIns {
        from_ms: 0,
        to_ms: RANGE_MS,
        interval_ms: STEP_MS,
        rate_interval_ms: RATE_INTERVAL_MS,
    });
    let lengths = LENGTHS.map(|name| (name.to_owned(), built_in.fill(name, Target::PromQl)));
    let filled = built_in.fill(expr, Target::PromQl);
    // Variables inside strings may stay as they are written; elsewhere they may not.
    let (mut found, stand_ins) = match lint(&filled, reading, facts) {
        Ok(found) => (found, lengths.to_vec()),
        Err(_) => {
            let own = stand_ins(expr, variables);
            let mut scope = Scope::default();
            for (name, text) in &own {
                scope.set(name, Value::plain(text));
            }
            let filled = built_in.fill(&scope.fill(expr, Target::PromQl), Target::PromQl);
            // What is no PromQL is said elsewhere.
            let found = lint(&filled, reading, facts).unwrap_or_default();
            let own = own
                .into_iter()
                .map(|(name, text)| (format!("${name}"), text));
            (found, own.chain(lengths).collect())
        }
    };
    // Which metric a variable names, nobody knows.
    found.retain(|diagnostic| !diagnostic.reason.contains(NAME_STAND_IN));
    for diagnostic in &mut found {
        for (variable, text) in &stand_ins {
            diagnostic.reason = diagnostic.reason.replace(text, variable);
            diagnostic.repaired = diagnostic
                .repaired
                .take()
                .map(|query| query.replace(text, variable));
        }
    }
    found
}

/// How a name begins that stands for a variable.
const NAME_STAND_IN: &str = "andon_stand_in_";

/// What stands for each variable: a length of its own where the query takes
/// one, else a name.
fn stand_ins(expr: &str, variables: &[Variable]) -> Vec<(String, String)> {
    let mut stand_ins = Vec::new();
    for (index, variable) in (0_i64..).zip(variables) {
        let text = if takes_length(expr, &variable.name) {
            duration::format((RANGE_MS + 1 + index).unsigned_abs())
        } else {
            format!("{NAME_STAND_IN}{index}")
        };
        stand_ins.push((variable.name.clone(), text));
    }
    stand_ins
}

/// Whether the variable stands where PromQL takes a length: `[$name]`.
fn takes_length(expr: &str, name: &str) -> bool {
    let opened = ["$", "${", "[["].map(|open| [open, name].concat());
    let before = ["[", ":", "offset "];
    before.iter().any(|before| {
        let mut opened = opened.iter();
        opened.any(|written| expr.contains(&[*before, written].concat()))
    })
}
