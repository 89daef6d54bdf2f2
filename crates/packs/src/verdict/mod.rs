//! A system to the verdict on it: which PromQL gives a series for each thing
//! that is wrong, and in which words that is said.
//!
//! What is wrong is said of the smallest part that tells it: of one site where
//! another is well, of the whole where every part is the same. A mean so hides
//! no part.

mod checks;

use dashboard::{
    CONDITION, Grid, Health, Kind, Panel, PanelQuery, PanelTime, VerdictCondition, VerdictOptions,
};
use query::SourceName;
use wire::id::RefId;

use crate::overview::COLUMNS;
use crate::systems::{FoundSystem, capital};
use checks::{Check, Gravity};

/// Since when something is wrong is known for so long.
const SPAN: &str = "1h";
const STEP: &str = "10s";

/// The condition of targets that are no system's.
const OTHER_TARGETS: &str = "targets/down";

/// The panel that says what is wrong with the systems; `None` of none. That of
/// the first page says which targets are down that are none of theirs.
pub fn verdict(systems: &[FoundSystem], is_first_page: bool) -> Option<Panel> {
    let is_one = systems.len() == 1;
    let mut conditions = Vec::new();
    let mut queries = Vec::new();
    let mut sources: Vec<&SourceName> = Vec::new();
    for (found, letter) in systems.iter().zip(('A'..='Z').chain('a'..='z')) {
        let checks = found.system.checks();
        let labelled = checks
            .iter()
            .map(|check| check.labelled(&found.system.name));
        let mut parts: Vec<String> = labelled.collect();
        if is_first_page && !sources.contains(&&found.source) {
            sources.push(&found.source);
            parts.push(other_targets(systems, &found.source));
        }
        if parts.is_empty() {
            continue;
        }
        queries.push(PanelQuery {
            ref_id: RefId(letter),
            source: found.source.to_string(),
            min_step: STEP.to_owned(),
            ..PanelQuery::promql(parts.join(" or "))
        });
        let said = checks.into_iter().map(|check| {
            let gravity = check.gravity;
            (gravity, found.condition(check, is_one))
        });
        conditions.extend(said);
    }
    if is_first_page {
        conditions.push((Gravity::Down, other_target_down()));
    }
    let first = queries.first()?;
    conditions.sort_by_key(|(gravity, _)| *gravity);
    let conditions = conditions.into_iter().map(|(_, condition)| condition);
    let conditions = conditions.collect();
    Some(Panel {
        title: "Verdict".to_owned(),
        source: first.source.clone(),
        grid: Grid {
            x: 0,
            y: 0,
            w: COLUMNS,
            h: 0,
        },
        kind: Kind::Verdict(VerdictOptions { conditions }),
        time: PanelTime {
            from: SPAN.to_owned(),
            hidden_in_head: true,
            ..PanelTime::default()
        },
        queries,
        ..Panel::default()
    })
}

/// The targets of a source that are down and no system's.
fn other_targets(systems: &[FoundSystem], source: &SourceName) -> String {
    let of_source = systems.iter().filter(|found| found.source == *source);
    let known: Vec<String> = of_source
        .filter_map(|found| found.system.targets.up())
        .collect();
    let unless = match known.as_slice() {
        [] => String::new(),
        known => format!(" unless ({})", known.join(" or ")),
    };
    let name = promql::quote(OTHER_TARGETS);
    format!("label_replace((up == 0{unless}), \"{CONDITION}\", {name}, \"\", \"\")")
}

fn other_target_down() -> VerdictCondition {
    VerdictCondition {
        name: OTHER_TARGETS.to_owned(),
        status: Health::Warning,
        text: "Target down$at".to_owned(),
        url: wire::url::TARGETS.to_owned(),
        ..VerdictCondition::default()
    }
}

