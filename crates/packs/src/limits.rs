//! A system's limits and known issues to a board: what each value is held against,
//! and what is to be known about the metrics.

use dashboard::{
    Board, Field, Grid, Health, Kind, Panel, PanelQuery, StatNote, StatOptions, TextOptions,
    Threshold,
};
use wire::id::RefId;

use crate::metrics::metrics_of;
use crate::overview::{COLUMNS, query, side_by_side, threshold};
use crate::pack::{KnownIssue, Limit};
use crate::system::System;
use crate::systems::capital;

const LIMIT_ROWS: u16 = 5;
const LIMITS_A_LINE: usize = 4;
/// A known issue takes about two rows of text.
const ROWS_AN_ISSUE: u16 = 3;

/// The board of a system's limits and known issues; `None` where it has neither.
pub fn limits_board(system: &System) -> Option<Board> {
    if system.limits.is_empty() && system.known_issues.is_empty() {
        return None;
    }
    let mut panels = Vec::new();
    let mut y = 0;
    for line in system.limits.chunks(LIMITS_A_LINE) {
        let figures = line.iter().map(limit_figure).collect();
        let place = Grid {
            x: 0,
            y,
            w: COLUMNS,
            h: LIMIT_ROWS,
        };
        panels.extend(side_by_side(figures, place));
        y += LIMIT_ROWS;
    }
    panels.extend(issues_text(&system.known_issues, y));
    let board = Board {
        title: format!("{}: limits and known issues", system.title),
        description: system.about.clone(),
        panels,
        ..Board::default()
    };
    Some(board.numbered())
}

/// A limit's value, the worst series of it, with the bounds beside it: good
/// within them and bad outside.
pub(crate) fn limit_figure(limit: &Limit) -> Panel {
    let (base, thresholds) = levels(limit.min, limit.max);
    let mut queries = vec![query(RefId('A'), limit.worst(), &limit.title)];
    let mut notes = Vec::new();
    for (ref_id, bound, words) in limit.bounds() {
        queries.push(PanelQuery {
            instant: true,
            ..query(ref_id, format!("vector({bound})"), words)
        });
        notes.push(StatNote {
            query: ref_id,
            words: words.to_owned(),
            unit: limit.unit.clone(),
        });
    }
    Panel {
        title: limit.title.clone(),
        description: limit.describe(),
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            notes,
            ..StatOptions::default()
        }),
        field: Field {
            unit: limit.unit.clone(),
            base,
            thresholds,
            ..Field::default()
        },
        queries,
        ..Panel::default()
    }
}

/// What a value means below and from its bounds on.
fn levels(min: Option<f64>, max: Option<f64>) -> (Health, Vec<Threshold>) {
    let base = match (min, max) {
        (Some(_), _) => Health::Bad,
        (None, Some(_)) => Health::Good,
        (None, None) => Health::Unknown,
    };
    let least = min.map(|min| threshold(min, Health::Good, "at least"));
    let most = max.map(|max| threshold(just_above(max), Health::Bad, "at most"));
    (base, least.into_iter().chain(most).collect())
}

/// A value at a limit is still good, and a threshold holds from its value on.
fn just_above(max: f64) -> f64 {
    max.next_up()
}

impl Limit {
    /// The worst of the values.
    fn worst(&self) -> String {
        let expr = &self.expr;
        match (self.min, self.max) {
            (Some(min), Some(max)) => {
                format!("max(({expr}) > {max}) or min(({expr}) < {min}) or max({expr})")
            }
            (Some(_), None) => format!("min({expr})"),
            (None, _) => format!("max({expr})"),
        }
    }

    /// The bounds in words, each with the name of its query.
    fn bounds(&self) -> Vec<(RefId, f64, &'static str)> {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => vec![(RefId('B'), min, "is right")],
            (min, max) => {
                let min = min.map(|min| (RefId('B'), min, "at least"));
                let max = max.map(|max| (RefId('C'), max, "at most"));
                min.into_iter().chain(max).collect()
            }
        }
    }

    /// Its bounds as a part of a sentence: `shall be at most 10`; empty without any.
    pub(crate) fn shall(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("shall be {min}"),
            (Some(min), Some(max)) => format!("shall be {min} to {max}"),
            (Some(min), None) => format!("shall be at least {min}"),
            (None, Some(max)) => format!("shall be at most {max}"),
            (None, None) => String::new(),
        }
    }

    fn describe(&self) -> String {
        match self.shall().as_str() {
            "" => self.about.clone(),
            shall => format!("{}. {}", capital(shall), self.about)
                .trim_end()
                .to_owned(),
        }
    }
}

