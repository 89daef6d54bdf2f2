//! The query of a board's variable -> what can be chosen.
//!
//! Contract: pages of one time share the questions, whichever board they show:
//! the range's ends are moved outwards to whole [`Terms::ttl`]s. A failure is
//! remembered for a moment, so that pages do not wait for it one after the other.

use std::sync::Arc;
use std::time::Duration;

use dashboard::VariableQuery;
use query::{InstantQuery, SeriesQuery};
use series::{Labels, METRIC_NAME, TimeRange};

use super::lookup_cache::{LookupCache, Terms};
use super::{QueryError, QueryFrontend};
use crate::source::InstantValue;

/// More choices than this nobody looks through.
const MAX_CHOICES: usize = 5_000;

const TERMS: Terms = Terms {
    limit: Duration::from_secs(10),
    ttl: Duration::from_secs(10),
    failure_ttl: Duration::from_secs(5),
};

/// What was offered of late, by query and range.
pub struct Choices(LookupCache<(VariableQuery, TimeRange), Arc<[String]>>);

impl Choices {
    /// Nothing is known yet.
    pub fn new(source_name: &str) -> Self {
        Self(LookupCache::new(source_name.to_owned(), TERMS))
    }
}

impl QueryFrontend {
    /// What a variable's query offers on a page that shows `range`.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn choices(
        &self,
        query: VariableQuery,
        range: TimeRange,
    ) -> Result<Arc<[String]>, QueryError> {
        let question = (query, widened(range));
        let (frontend, (query, range)) = (self.clone(), question.clone());
        let call = async move { Ok(frontend.look_up_choices(&query, range).await?.into()) };
        self.shared.choices.0.get(question, call).await
    }

    async fn look_up_choices(
        &self,
        query: &VariableQuery,
        range: TimeRange,
    ) -> Result<Vec<String>, QueryError> {
        Ok(match query {
            VariableQuery::LabelNames { selector } => self
                .label_names(selected(selector, range))
                .await?
                .items
                .clone(),
            VariableQuery::LabelValues { selector, label } => {
                let selected = selected(selector, range);
                self.label_values(label, selected).await?.items.clone()
            }
            VariableQuery::Metrics { regex } => {
                let names = self.label_values(METRIC_NAME, selected("", range)).await?;
                match regex::Regex::new(regex) {
                    Ok(regex) => {
                        let matching = names.items.iter().filter(|name| regex.is_match(name));
                        matching.cloned().collect()
                    }
                    Err(_) => Vec::new(),
                }
            }
            VariableQuery::Series { selector } => {
                let series = self.series(selected(selector, range)).await?;
                series.items.iter().map(Labels::to_string).collect()
            }
            VariableQuery::Result { expr } => self.result(expr, range.end_ms - unit_ms()).await?,
        })
    }

    /// Each series as Grafana writes it: its selector, its value, its time.
    async fn result(&self, expr: &str, at_ms: i64) -> Result<Vec<String>, QueryError> {
        let query = InstantQuery {
            expr: expr.to_owned(),
            at_ms,
            options: Default::default(),
        };
        Ok(match &self.instant_query(query).await?.value {
            InstantValue::Vector(samples) => samples
                .iter()
                .map(|series| match &series.histogram {
                    Some(histogram) => format!("{} {histogram} {at_ms}", series.labels),
                    None => format!("{} {} {at_ms}", series.labels, series.sample.value),
                })
                .collect(),
            _ => Vec::new(),
        })
    }
}

fn selected(selector: &str, range: TimeRange) -> SeriesQuery {
    let selector = Some(selector).filter(|text| !text.is_empty());
    SeriesQuery {
        selectors: selector.map(str::to_owned).into_iter().collect(),
        range,
        limit: MAX_CHOICES,
    }
}

fn unit_ms() -> i64 {
    i64::try_from(TERMS.ttl.as_millis()).unwrap_or(1)
}

/// A range that pages of about the same time share.
fn widened(range: TimeRange) -> TimeRange {
    let unit_ms = unit_ms();
    TimeRange {
        start_ms: range.start_ms.div_euclid(unit_ms) * unit_ms,
        end_ms: (range.end_ms.div_euclid(unit_ms) + 1) * unit_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_one_time_ask_about_one_range() {
        let check = |start_ms, end_ms, expected| {
            let range = widened(TimeRange { start_ms, end_ms });
            assert_eq!((range.start_ms, range.end_ms), expected);
        };
        check(0, 0, (0, 10_000));
        check(10_001, 19_999, (10_000, 20_000));
        check(-1, 20_000, (-10_000, 30_000));
    }
}
