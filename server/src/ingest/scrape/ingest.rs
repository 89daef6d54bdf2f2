//! From a page to samples in the store: all of a page, or nothing of it.
//!
//! Every scrape, failed ones too, also stores what it was like (`up`,
//! `scrape_duration_seconds`, …) and marks what has gone as stale.

mod exemplars;
mod histograms;
mod remarks;
mod report;
mod staged;
#[cfg(test)]
mod tests;

use std::time::Duration;

use exposition::{
    ClassicHistograms, Entry, Format, PageFormat, ParseError, Parser, ProtobufOptions,
    ProtobufPage, Reading,
};
use series::{METRIC_NAME, Sample, stale_nan};
use storage::Store;
use tsdb::{AppendOutcome, SeriesRef};

use super::config::Job;
use super::counter_birth::{CounterBirths, just_begun};
use super::error::ScrapeError;
use super::estate::Inherited;
use super::families::{Families, KnownFamilies};
use super::fetch::Page;
use super::scrape_cache::ScrapeCache;
use super::series_labels::stored_labels;
use super::target::Target;
use exemplars::exemplar_of;
use remarks::{bent, warning};
use report::REPORT_METRICS;
pub use report::Report;
pub use staged::Fresh;
use staged::{Staged, dated};

/// How far in the future a page's timestamps may lie, as in Prometheus.
const MAX_AHEAD_MS: i64 = 10 * 60_000;

/// Metric families of a page; a job that may have more samples may also have
/// more of these. Not the sample limit itself, which relabelled pages count to.
const MAX_FAMILIES: usize = 100_000;

/// Whose page it is and where its samples go.
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    /// Where samples go.
    pub store: &'a Store,
    /// The target's job.
    pub job: &'a Job,
    /// The target.
    pub target: &'a Target,
}

/// What one target has shown so far.
#[derive(Debug, Default)]
pub struct TargetSeries {
    cache: ScrapeCache,
    /// Of [`REPORT_METRICS`]; empty before the first report.
    report: Vec<SeriesRef>,
    pub families: KnownFamilies,
    /// When a page was read last; `None` after a failure.
    previous_ms: Option<i64>,
    /// Series of the target that another loop scraped before.
    pub inherited: Inherited,
}

impl TargetSeries {
    /// Stores a page, or the fact that there is none.
    pub fn ingest(
        &mut self,
        to: Destination<'_>,
        page: Result<Page, ScrapeError>,
        at_ms: i64,
        duration: Duration,
    ) -> Report {
        let report = match page {
            Ok(page) => self.ingest_page(to, &page, at_ms, duration),
            Err(error) => Err(error),
        };
        self.previous_ms = report.is_ok().then_some(at_ms);
        report.unwrap_or_else(|error| {
            let mut report = Report::failed(error, duration);
            self.cache.start_iteration();
            if let Err(error) = self.append(to, Vec::new(), &report, at_ms) {
                report.warning = Some(error.to_string());
            }
            report
        })
    }

    /// Marks everything as stale, since the target has gone.
    pub fn end(&mut self, store: &Store, at_ms: i64) -> Result<(), ScrapeError> {
        store.append(&stale_marks(&self.take_all(), at_ms), at_ms)?;
        Ok(())
    }

    /// Forgets everything; gives the series that are to be marked stale.
    pub fn take_all(&mut self) -> Vec<SeriesRef> {
        let mut all = self.cache.take_all();
        all.append(&mut self.report);
        all.extend(self.inherited.take_gone(std::iter::empty()));
        all
    }

    fn ingest_page(
        &mut self,
        to: Destination<'_>,
        page: &Page,
        at_ms: i64,
        duration: Duration,
    ) -> Result<Report, ScrapeError> {
        let (report, outcome) = self.store_page(to, page, at_ms, duration)?;
        if outcome.unknown_series == 0 {
            return Ok(report);
        }
        // The store has forgotten series that had no samples for long: what is
        // stored already is only repeated.
        self.cache.forget();
        self.report.clear();
        self.store_page(to, page, at_ms, duration)
            .map(|(report, _)| report)
    }