impl FoundSystem {
    fn condition(&self, check: Check, is_one: bool) -> VerdictCondition {
        let board = self.boards.first().filter(|_| !is_one);
        let url = match (check.url.as_str(), board) {
            ("", Some((id, _))) => format!("/d/{id}"),
            _ => check.url,
        };
        VerdictCondition {
            name: format!("{}/{}", self.system.name, check.name),
            status: check.status,
            text: if is_one {
                capital(&check.text)
            } else {
                format!("{}: {}", self.system.title, check.text)
            },
            unit: check.unit,
            descending: check.descending,
            after: check.after,
            url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inventory, Packs};
    use series::Labels;

    /// A pack's system that exports `metrics` from instance `a` of its job, which
    /// has `up` where it is scraped.
    fn found(metrics: &[&str], is_scraped: bool) -> FoundSystem {
        let mut inventory = Inventory::default();
        let up = is_scraped.then_some("up");
        for name in metrics.iter().copied().chain(up) {
            let labels = [("__name__", name), ("job", "j"), ("instance", "a")];
            inventory.add_series(&Labels::from_pairs(labels));
        }
        FoundSystem {
            system: Packs::builtin().unwrap().recognise(&inventory).remove(0),
            source: "mimir".into(),
            boards: vec![("b".into(), "B".to_owned())],
        }
    }

    const CHORIA: &[&str] = &[
        "choria_provisioner_provisioned",
        "choria_provisioner_paused",
    ];

    fn check(systems: &[FoundSystem], expected: &[&str]) {
        let panel = verdict(systems, false).unwrap();
        for query in &panel.queries {
            let expr = promql::parse(&query.text);
            assert!(expr.is_ok(), "{}: {expr:?}", query.text);
        }
        let Kind::Verdict(options) = panel.kind else {
            panic!("a verdict is of its kind");
        };
        let said: Vec<String> = options
            .conditions
            .iter()
            .map(|condition| {
                let names = panel
                    .queries
                    .iter()
                    .filter(|query| query.text.contains(&promql::quote(&condition.name)));
                assert_eq!(names.count(), 1, "{}", condition.name);
                format!(
                    "{:?} {}",
                    condition.status,
                    condition.text.replace('\u{a0}', " ")
                )
            })
            .collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn a_verdict_says_all_that_may_be_wrong_with_a_system() {
        check(
            &[found(CHORIA, true)],
            &[
                "Bad Target down$at",
                "Bad Its targets answer, and export none of its metrics",
                "Bad Active provisioners a site $value$at, shall be 1",
                "Bad Active provisioners a site $value$at, shall be 1",
                "Bad Success of nodes $value at {{site}}, below 95 % over 5 min",
                "Warning Success of nodes $value at {{site}}, below 95 % over 5 min",
                "Bad Success of nodes $value, below 95 % over 5 min",
                "Warning Success of nodes $value, below 95 % over 5 min",
                "Good In order, targets up: $value",
            ],
        );
    }

    #[test]
    fn several_systems_are_told_apart_and_what_is_pushed_has_no_targets() {
        let pushed = ["api_request_total", "api_processing_time"];
        check(
            &[
                found(&["demo_jobs_finished_total"], true),
                found(&pushed, false),
            ],
            &[
                "Bad Demo job system: target down$at",
                "Bad Demo job system: its targets answer, and export none of its metrics",
                "Bad FastAPI service: no data",
                "Bad Demo job system: success of jobs $value, below 95 % over 5 min",
                "Warning Demo job system: success of jobs $value, below 95 % over 5 min",
                "Bad FastAPI service: success of requests $value at {{path}}, below 99 % over 5 min",
                "Warning FastAPI service: success of requests $value at {{path}}, below 99 % over 5 min",
                "Bad FastAPI service: success of requests $value, below 99 % over 5 min",
                "Warning FastAPI service: success of requests $value, below 99 % over 5 min",
                "Good Demo job system: in order, targets up: $value",
                "Good FastAPI service: in order",
            ],
        );
    }
}
