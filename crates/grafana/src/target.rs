//! What a Grafana panel asks to [`PanelQuery`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expression;
use crate::helpers::min_step;
use crate::json::Json;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use crate::source::{Source, Sources};
use dashboard::{Format, PanelQuery};
use query::Language;
use wire::id::RefId;

/// The panel's queries, and the data source that most of them ask.
///
/// A query in a language of which Andon has no sources yet is kept with its
/// text. Beside queries in PromQL it is hidden, so that these show.
pub(super) fn import(
    panel: &Value,
    sources: &Sources,
    names: &Names,
    report: &mut PanelReport,
) -> (Vec<PanelQuery>, Source) {
    let of_panel = sources.of(panel);
    let of_queries = of_panel.as_ref().filter(|source| !source.is_mixed());
    let mut targets = Targets::default();
    for (target, index) in panel.list("targets").iter().zip(0..) {
        let source = sources.of_query(target, of_queries);
        let path = format!(".targets[{index}]");
        let ref_id = names.ref_id(target.str("refId")).unwrap_or_default();
        if source.is_prometheus() && target.flag("exemplar") {
            let path = format!("{path}.exemplar");
            report.add(Status::Ok, &path, "exemplars are not shown");
        }
        if !source.is_expression() {
            let query = source
                .language()
                .and_then(|of| query(target, panel, ref_id, of));
            targets.add(source, query, path);
        } else if !target.flag("hide") {
            let computed = computed(target, panel, sources, of_panel.as_ref(), &path, report);
            let queries = &mut targets.queries;
            queries
                .extend(computed.map(|(query, source)| (PanelQuery { ref_id, ..query }, source)));
        }
    }
    targets.finish(of_panel, report)
}

/// What a panel asks, by what becomes of it.
#[derive(Default)]
struct Targets {
    /// In PromQL, each with the name of its source.
    queries: Vec<(PanelQuery, String)>,
    /// The data source that is asked in PromQL.
    asked: Option<Source>,
    /// In other languages that Andon has, each with its place.
    kept: Vec<(PanelQuery, Source, String)>,
    /// What is in no such language.
    foreign: Vec<(Source, String)>,
}

impl Targets {
    /// Adds what a source is asked; `None` where it is asked nothing that is
    /// in a language of ours.
    fn add(&mut self, source: Source, query: Option<PanelQuery>, path: String) {
        match source.language() {
            Some(Language::PromQl) => {
                let queries = &mut self.queries;
                queries.extend(query.map(|query| (query, source.name.clone())));
                self.asked = Some(source);
            }
            Some(_) => self.kept.extend(query.map(|query| (query, source, path))),
            None if !source.kind.is_empty() => self.foreign.push((source, path)),
            None => {}
        }
    }

    fn finish(
        mut self,
        of_panel: Option<Source>,
        report: &mut PanelReport,
    ) -> (Vec<PanelQuery>, Source) {
        let shows_promql = self.queries.iter().any(|(query, _)| !query.hidden);
        for (query, source, path) in self.kept {
            report_kept(&query, &source, &path, shows_promql, report);
            let hidden = query.hidden || shows_promql;
            let query = PanelQuery { hidden, ..query };
            self.queries.push((query, source.name.clone()));
            self.asked = self.asked.or(Some(source));
        }
        if self.queries.is_empty() && self.asked.is_none() {
            let source = self.foreign.pop().map(|(source, _)| source);
            return (Vec::new(), source.or(of_panel).unwrap_or_default());
        }
        for (source, path) in self.foreign {
            let reason = format!("Andon reads no data sources of type {}", source.kind);
            report.add(Status::Degraded, &path, &reason);
        }
        let asked = self.asked.unwrap_or_default();
        (of_source(self.queries, &asked.name), asked)
    }
}

/// Says that a query is kept though nothing answers it.
fn report_kept(
    query: &PanelQuery,
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
) -> Option<(PanelQuery, String)> {
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
    let query = PanelQuery {
        instant: computed.instant,
        ..PanelQuery::promql(computed.expr)
    };
    Some((query, asked?.name))
}

/// The queries with names of their own; those that ask another source than
/// `panel`'s name it.
fn of_source(queries: Vec<(PanelQuery, String)>, panel: &str) -> Vec<PanelQuery> {
    let mut taken = BTreeSet::new();
    let mut all = Vec::with_capacity(queries.len());
    for (mut query, source) in queries {
        if query.ref_id == RefId::default() || !taken.insert(query.ref_id) {
            let free = RefId::all().find(|ref_id| !taken.contains(ref_id));
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
fn query(target: &Value, panel: &Value, ref_id: RefId, language: Language) -> Option<PanelQuery> {
    let text = text(target, language);
    if text.trim().is_empty() {
        return None;
    }
    let step = [target.str("interval"), panel.str("interval")];
    let step = step
        .into_iter()
        .find(|step| !step.is_empty())
        .unwrap_or_default();
    Some(PanelQuery {
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
