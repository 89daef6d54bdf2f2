//! The exemplars of a page -> those of its series in the store.

use exposition::PageExemplar;
use series::Labels;
use storage::NewExemplar;
use tsdb::Exemplar;

use super::{Destination, TargetSeries};

/// The exemplar of a sample of a text page.
pub fn exemplar_of(sample: &exposition::Sample<'_>) -> Option<PageExemplar> {
    let found = sample.exemplar.as_ref()?;
    Some(PageExemplar {
        series: sample.series.raw().to_owned(),
        labels: Labels::from_pairs(found.labels()),
        value: found.value,
        timestamp_ms: found.timestamp_ms,
    })
}

impl TargetSeries {
    /// Stores exemplars, once the series of their page are known; gives how many have
    /// none in the store.
    pub(super) fn store_exemplars(
        &self,
        to: Destination<'_>,
        page: Vec<PageExemplar>,
        at_ms: i64,
    ) -> usize {
        let all = page.len();
        let stored = page.into_iter().filter_map(|one| {
            Some(NewExemplar {
                series: self.cache.series_of(&one.series)?,
                has_own_time: one.timestamp_ms.is_some(),
                exemplar: Exemplar {
                    labels: one.labels,
                    value: one.value,
                    timestamp_ms: one.timestamp_ms.unwrap_or(at_ms),
                },
            })
        });
        let stored: Vec<NewExemplar> = stored.collect();
        let unstored = all - stored.len();
        if !stored.is_empty() {
            to.store.append_exemplars(stored);
        }
        unstored
    }
}
