//! What a page's URL says of variables, and what the source has to offer, to
//! the values that fill its board.

use dashboard::{Board, ChoicesFrom, Scope, Target, Value, VariableQuery, resolution_order};
use series::{Labels, METRIC_NAME, TimeRange};
use tokio::sync::Mutex;
use wire::url::LiveParams;

use crate::source::{InstantQuery, InstantValue, QueryOptions, SeriesQuery, Source, SourceError};

/// Choices are as old as this at most: pages that come soon after each other
/// do not ask the source again.
const FRESH_MS: i64 = 10_000;
/// Series that were there within this time give choices.
const RECENT_MS: i64 = 60 * 60 * 1_000;
/// More choices than this nobody looks through.
const MAX_CHOICES: usize = 5_000;

/// The last values of a board, for the pages that ask for the same.
#[derive(Debug, Default)]
pub struct Resolver(Mutex<Option<Resolved>>);

#[derive(Debug)]
struct Resolved {
    at_ms: i64,
    requested: Vec<(String, String)>,
    scope: Scope,
}

impl Resolver {
    /// The values of the board's variables for a page. A query that fails
    /// gives no choices: the panels say what is wrong with the source.
    pub async fn resolve(
        &self,
        board: &Board,
        params: &LiveParams,
        source: &Source,
        now_ms: i64,
    ) -> Scope {
        if board.variables.is_empty() {
            return Scope::default();
        }
        // Held while the source is asked, so that others wait for the answer.
        let mut last = self.0.lock().await;
        if let Some(held) = last.as_ref()
            && held.requested == params.variables
            && now_ms - held.at_ms < FRESH_MS
        {
            return held.scope.clone();
        }
        let scope = values(board, params, source, now_ms).await;
        *last = Some(Resolved {
            at_ms: now_ms,
            requested: params.variables.clone(),
            scope: scope.clone(),
        });
        scope
    }
}

async fn values(board: &Board, params: &LiveParams, source: &Source, now_ms: i64) -> Scope {
    let mut scope = Scope::default();
    for index in resolution_order(&board.variables) {
        let variable = &board.variables[index];
        let answers = match &variable.from {
            ChoicesFrom::Query(query) => {
                let query = VariableQuery::parse(&scope.fill(query, Target::PromQl));
                ask(source, &query, now_ms).await.unwrap_or_else(|error| {
                    tracing::warn!(variable = variable.name, %error, "no choices");
                    Vec::new()
                })
            }
            _ => Vec::new(),
        };
        let choices = variable.choices(answers);
        let requested: Vec<String> = params
            .variables
            .iter()
            .filter(|(name, _)| *name == variable.name)
            .map(|(_, value)| value.clone())
            .collect();
        let mut value = variable.value(&choices, &requested);
        if matches!(variable.from, ChoicesFrom::Interval(_)) && value.values == ["auto"] {
            value = Value::plain("$__interval"); // the view's own values are filled in later
        }
        scope.set(&variable.name, value);
    }
    scope
}

async fn ask(
    source: &Source,
    query: &VariableQuery,
    now_ms: i64,
) -> Result<Vec<String>, SourceError> {
    let of = |selector: &str| SeriesQuery {
        selectors: [selector]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
        range: TimeRange {
            start_ms: now_ms - RECENT_MS,
            end_ms: now_ms,
        },
        limit: MAX_CHOICES,
    };
    Ok(match query {
        VariableQuery::LabelNames { selector } => source.label_names(&of(selector)).await?.items,
        VariableQuery::LabelValues { selector, label } => {
            source.label_values(label, &of(selector)).await?.items
        }
        VariableQuery::Metrics { regex } => {
            let names = source.label_values(METRIC_NAME, &of("")).await?.items;
            match regex::Regex::new(regex) {
                Ok(regex) => names
                    .into_iter()
                    .filter(|name| regex.is_match(name))
                    .collect(),
                Err(_) => Vec::new(),
            }
        }
        VariableQuery::Series { selector } => {
            let series = source.series(&of(selector)).await?.items;
            series.iter().map(Labels::to_string).collect()
        }
        VariableQuery::Result { expr } => result(source, expr, now_ms).await?,
    })
}

/// Each series as Grafana writes it: its selector, its value, its time.
async fn result(source: &Source, expr: &str, at_ms: i64) -> Result<Vec<String>, SourceError> {
    let query = InstantQuery {
        expr: expr.to_owned(),
        at_ms,
        options: QueryOptions::default(),
    };
    Ok(match source.instant_query(&query).await?.value {
        InstantValue::Vector(samples) => samples
            .iter()
            .map(|series| format!("{} {} {at_ms}", series.labels, series.sample.value))
            .collect(),
        _ => Vec::new(),
    })
}
