//! A panel's queries to those that are asked: narrowed by the reader's
//! filters, moved in time, and once more for what was earlier.

use std::sync::Arc;

use dashboard::{Filter, Kind, Override, Panel, SeriesMatch, Target, duration};
use series::{MatchOp, Matcher};
use wire::data::COMPARISON_MARK;

use super::resolve::milliseconds;
use super::variables::Resolved;
use crate::live::spec::ViewQuery;
use crate::query::normalize::NormalizedQuery;

/// The names of comparisons' queries begin here, behind all that boards use.
const FIRST_COMPARED: u32 = 0x3b1; // α

/// What becomes of a panel's queries.
#[derive(Debug, Default)]
pub struct Rewrite {
    /// By the source whose queries they are for; empty is any.
    matchers: Vec<(String, Matcher)>,
    shift_ms: i64,
    earlier_ms: Option<i64>,
}

impl Rewrite {
    /// What the reader's filters, the panel's time and the comparison ask for.
    pub fn of(
        panel: &Panel,
        resolved: &Resolved,
        earlier_ms: Option<i64>,
        notices: &mut Vec<String>,
    ) -> Self {
        let mut matchers = Vec::new();
        for offer in &resolved.offers {
            let source = resolved.scope.fill(&offer.variable.source, Target::Text);
            for filter in &offer.filters {
                match matcher(filter) {
                    Ok(matcher) => matchers.push((source.clone(), matcher)),
                    Err(reason) if notices.contains(&reason) => {}
                    Err(reason) => notices.push(reason),
                }
            }
        }
        Self {
            matchers,
            shift_ms: milliseconds(&panel.time.shift).unwrap_or(0),
            earlier_ms: earlier_ms.filter(|_| matches!(panel.kind, Kind::TimeSeries(_))),
        }
    }

    /// The query as it is asked. One that is not read as PromQL stands as it
    /// is, which is said.
    pub fn own(
        &self,
        expr: String,
        source: &str,
        title: &str,
        notices: &mut Vec<String>,
    ) -> String {
        let matchers = self.matchers_for(source);
        if matchers.is_empty() && self.shift_ms == 0 {
            return expr;
        }
        match promql::parse(&expr) {
            Ok(tree) => tree.narrowed(&matchers).shifted(self.shift_ms).to_string(),
            Err(_) => {
                notices.push(format!(
                    "{title}: its query is not plain PromQL, so filters and shifts do not reach it"
                ));
                expr
            }
        }
    }

    fn matchers_for(&self, source: &str) -> Vec<Matcher> {
        let all = self.matchers.iter();
        let meant = all.filter(|(of, _)| of.is_empty() || of == source);
        meant.map(|(_, matcher)| matcher.clone()).collect()
    }

    /// The same queries of an earlier time, where they are asked for.
    pub fn comparisons(
        &self,
        queries: &[ViewQuery],
        title: &str,
        notices: &mut Vec<String>,
    ) -> Vec<ViewQuery> {
        let Some(earlier_ms) = self.earlier_ms else {
            return Vec::new();
        };
        let suffix = format!(
            "{COMPARISON_MARK}, {} ago",
            duration::format(earlier_ms.unsigned_abs())
        );
        let ref_ids = (FIRST_COMPARED..).filter_map(char::from_u32);
        let mut comparisons = Vec::new();
        for (query, ref_id) in queries.iter().zip(ref_ids) {
            let Ok(tree) = promql::parse(&query.query.expr) else {
                notices.push(format!(
                    "{title}: its query is not plain PromQL, so there is no comparison"
                ));
                continue;
            };
            let (name, suffix) = (Arc::clone(&query.name), suffix.clone());
            comparisons.push(ViewQuery {
                ref_id,
                source: query.source.clone(),
                instant: query.instant,
                query: NormalizedQuery {
                    expr: tree.shifted(earlier_ms).to_string().into(),
                    step_ms: query.query.step_ms,
                },
                name: Arc::new(move |labels| name(labels) + &suffix),
            });
        }
        comparisons
    }

    /// How a comparison is drawn.
    pub fn comparison_override(comparison: &ViewQuery) -> Override {
        Override {
            of: SeriesMatch::Query(comparison.ref_id),
            dashed: true,
            stacked: Some(false),
            draw: Some(dashboard::DrawStyle::Line),
            ..Override::default()
        }
    }
}

fn matcher(filter: &Filter) -> Result<Matcher, String> {
    let op = match filter.op.as_str() {
        "!=" => MatchOp::NotEqual,
        "=~" => MatchOp::Regex,
        "!~" => MatchOp::NotRegex,
        _ => MatchOp::Equal,
    };
    Matcher::new(&*filter.label, op, &*filter.value)
        .map_err(|error| format!("The filter on {} is left out: {error}", filter.label))
}
