//! What a page's URL says of variables, and what the sources have to offer, to
//! the values that fill its board and the choices that its reader has.

use std::sync::Arc;
use std::time::Duration;

use dashboard::{
    Board, Choice, ChoicesFrom, Filter, Scope, Target, Value, Variable, VariableQuery,
    resolution_stages,
};
use futures_util::future::join_all;
use moka::sync::Cache;
use query::SourceName;
use series::TimeRange;
use tokio::sync::OnceCell;
use wire::id::BoardId;
use wire::url::LiveParams;

use super::BoardEntry;
use crate::query::{QueryError, QueryFrontends};

/// Choices are as old as this at most: pages that come soon after each other
/// do not ask the sources again.
const FRESH: Duration = Duration::from_secs(10);
/// So many different pages' values are held.
const HELD: u64 = 256;

/// The values of a board's variables on one page.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// What stands in queries and texts.
    pub scope: Scope,
    /// What can be chosen, in the order of the board's variables.
    pub offers: Vec<Offer>,
}

/// One variable on a page.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The variable.
    pub variable: Variable,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is.
    pub value: Value,
    /// The reader's filters, where the variable is of that kind.
    pub filters: Vec<Filter>,
    /// Why there are no choices.
    pub error: Option<String>,
}

/// What a page's values depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    board: BoardId,
    version: u64,
    range: (String, String, String),
    requested: Vec<(String, String)>,
}

/// The values of the pages of late, so that a page and its stream, and pages
/// that come together, ask once. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Resolver(Cache<Key, Arc<OnceCell<Arc<Resolved>>>>);

impl Default for Resolver {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(HELD)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Resolver {
    /// The values of the board's variables for a page that shows `range`. A
    /// query that fails gives no choices, and says why; it is asked again.
    pub async fn resolve(
        &self,
        entry: &BoardEntry,
        params: &LiveParams,
        frontends: &QueryFrontends,
        range: TimeRange,
    ) -> Arc<Resolved> {
        let key = Key {
            board: entry.id.clone(),
            version: entry.version,
            range: (params.from.clone(), params.to.clone(), params.zone.clone()),
            requested: params.variables.clone(),
        };
        let cell = self.0.get_with_by_ref(&key, Arc::default);
        let resolve = async || Arc::new(resolve(&entry.board, params, frontends, range).await);
        let resolved = cell.get_or_init(resolve).await;
        if resolved.offers.iter().any(|offer| offer.error.is_some()) {
            self.0.invalidate(&key);
        }
        Arc::clone(resolved)
    }
}

async fn resolve(
    board: &Board,
    params: &LiveParams,
    frontends: &QueryFrontends,
    range: TimeRange,
) -> Resolved {
    let mut scope = Scope::default();
    let mut offers: Vec<Option<Offer>> = vec![None; board.variables.len()];
    for stage in resolution_stages(&board.variables) {
        let asked = stage.iter().map(|index| {
            let variable = &board.variables[*index];
            offer(variable, &scope, params, frontends, range)
        });
        let answers = join_all(asked).await;
        for (index, offer) in stage.into_iter().zip(answers) {
            scope.set(&offer.variable.name, offer.value.clone());
            offers[index] = Some(offer);
        }
    }
    Resolved {
        scope,
        offers: offers.into_iter().flatten().collect(),
    }
}

async fn offer(
    variable: &Variable,
    scope: &Scope,
    params: &LiveParams,
    frontends: &QueryFrontends,
    range: TimeRange,
) -> Offer {
    let answers = match &variable.from {
        ChoicesFrom::Query(query) => {
            let source = scope.fill(&variable.source, Target::Text);
            let query = VariableQuery::parse(&scope.fill(query, Target::PromQl));
            let choices = choices(frontends, &source.into(), query, range).await;
            choices.map_err(|error| error.to_string())
        }
        ChoicesFrom::Source(kind) => Ok(sources(kind, frontends)),
        _ => Ok(Vec::new()),
    };
    let (answers, error) = match answers {
        Ok(answers) => (answers, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let requested: Vec<String> = params
        .variables
        .iter()
        .filter(|(name, _)| *name == variable.name)
        .map(|(_, value)| value.clone())
        .collect();
    let choices = variable.choices(answers);
    Offer {
        value: variable.value(&choices, &requested, range.end_ms - range.start_ms),
        filters: variable.filters(&requested),
        variable: variable.clone(),
        choices,
        error,
    }
}

/// The sources that boards of this type can be shown from: ours all speak
/// Prometheus' API.
fn sources(kind: &str, frontends: &QueryFrontends) -> Vec<String> {
    let is_ours = kind.is_empty() || kind.contains("prometheus") || kind.contains("victoria");
    let all = frontends.all();
    let names = all.iter().filter(|_| is_ours);
    names.map(|(name, _)| name.to_string()).collect()
}

async fn choices(
    frontends: &QueryFrontends,
    source: &SourceName,
    query: VariableQuery,
    range: TimeRange,
) -> Result<Vec<String>, QueryError> {
    let choices = frontends.get(source)?.choices(query, range).await?;
    Ok(choices.to_vec())
}
