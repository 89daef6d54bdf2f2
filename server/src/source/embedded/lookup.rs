//! Questions about series: selectors to label sets, names and values.
//!
//! Contract: they take turns with evaluations, run where blocking is allowed,
//! and end with the engine's time-out or when the caller leaves, before the
//! next selector at the latest.

use std::sync::Arc;

use query::SeriesQuery;
use series::{Labels, Matcher, SeriesStore, StoreError, TimeRange};
use storage::Store;

use super::turn::CancelOnDrop;
use super::{Engine, TRUNCATED, internal};
use crate::source::{Annotations, ApiErrorKind, LabelSet, SourceError};

impl Engine {
    /// See [`crate::source::Source::series`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn series(&self, query: &SeriesQuery) -> Result<LabelSet<Labels>, SourceError> {
        self.look_up(query, |store, matchers, range, limit| {
            Ok(store.labels(matchers, range, limit))
        })
        .await
    }

    /// See [`crate::source::Source::label_names`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_names(&self, query: &SeriesQuery) -> Result<LabelSet<String>, SourceError> {
        self.look_up(query, |store, matchers, range, limit| {
            store.label_names(matchers, range, limit)
        })
        .await
    }

    /// See [`crate::source::Source::label_values`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_values(
        &self,
        name: &str,
        query: &SeriesQuery,
    ) -> Result<LabelSet<String>, SourceError> {
        let name = name.to_owned();
        self.look_up(query, move |store, matchers, range, limit| {
            store.label_values(&name, matchers, range, limit)
        })
        .await
    }

    /// Asks the index once for each selector, or once where there is none, for
    /// at most as many as a limit lets through and one more, which tells that
    /// there are more.
    async fn look_up<T: Ord + Send + 'static>(
        &self,
        query: &SeriesQuery,
        ask: impl Fn(&Store, &[Matcher], TimeRange, usize) -> Result<Vec<T>, StoreError>
        + Send
        + 'static,
    ) -> Result<LabelSet<T>, SourceError> {
        let store = Arc::clone(self.store()?);
        let selections = selections(query)?;
        let SeriesQuery { range, limit, .. } = *query;
        if range.start_ms > range.end_ms {
            return Ok(limited(Vec::new(), limit));
        }
        let turn = self.turn(self.options.timeout).await?;
        let caller = CancelOnDrop::default();
        let flag = caller.flag();
        let found = turn.run(move || {
            let mut all = Vec::new();
            for matchers in &selections {
                if flag.is_canceled() {
                    break; // nobody waits for the rest
                }
                let found = ask(&store, matchers, range, at_most(limit));
                all.extend(found.map_err(|error| internal(&error))?);
                all.sort_unstable();
                all.dedup();
                all.truncate(at_most(limit));
            }
            Ok(all)
        });
        Ok(limited(found.await??, limit))
    }
}

/// The matchers of each selector; all series where there is none.
fn selections(query: &SeriesQuery) -> Result<Vec<Vec<Matcher>>, SourceError> {
    if query.selectors.is_empty() {
        return Ok(vec![Vec::new()]);
    }
    let selectors = query.selectors.iter();
    selectors
        .map(|selector| promql::parse_selector(selector).map_err(bad_selector))
        .collect()
}

/// One more than the limit: it tells that there are more.
fn at_most(limit: usize) -> usize {
    match limit {
        0 => usize::MAX,
        limit => limit.saturating_add(1),
    }
}

fn limited<T>(mut items: Vec<T>, limit: usize) -> LabelSet<T> {
    let mut annotations = Annotations::default();
    if limit > 0 && items.len() > limit {
        items.truncate(limit);
        annotations.warnings.push(TRUNCATED.to_owned());
    }
    LabelSet { items, annotations }
}

fn bad_selector(error: promql::ParseError) -> SourceError {
    SourceError::Api {
        kind: ApiErrorKind::BadData,
        message: format!("invalid parameter \"match[]\": {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::source::EngineOptions;

    fn engine(max_concurrency: usize, timeout: Duration) -> Arc<Engine> {
        let options = EngineOptions {
            max_concurrency,
            timeout,
            ..EngineOptions::default()
        };
        let engine = Engine::new(options, storage::Options::default());
        engine.open().unwrap();
        Arc::new(engine)
    }

    fn query(selectors: &[&str]) -> SeriesQuery {
        SeriesQuery {
            selectors: selectors.iter().map(|text| (*text).to_owned()).collect(),
            range: TimeRange::ALL,
            limit: 0,
        }
    }

    #[tokio::test]
    async fn a_question_that_gets_no_turn_ends_with_the_time_out() {
        let engine = engine(1, Duration::from_millis(50));
        let (_end, ends) = mpsc::channel::<()>();
        let busy = Arc::clone(&engine);
        tokio::spawn(async move {
            let hangs = move |_: &Store, _: &[Matcher], _: TimeRange, _: usize| {
                let _ = ends.recv(); // until the test ends
                Ok(Vec::<String>::new())
            };
            busy.look_up(&query(&[]), hangs).await
        });
        while engine.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let error = engine.label_names(&query(&[])).await.unwrap_err();
        assert_eq!(error.api_kind(), ApiErrorKind::Timeout);
    }

    #[tokio::test]
    async fn a_question_ends_when_the_caller_leaves() {
        let engine = engine(1, Duration::from_secs(60));
        let (asked, was_asked) = mpsc::channel();
        let (go_on, goes_on) = mpsc::channel::<()>();
        let caller = Arc::clone(&engine);
        let caller = tokio::spawn(async move {
            let ask = move |_: &Store, _: &[Matcher], _: TimeRange, _: usize| {
                asked.send(()).unwrap();
                let _ = goes_on.recv();
                Ok(Vec::<String>::new())
            };
            caller.look_up(&query(&["a", "b"]), ask).await
        });
        let was_asked = tokio::task::spawn_blocking(move || {
            was_asked.recv().unwrap();
            was_asked
        });
        let was_asked = was_asked.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        drop(go_on);
        let asked_again = tokio::task::spawn_blocking(move || was_asked.recv());
        assert!(
            asked_again.await.unwrap().is_err(),
            "b is not asked any more"
        );
    }
}
