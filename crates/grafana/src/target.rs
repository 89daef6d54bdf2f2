//! What a Grafana panel asks to [`Query`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expression;
use crate::helpers::min_step;
use crate::json::Json;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use crate::source::{Source, Sources};
use dashboard::{Format, Language, Query, ref_ids};

/// The panel's queries, and the data source that most of them ask.
///
/// A query in a language of which Andon has no sources yet is kept with its
/// text. Beside queries in PromQL it is hidden, so that these show.
pub(super) fn import(
    panel: &Value,
    sources: &Sources,
    names: &Names,
    report: &mut PanelReport,
) -> (Vec<Query>, Source) {
    let of_panel = sources.of(panel);
    let of_queries = of_panel.as_ref().filter(|source| !source.is_mixed());
    let mut queries = Vec::new();
    let mut asked: Option<Source> = None;
    let mut kept = Vec::new();
    let mut foreign = Vec::new();
    for (target, index) in panel.list("targets").iter().zip(0..) {
        let source = sources.of_query(target, of_queries);
        let path = format!(".targets[{index}]");
        let ref_id = names.ref_id(target.str("refId")).unwrap_or_default();
        if source.is_expression() {
            if !target.flag("hide") {
                let computed = computed(target, panel, sources, of_panel.as_ref(), &path, report);
                queries.extend(computed.map(|(query, source)| (Query { ref_id, ..query }, source)));
            }
            continue;
        }
        match source.language() {
            Some(Language::PromQl) => {
                if target.flag("exemplar") {
                    let path = format!("{path}.exemplar");
                    report.add(Status::Ok, &path, "exemplars are not shown");
                }
                let query = query(target, panel, ref_id, Language::PromQl);
                queries.extend(query.map(|query| (query, source.name.clone())));
                asked = Some(source);
            }
            Some(language) => {
                let query = query(target, panel, ref_id, language);
                kept.extend(query.map(|query| (query, source, path)));
            }
            None if !source.kind.is_empty() => foreign.push((path, source)),
            None => {}
        }
    }
    let has_promql = asked.is_some() || !queries.is_empty();
    for (query, source, path) in kept {
        report_kept(&query, &source, &path, has_promql, report);
        let hidden = query.hidden || has_promql;
        queries.push((Query { hidden, ..query }, source.name.clone()));
        asked = asked.or(Some(source));
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

/// Says that a query is kept though nothing answers it.
fn report_kept(
    query: &Query,
    source: &Source,
    path: &str,
    is_beside_promql: bool,
    report: &mut PanelReport,
) {
    let (language, kind) = (query.language.name(), &source.kind);
    let key = query.language.key();
    let (status, what) = if is_beside_promql {
        (Status::Degraded, "hidden, since")
    } else {
        (Status::Unsupported, "and the panel says that")
    };
    let reason =
        format!("kept as `{key}` ({language}), {what} Andon has no sources of type {kind} yet");
    report.add(status, path, &reason);
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
        instant: computed.instant,
        ..Query::promql(computed.expr)
    };
    Some((query, asked?.name))
}

/// The queries with names of their own; those that ask another source than
/// `panel`'s name it.
fn of_source(queries: Vec<(Query, String)>, panel: &str) -> Vec<Query> {
    let mut taken = BTreeSet::new();
    let mut all = Vec::with_capacity(queries.len());
    for (mut query, source) in queries {
        if query.ref_id == char::default() || !taken.insert(query.ref_id) {
            let free = ref_ids().find(|ref_id| !taken.contains(ref_id));
            query.ref_id = free.unwrap_or_default();
            taken.insert(query.ref_id);
        }
        if source != panel {
            query.source = source;
        }
        all.push(query);
    }
    all
}

/// A query that asks something.
fn query(target: &Value, panel: &Value, ref_id: char, language: Language) -> Option<Query> {
    let text = text(target, language);
    if text.trim().is_empty() {
        return None;
    }
    let step = [target.str("interval"), panel.str("interval")];
    let step = step
        .into_iter()
        .find(|step| !step.is_empty())
        .unwrap_or_default();
    Some(Query {
        ref_id,
        language,
        text,
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

/// What is asked, where a query in the language says it.
fn text(target: &Value, language: Language) -> String {
    match language {
        Language::PromQl | Language::LogQl => target.str("expr").to_owned(),
        Language::Sql => match target.str("rawSql") {
            "" => target.str("rawQueryText").to_owned(),
            sql => sql.to_owned(),
        },
        Language::Traces => match target.str("query") {
            "" => search_of_traces(target),
            query => query.to_owned(),
        },
        Language::Events => String::new(),
    }
}

/// A search that is a form of fields, as `service=web operation=get`.
fn search_of_traces(target: &Value) -> String {
    let keys = [
        "service",
        "serviceName",
        "operation",
        "spanName",
        "tags",
        "minDuration",
        "maxDuration",
    ];
    let said = keys.iter().map(|key| (key, target.str(key)));
    let said = said.filter(|(_, value)| !value.is_empty());
    said.map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join(" ")
}