fn list_item(issue: &KnownIssue) -> String {
    let names = issue.metrics.iter().map(|name| format!("`{name}`"));
    let names: Vec<String> = names.collect();
    format!("- {}: {}", names.join(", "), issue.about)
}

fn issues_text(known_issues: &[KnownIssue], y: u16) -> Option<Panel> {
    if known_issues.is_empty() {
        return None;
    }
    let items: Vec<String> = known_issues.iter().map(list_item).collect();
    let rows =
        u16::try_from(known_issues.len()).unwrap_or(u16::MAX / ROWS_AN_ISSUE) * ROWS_AN_ISSUE;
    Some(Panel {
        title: "To know about the metrics".to_owned(),
        grid: Grid {
            x: 0,
            y,
            w: COLUMNS,
            h: rows + 2,
        },
        kind: Kind::Text(TextOptions {
            markdown: items.join("\n"),
            ..TextOptions::default()
        }),
        ..Panel::default()
    })
}

/// Says of each panel what is to be known about the metrics that it reads.
pub fn explain(board: &mut Board, known_issues: &[KnownIssue]) {
    for panel in &mut board.panels {
        let names: Vec<String> = panel
            .queries
            .iter()
            .filter_map(|query| metrics_of(&query.text.replace("$__rate_interval", "1m")).ok())
            .flatten()
            .collect();
        let is_read = |metric: &String| names.iter().any(|name| is_of(name, metric));
        for issue in known_issues {
            if issue.metrics.iter().any(is_read) {
                let said = panel.description.trim_end_matches('.');
                let stop = if said.is_empty() { "" } else { ". " };
                panel.description = format!("{said}{stop}{}", issue.about);
            }
        }
    }
}

/// Whether a series' name is that of the metric, or of one of its parts.
fn is_of(name: &str, metric: &str) -> bool {
    name.strip_prefix(metric)
        .is_some_and(|rest| rest.is_empty() || crate::SUFFIXES.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pack;

    fn limit(bounds: &str) -> Limit {
        toml::from_str(&format!("title = \"Busy\"\nexpr = \"busy\"\n{bounds}")).unwrap()
    }

    #[test]
    fn limits_are_good_up_to_their_bounds() {
        let check = |bounds: &str, expr: &str, words: &str, good: &[f64], bad: &[f64]| {
            let panel = limit_figure(&limit(bounds));
            assert_eq!(panel.queries[0].text, expr);
            assert_eq!(panel.description, words);
            let health = |value: f64| {
                let reached = panel.field.thresholds.iter().rev();
                let level = reached.clone().find(|level| value >= level.value);
                level.map_or(panel.field.base, |level| level.status)
            };
            for value in good {
                assert_eq!(health(*value), Health::Good, "{bounds}: {value}");
            }
            for value in bad {
                assert_eq!(health(*value), Health::Bad, "{bounds}: {value}");
            }
        };
        check(
            "max = 10",
            "max(busy)",
            "Shall be at most 10.",
            &[0.0, 10.0],
            &[10.5],
        );
        check(
            "min = 1",
            "min(busy)",
            "Shall be at least 1.",
            &[1.0],
            &[0.0],
        );
        check(
            "min = 1\nmax = 1\nabout = \"One leads.\"",
            "max((busy) > 1) or min((busy) < 1) or max(busy)",
            "Shall be 1. One leads.",
            &[1.0],
            &[0.0, 2.0],
        );
    }

    #[test]
    fn panels_say_what_is_to_be_known_of_their_metrics() {
        let pack = "name = \"f\"\ntitle = \"F\"\n[recognise]\nall = [\"a\"]\n\
                    [[quirk]]\nmetrics = [\"rpc_time\"]\nabout = \"No quantiles.\"";
        let pack = Pack::from_toml(pack).unwrap();
        let panel = |expr: &str| Panel {
            description: "Mean.".to_owned(),
            queries: vec![query(RefId('A'), expr.to_owned(), "")],
            ..Panel::default()
        };
        let mut board = Board {
            panels: vec![
                panel("rate(rpc_time_sum[$__rate_interval])"),
                panel("rpc_timer"),
            ],
            ..Board::default()
        };
        explain(&mut board, &pack.known_issues);
        let said: Vec<&str> = board
            .panels
            .iter()
            .map(|panel| &*panel.description)
            .collect();
        assert_eq!(said, ["Mean. No quantiles.", "Mean."]);
    }
}
