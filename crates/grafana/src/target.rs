//! What a Grafana panel asks to [`Query`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expression;
use crate::json::Json;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use crate::source::{Source, Sources};
use dashboard::{Format, Query, letters};

/// The panel's queries, and the data source that most of them ask.
pub(super) fn import(
    panel: &Value,
    sources: &Sources,
    names: &Names,
    report: &mut PanelReport,
) -> (Vec<Query>, Source) {
    let of_panel = sources.of(panel);
    let mut queries = Vec::new();
    let mut asked: Option<Source> = None;
    let mut foreign = Vec::new();
    for (target, index) in panel.list("targets").iter().zip(0..) {
        let source = sources.of_query(
            target,
            of_panel.as_ref().filter(|source| !source.is_mixed()),
        );
        let path = format!(".targets[{index}]");
        if source.is_expression() {
            if !target.flag("hide") {
                let letter = names.letter(target.str("refId")).unwrap_or_default();
                let computed = computed(target, panel, sources, of_panel.as_ref(), &path, report);
                queries.extend(computed.map(|(query, source)| (Query { letter, ..query }, source)));
            }
        } else if source.is_prometheus() {
            if target.flag("exemplar") {
                let path = format!("{path}.exemplar");
                report.add(Status::Ok, &path, "exemplars are not shown");
            }
            let letter = names.letter(target.str("refId"));
            let query = query(target, panel, letter.unwrap_or_default());
            queries.extend(query.map(|query| (query, source.name.clone())));
            asked = Some(source);
        } else if !source.kind.is_empty() {
            foreign.push((path, source));
        }
    }
    if queries.is_empty() && asked.is_none() {
        let source = foreign.pop().map(|(_, source)| source);
        return (Vec::new(), source.or(of_panel).unwrap_or_default());
    }
    for (path, source) in foreign {
        let reason = format!("Andon reads no data sources of type {}", source.kind);
        report.add(Status::Degraded, &path, &reason);
    }
    let asked = asked.unwrap_or_default();
    (of_source(queries, &asked.name), asked)
}

/// An expression over other queries, and the source that it asks in their place.
fn computed(
    target: &Value,
    panel: &Value,
    sources: &Sources,
    of_panel: Option<&Source>,
    path: &str,
    report: &mut PanelReport,
) -> Option<(Query, String)> {
    let source_of = |target: &Value| {
        let source = sources.of_query(target, of_panel.filter(|source| !source.is_mixed()));
        (source.is_prometheus() || source.is_expression()).then_some(source)
    };
    let targets = panel.list("targets").iter();
    let known: Vec<Value> = targets
        .filter(|target| source_of(target).is_some())
        .cloned()
        .collect();
    let asked = known
        .iter()
        .filter_map(source_of)
        .find(Source::is_prometheus);
    let computed = match expression::to_promql(target, &known) {
        Ok(computed) => computed,
        Err(reason) => {
            let reason = format!("the expression is not computed: {reason}");
            report.add(Status::Degraded, path, &reason);
            return None;
        }
    };
    if computed.joins {
        let reason = "the expression puts series together by equal labels alone";
        report.add(Status::Degraded, path, reason);
    }
    let query = Query {
        expr: computed.expr,
        instant: computed.instant,
        ..Query::default()
    };
    Some((query, asked?.name))
}

/// The queries with letters of their own; those that ask another source than
/// `panel`'s name it.
fn of_source(queries: Vec<(Query, String)>, panel: &str) -> Vec<Query> {
    let mut taken = BTreeSet::new();
    let mut all = Vec::with_capacity(queries.len());
    for (mut query, source) in queries {
        if query.letter == char::default() || !taken.insert(query.letter) {
            let free = letters().find(|letter| !taken.contains(letter));
            query.letter = free.unwrap_or_default();
            taken.insert(query.letter);
        }
        if source != panel {
            query.source = source;
        }
        all.push(query);
    }
    all
}

/// A query with an expression.
fn query(target: &Value, panel: &Value, letter: char) -> Option<Query> {
    let expr = target.str("expr");
    if expr.trim().is_empty() {
        return None;
    }
    let step = [target.str("interval"), panel.str("interval")];
    let step = step
        .into_iter()
        .find(|step| !step.is_empty())
        .unwrap_or_default();
    Some(Query {
        letter,
        expr: expr.to_owned(),
        source: String::new(),
        legend: target.str("legendFormat").to_owned(),
        hidden: target.flag("hide"),
        instant: target.flag("instant") && !target.flag("range"),
        format: match target.str("format") {
            "table" => Format::Table,
            "heatmap" => Format::Heatmap,
            _ => Format::Series,
        },
        min_step: min_step(step),
    })
}

/// `>1m` is how some write that it is the least; what is no duration is no step.
pub(super) fn min_step(written: &str) -> String {
    let step = written.trim().trim_start_matches(['>', '=']);
    let is_open = step.contains('$') || step.contains("[[");
    let holds = is_open || dashboard::duration::parse(step).is_ok();
    if holds {
        step.to_owned()
    } else {
        String::new()
    }
}
