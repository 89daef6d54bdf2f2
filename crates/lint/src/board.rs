//! A board -> what is wrong with the queries of its panels.

use dashboard::{Board, BuiltIns, Field, Panel, Scope, Target};

use crate::facts::Facts;
use crate::finding::{Finding, Reading, lint};

/// What is wrong with a query of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardFinding {
    /// Where the query stands: `panels[2].queries[0].expr`.
    pub path: String,
    /// The panel's id.
    pub panel: u32,
    /// What is wrong.
    pub finding: Finding,
}

/// Windows that depend on what is shown are given lengths that nobody writes,
/// so that they can be told and written as variables again.
const STEP_MS: i64 = 86_400_013;
const RATE_INTERVAL_MS: i64 = 86_400_017;
const RANGE_MS: i64 = 86_400_031;
/// The variables that stand for such lengths.
const LENGTHS: [&str; 3] = ["$__rate_interval", "$__interval", "$__range"];

/// Everything that is wrong with a board's queries, in their order. `facts`
/// gives what is known of a source by its name; `values` fills in the board's
/// own variables where a query cannot be read without them.
pub fn lint_board<'a>(
    board: &Board,
    values: &Scope,
    facts: impl Fn(&str) -> Option<&'a Facts>,
) -> Vec<BoardFinding> {
    let mut found = Vec::new();
    for (panel, panel_index) in board.panels.iter().zip(0..) {
        let Some(facts) = facts(&panel.source) else {
            continue;
        };
        for (query, index) in panel.queries.iter().zip(0..) {
            let findings = lint_query(&query.expr, values, &reading(panel), facts);
            found.extend(findings.into_iter().map(|finding| BoardFinding {
                path: format!("panels[{panel_index}].queries[{index}].expr"),
                panel: panel.id,
                finding,
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

fn lint_query(expr: &str, values: &Scope, reading: &Reading, facts: &Facts) -> Vec<Finding> {
    let built_in = Scope::built_in(&BuiltIns {
        from_ms: 0,
        to_ms: RANGE_MS,
        interval_ms: STEP_MS,
        rate_interval_ms: RATE_INTERVAL_MS,
    });
    // Variables inside strings may stay as they are written; elsewhere they may not.
    let filled = built_in.fill(expr, Target::PromQl);
    let found = lint(&filled, reading, facts).or_else(|_| {
        let filled = built_in.fill(&values.fill(expr, Target::PromQl), Target::PromQl);
        lint(&filled, reading, facts)
    });
    let mut found = found.unwrap_or_default(); // no PromQL: said elsewhere
    for finding in &mut found {
        if let Some(repaired) = &mut finding.repaired {
            for name in LENGTHS {
                *repaired = repaired.replace(&built_in.fill(name, Target::PromQl), name);
            }
        }
    }
    found
}