    fn store_page(
        &mut self,
        to: Destination<'_>,
        page: &Page,
        at_ms: i64,
        duration: Duration,
    ) -> Result<(Report, AppendOutcome), ScrapeError> {
        self.cache.start_iteration();
        let staged = self.stage(to, page, at_ms)?;
        let mut report = Report {
            error: None,
            warning: None,
            duration,
            samples_scraped: staged.samples_scraped,
            samples_kept: staged.samples_kept,
            series_added: 0,
            unstored_exemplars: 0,
        };
        let bent = staged.warning.or_else(|| bent(&staged.violations));
        let mut batch = staged.batch;
        let births =
            CounterBirths::since(self.previous_ms, staged.new_families, to.store.next_ref());
        let references = staged.fresh.iter().map(|fresh| match &fresh.labels {
            Some(labels) => to.store.series_ref(labels).map(Some),
            None => Ok(None),
        });
        // All or none: a series is known once it has samples.
        let references = references.collect::<Result<Vec<_>, _>>()?;
        let begun = just_begun(&staged.fresh);
        let fresh = staged.fresh.into_iter().zip(begun);
        for ((fresh, has_begun), series) in fresh.zip(references) {
            let is_new = self
                .cache
                .insert(fresh.miss, series, fresh.has_own_time, at_ms);
            if let Some(series) = series {
                batch.extend(births.zero(series).filter(|_| has_begun));
                batch.push((series, fresh.sample));
                report.series_added += usize::from(is_new);
            }
        }
        let (histograms, added) =
            self.know_histograms(to, staged.histograms, staged.fresh_histograms, at_ms)?;
        report.series_added += added;
        let mut outcome = self.append(to, batch, &report, at_ms)?;
        if !histograms.is_empty() {
            let latest_ms = at_ms.saturating_add(MAX_AHEAD_MS);
            outcome.join(to.store.append_histograms(&histograms, latest_ms)?);
        }
        report.unstored_exemplars = self.store_exemplars(to, staged.exemplars, at_ms);
        report.warning = warning(&outcome).or(bent);
        Ok((report, outcome))
    }

    /// Reads the page; nothing is stored before all of it has been read.
    fn stage(
        &mut self,
        to: Destination<'_>,
        page: &Page,
        at_ms: i64,
    ) -> Result<Staged, ScrapeError> {
        let content_type = &page.content_type;
        let mut staged = Staged::default();
        let translated = translated(to.job, page)?;
        let (bytes, format) = match (&translated, page.format) {
            (Some(translated), _) => (&translated.text[..], Format::Text),
            (None, PageFormat::Text(format)) => (&page.body.bytes[..], format),
            (None, PageFormat::Protobuf) => (&[][..], Format::Text),
        };
        let converts = to.job.histograms.convert_to_nhcb;
        let mut classic = ClassicHistograms::default();
        staged
            .batch
            .reserve(self.cache.len() + REPORT_METRICS.len());
        let mut families = Families::default();
        let limit = to.job.limits.samples.max(MAX_FAMILIES);
        let mut page =
            Parser::new(bytes, format).map_err(|error| unreadable(error, content_type))?;
        loop {
            // What is to be converted must be looked at.
            let expected = self.cache.expected().filter(|_| !converts);
            let expected = expected.and_then(|raw| page.next_of(raw));
            if let Some(reading) = expected
                .transpose()
                .map_err(|error| unreadable(error, content_type))?
            {
                if let Some(entry) = self.cache.get_expected(at_ms) {
                    staged.add_cached(to.job, entry, reading, at_ms)?;
                }
                continue;
            }
            let Some(entry) = page.next() else { break };
            match entry.map_err(|error| unreadable(error, content_type))? {
                Entry::Sample(sample) => {
                    staged.exemplars.extend(exemplar_of(&sample));
                    let is_converted = converts && classic.take(&sample);
                    if !is_converted || to.job.histograms.always_classic {
                        self.stage_sample(to, &mut staged, &sample, at_ms)?;
                    }
                }
                Entry::Type { family, kind } => families.of(&family).kind = kind,
                Entry::Help { family, text } => {
                    families.of(&family).help = text.decode().into_owned();
                }
                Entry::Unit { family, unit } => unit.clone_into(&mut families.of(&family).unit),
            }
            if families.count() > limit {
                return Err(ScrapeError::TooManyFamilies { limit });
            }
        }
        page.violations().clone_into(&mut staged.violations);
        let translated = translated.unwrap_or_default();
        staged.exemplars.extend(translated.exemplars);
        for (family, unit) in translated.units {
            families.of(&family).unit = unit;
        }
        self.stage_histograms(to, &mut staged, translated.histograms, classic, at_ms)?;
        staged.new_families = self.families.store(to.store, families);
        Ok(staged)
    }

