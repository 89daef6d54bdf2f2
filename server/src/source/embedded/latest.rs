//! Selectors -> the newest sample of each series that they select, with its own time.

use std::collections::BTreeMap;
use std::sync::Arc;

use query::LatestQuery;
use series::{Labels, Sample, SampleColumns, SeriesStore, StoreError, TimeRange, is_stale_nan};

use super::turn::CancelOnDrop;
use super::{Engine, internal};
use crate::source::{Annotations, ApiErrorKind, Instant, InstantSample, InstantValue, SourceError};

impl Engine {
    /// The newest sample of each series, by name, as far as a query at that time would
    /// see one: neither too old nor of a series that has ended. The annotations say how
    /// many series have a native histogram, which is left out.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn latest(&self, query: &LatestQuery) -> Result<Instant, SourceError> {
        let store = Arc::clone(self.store()?);
        let mut selections = Vec::new();
        for selector in &query.selectors {
            let matchers = promql::parse_selector(selector).map_err(|error| bad_data(&error))?;
            selections.push(matchers);
        }
        let lookback_ms = i64::try_from(self.options.lookback.as_millis()).unwrap_or(i64::MAX);
        // As for queries, a sample that is exactly as old as the lookback is too old.
        let range = TimeRange {
            start_ms: query.at_ms.saturating_sub(lookback_ms).saturating_add(1),
            end_ms: query.at_ms,
        };
        let limit = self.options.limits.max_samples;
        let turn = self.turn(self.options.timeout).await?;
        let caller = CancelOnDrop::default();
        let flag = caller.flag();
        let read = turn.run(move || {
            let mut latest = Latest::default();
            for matchers in &selections {
                for series in store.select(matchers, range)? {
                    if flag.is_canceled() || latest.samples.len() > limit {
                        return Ok(latest); // nobody waits for the rest
                    }
                    let mut samples = SampleColumns::default();
                    latest.note(series.read(range, &mut samples))?;
                    latest.add(series.labels(), &samples);
                }
            }
            Ok(latest)
        });
        let latest: Result<Latest, StoreError> = read.await?;
        latest.map_err(|error| internal(&error))?.answer(limit)
    }
}

fn bad_data(error: &dyn std::error::Error) -> SourceError {
    SourceError::Api {
        kind: ApiErrorKind::BadData,
        message: error.to_string(),
    }
}

/// What was read so far.
#[derive(Default)]
struct Latest {
    samples: BTreeMap<Labels, Sample>,
    histograms: usize,
    warnings: Vec<String>,
}

impl Latest {
    /// What is damaged is said, and the rest given.
    fn note(&mut self, read: Result<(), StoreError>) -> Result<(), StoreError> {
        match read {
            Err(StoreError::Partial(reason)) => self.warnings.push(reason),
            other => other?,
        }
        Ok(())
    }

    fn add(&mut self, labels: &Labels, samples: &SampleColumns) {
        let histogram_ms = samples.iter_histograms().last().map(|(time_ms, _)| time_ms);
        match samples.iter().last() {
            Some(last) if histogram_ms.is_none_or(|time_ms| time_ms < last.timestamp_ms) => {
                if !is_stale_nan(last.value) {
                    self.samples.insert(labels.clone(), last);
                }
            }
            _ => self.histograms += usize::from(histogram_ms.is_some()),
        }
    }

    fn answer(self, limit: usize) -> Result<Instant, SourceError> {
        if self.samples.len() > limit {
            return Err(SourceError::Api {
                kind: ApiErrorKind::Execution,
                message: format!("more than {limit} series are selected: select fewer"),
            });
        }
        let mut warnings = self.warnings;
        if self.histograms > 0 {
            warnings.push(format!(
                "{} native histograms are left out: text cannot hold them",
                self.histograms
            ));
        }
        let samples = self.samples.into_iter();
        let mut samples: Vec<InstantSample> = samples
            .map(|(labels, sample)| InstantSample {
                labels,
                sample,
                histogram: None,
            })
            .collect();
        samples.sort_by(|a, b| a.labels.metric_name().cmp(b.labels.metric_name()));
        Ok(Instant {
            value: InstantValue::Vector(samples),
            annotations: Annotations {
                warnings,
                ..Annotations::default()
            },
        })
    }
}
