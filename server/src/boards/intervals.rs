//! A board with its values -> how often the series of its queries are scraped,
//! so that each rate window holds several scrapes.
//!
//! Contract: only queries that name the window are asked about, each source
//! once for all of them, and no longer than a page can wait.

use std::collections::{BTreeMap, BTreeSet};

use dashboard::marks::annotations_panel;
use dashboard::{Board, BuiltIns, Scope, Target};
use futures_util::future::join_all;
use query::SourceName;

use crate::query::{Intervals, QueryFrontends};

/// What stands in a query for the window that rests on the interval.
const RATE_INTERVAL: &str = "__rate_interval";
/// Any window, so that the query can be read.
const SOME_MS: i64 = 60_000;

/// The intervals of the board's queries; `first` is the source by which its
/// steps are chosen.
pub async fn intervals(board: &Board, first: &SourceName, frontends: &QueryFrontends) -> Intervals {
    let first = frontends.get(first);
    let first = first.or_else(|_| frontends.get(&SourceName::default_source()));
    let shortest_ms = match first {
        Ok(frontend) => Some(frontend.shortest_interval_ms().await),
        Err(_) => None,
    };
    let mut intervals = shortest_ms.map(Intervals::from).unwrap_or_default();
    let queries = rate_queries(board);
    let sources = queries.iter();
    let asked = sources.map(|(source, exprs)| of_source(frontends, source, exprs));
    for (source, expr, interval_ms) in join_all(asked).await.into_iter().flatten() {
        intervals.insert(source, expr, interval_ms);
    }
    intervals
}

/// Those of the expressions that one source is asked.
async fn of_source<'a>(
    frontends: &QueryFrontends,
    source: &'a SourceName,
    exprs: &'a BTreeSet<String>,
) -> Vec<(&'a SourceName, &'a str, i64)> {
    let Ok(frontend) = frontends.get(source) else {
        return Vec::new();
    };
    let readable: Vec<String> = exprs.iter().map(|expr| readable(expr)).collect();
    let intervals_ms = frontend.intervals_ms(&readable).await;
    let known = exprs.iter().zip(intervals_ms);
    known
        .map(|(expr, ms)| (source, expr.as_str(), ms))
        .collect()
}

/// The queries that name the window, by their source.
fn rate_queries(board: &Board) -> BTreeMap<SourceName, BTreeSet<String>> {
    let annotations = annotations_panel(&board.annotations);
    let mut queries: BTreeMap<SourceName, BTreeSet<String>> = BTreeMap::new();
    for panel in board.panels.iter().chain([&annotations]) {
        let shown = panel.queries.iter().filter(|query| !query.hidden);
        for query in shown.filter(|query| query.text.contains(RATE_INTERVAL)) {
            let source = SourceName::from(query.source_of(panel));
            queries
                .entry(source)
                .or_default()
                .insert(query.text.clone());
        }
    }
    queries
}

fn readable(expr: &str) -> String {
    let built_ins = BuiltIns {
        from_ms: 0,
        to_ms: SOME_MS,
        interval_ms: SOME_MS,
        rate_interval_ms: SOME_MS,
    };
    Scope::built_in(&built_ins).fill(expr, Target::PromQl)
}
