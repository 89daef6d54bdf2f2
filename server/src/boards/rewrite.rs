//! A panel's queries to those that are asked: narrowed by the reader's
//! filters, moved in time, and once more for what was earlier.
//!
//! Contract: a shift moves the span that is asked for and leaves the text as it
//! is, so that what is compared with shares the cache with who looks at it.

use std::sync::Arc;

use dashboard::{Filter, Kind, Override, Panel, SeriesMatch, Target, duration};
use query::{Query, SourceName};
use series::{MatchOp, Matcher};
use wire::data::COMPARISON_MARK;
use wire::id::RefId;

use super::resolve::milliseconds;
use super::variables::Resolved;
use crate::live::spec::ViewQuery;

/// The names of comparisons' queries begin here, behind all that boards use.
const FIRST_COMPARED: char = 'α';

/// What becomes of a panel's queries.
#[derive(Debug, Default)]
pub struct Rewrite {
    /// By the source whose queries they are for; where none is named, any.
    matchers: Vec<(SourceName, Matcher)>,
    /// How much earlier the panel's queries are asked.
    pub shift_ms: i64,
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
            let source = SourceName::from(source);
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
        source: &SourceName,
        title: &str,
        notices: &mut Vec<String>,
    ) -> String {
        let matchers = self.matchers_for(source);
        if matchers.is_empty() {
            return expr;
        }
        match promql::parse(&expr) {
            Ok(tree) => tree.narrowed(&matchers).to_string(),
            Err(_) => {
                notices.push(format!(
                    "{title}: its query is not plain PromQL, so filters do not reach it"
                ));
                expr
            }
        }
    }

    fn matchers_for(&self, source: &SourceName) -> Vec<Matcher> {
        let all = self.matchers.iter();
        let meant = all.filter(|(of, _)| of.is_default_source() || of == source);
        meant.map(|(_, matcher)| matcher.clone()).collect()
    }

    /// The same queries of an earlier time, where they are asked for.
    pub fn comparisons(&self, queries: &[ViewQuery]) -> Vec<ViewQuery> {
        let Some(earlier_ms) = self.earlier_ms else {
            return Vec::new();
        };
        let suffix = format!(
            "{COMPARISON_MARK}, {} ago",
            duration::format(earlier_ms.unsigned_abs())
        );
        let ref_ids = (FIRST_COMPARED..).map(RefId);
        let earlier = queries.iter().zip(ref_ids).map(|(own, ref_id)| {
            let (name, suffix) = (Arc::clone(&own.name), suffix.clone());
            ViewQuery {
                ref_id,
                query: Query {
                    shift_ms: own.query.shift_ms + earlier_ms,
                    ..own.query.clone()
                },
                name: Arc::new(move |labels| name(labels) + &suffix),
            }
        });
        earlier.collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use query::{Question, Take};

    #[test]
    fn what_is_compared_is_the_same_question_about_an_earlier_span() {
        const HOUR_MS: i64 = 3_600_000;
        let own = ViewQuery {
            ref_id: RefId('A'),
            query: Query {
                source: "prometheus".into(),
                question: Question::promql("rate(jobs_total[5m]) + time()", Take::EveryMs(1_000)),
                shift_ms: HOUR_MS,
            },
            name: Arc::new(|_| "jobs".to_owned()),
        };
        let rewrite = Rewrite {
            earlier_ms: Some(24 * HOUR_MS),
            ..Rewrite::default()
        };
        let compared = rewrite.comparisons(std::slice::from_ref(&own));
        assert_eq!(compared.len(), 1);
        let asked = &compared[0].query;
        assert_eq!(asked.question, own.query.question);
        assert_eq!(asked.shift_ms, 25 * HOUR_MS, "beyond the panel's own");
        assert_eq!(compared[0].ref_id, RefId('α'));
        let name = (compared[0].name)(&series::Labels::default());
        assert_eq!(name, format!("jobs{COMPARISON_MARK}, 1d ago"));
        assert!(Rewrite::default().comparisons(&[own]).is_empty());
    }
}