    fn stage_sample(
        &mut self,
        to: Destination<'_>,
        staged: &mut Staged,
        sample: &exposition::Sample<'_>,
        at_ms: i64,
    ) -> Result<(), ScrapeError> {
        let reading = Reading {
            value: sample.value,
            timestamp_ms: sample.timestamp_ms,
        };
        match self.cache.get(sample.series.raw(), at_ms) {
            Ok(entry) => staged.add_cached(to.job, entry, reading, at_ms),
            Err(miss) => {
                let labels = stored_labels(to.job, to.target, &sample.series)?;
                let (stored, has_own_time) = dated(to.job, reading, at_ms);
                let is_kept = labels.is_some();
                staged.fresh.push(Fresh {
                    miss,
                    labels,
                    has_own_time,
                    kind: sample.series.kind(),
                    sample: stored,
                });
                staged.count(to.job, is_kept)
            }
        }
    }

    /// Appends a page's samples, the marks of what has gone, and the report.
    fn append(
        &mut self,
        to: Destination<'_>,
        mut batch: Vec<(SeriesRef, Sample)>,
        report: &Report,
        at_ms: i64,
    ) -> Result<AppendOutcome, ScrapeError> {
        let hold_ms = i64::try_from(to.job.staleness_hold.as_millis()).unwrap_or(i64::MAX);
        let mut gone = self.cache.take_gone(at_ms.saturating_sub(hold_ms));
        self.know_report(to)?;
        let stored = self.cache.stored().chain(self.report.iter().copied());
        gone.extend(self.inherited.take_gone(stored));
        batch.extend(stale_marks(&gone, at_ms));
        let values = self.report.iter().zip(report.values());
        batch.extend(values.map(|(series, value)| (*series, at(at_ms, value))));
        Ok(to
            .store
            .append(&batch, at_ms.saturating_add(MAX_AHEAD_MS))?)
    }

    fn know_report(&mut self, to: Destination<'_>) -> Result<(), ScrapeError> {
        if self.report.is_empty() {
            let mut labels = to.target.labels.to_builder();
            let mut refs = Vec::with_capacity(REPORT_METRICS.len());
            for name in REPORT_METRICS {
                labels.set(METRIC_NAME, name);
                refs.push(to.store.series_ref(&labels.build())?);
            }
            self.report = refs;
        }
        Ok(())
    }
}

/// A page of protobuf as text; `None` where it is text.
fn translated(job: &Job, page: &Page) -> Result<Option<ProtobufPage>, ScrapeError> {
    if page.format != PageFormat::Protobuf {
        return Ok(None);
    }
    let options = ProtobufOptions {
        native_histograms: job.histograms.scrape_native,
        classic_histograms: job.histograms.always_classic,
    };
    let translated = ProtobufPage::read(&page.body.bytes, options);
    translated.map(Some).map_err(|error| ScrapeError::Protobuf {
        error,
        content_type: page.content_type.clone(),
    })
}

/// The page does not parse.
fn unreadable(error: ParseError, content_type: &str) -> ScrapeError {
    ScrapeError::Parse {
        error,
        content_type: content_type.to_owned(),
    }
}

fn at(timestamp_ms: i64, value: f64) -> Sample {
    Sample {
        timestamp_ms,
        value,
    }
}

/// A mark of the end for each series.
pub fn stale_marks(gone: &[SeriesRef], at_ms: i64) -> Vec<(SeriesRef, Sample)> {
    gone.iter()
        .map(|series| (*series, at(at_ms, stale_nan())))
        .collect()
}
