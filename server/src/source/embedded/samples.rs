//! Selectors and matchers -> the raw samples of the series that they select, and their
//! exemplars.

use std::collections::BTreeMap;
use std::sync::Arc;

use series::{LabeledSeries, Labels, Matcher, SampleColumns, SeriesStore, StoreError, TimeRange};
use tsdb::Exemplar;

use super::turn::CancelOnDrop;
use super::{Engine, internal};
use crate::source::{ApiErrorKind, SourceError};

impl Engine {
    /// Every sample in `range` of the series that pass all matchers, staleness markers
    /// included, in order of their labels.
    ///
    /// # Errors
    /// Where there are more than `limit`; see [`SourceError`].
    pub async fn samples(
        &self,
        matchers: Vec<Matcher>,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<LabeledSeries>, SourceError> {
        let store = Arc::clone(self.store()?);
        let turn = self.turn(self.options.timeout).await?;
        let caller = CancelOnDrop::default();
        let flag = caller.flag();
        let read = turn.run(move || {
            let mut all = Vec::new();
            let mut left = limit;
            for series in store.select(&matchers, range)? {
                if flag.is_canceled() {
                    break; // nobody waits for the rest
                }
                let mut samples = SampleColumns::default();
                series.read(range, &mut samples)?;
                let Some(rest) = left.checked_sub(samples.len()) else {
                    return Ok(None);
                };
                left = rest;
                if !samples.timestamps_ms.is_empty() {
                    let labels = series.labels().clone();
                    all.push(LabeledSeries { labels, samples });
                }
            }
            all.sort_by(|a, b| a.labels.cmp(&b.labels));
            Ok(Some(all))
        });
        let read: Result<Option<Vec<LabeledSeries>>, StoreError> = read.await?;
        read.map_err(|error| internal(&error))?
            .ok_or_else(|| SourceError::Api {
                kind: ApiErrorKind::BadData,
                message: format!("exceeded sample limit ({limit})"),
            })
    }

    /// The exemplars in `range` of the series that any of the selections selects.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn exemplars(
        &self,
        selections: Vec<Vec<Matcher>>,
        range: TimeRange,
    ) -> Result<BTreeMap<Labels, Vec<Exemplar>>, SourceError> {
        let store = Arc::clone(self.store()?);
        let turn = self.turn(self.options.timeout).await?;
        turn.run(move || store.exemplars(&selections, range)).await
    }
}
