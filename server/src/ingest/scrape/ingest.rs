//! From a page to samples in the store: all of a page, or nothing of it.
//!
//! Every scrape, failed ones too, also stores what it was like (`up`,
//! `scrape_duration_seconds`, …) and marks what has gone as stale.

mod histograms;
mod remarks;
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
use super::families::{Families, KnownFamilies};
use super::fetch::Page;
use super::scrape_cache::ScrapeCache;
use super::series_labels::stored_labels;
use super::target::Target;
use remarks::{bent, warning};
pub use staged::Fresh;
use staged::{Staged, dated};

/// How far in the future a page's timestamps may lie, as in Prometheus.
const MAX_AHEAD_MS: i64 = 10 * 60_000;

/// Metric families of a page; a job that may have more samples may also have
/// more of these. Not the sample limit itself, which relabelled pages count to.
const MAX_FAMILIES: usize = 100_000;

/// What every scrape stores about itself, in the order of [`Report::values`].
const REPORT_METRICS: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

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

/// What came of one scrape.
#[derive(Debug)]
pub struct Report {
    /// Why nothing was stored of the page.
    pub error: Option<ScrapeError>,
    /// What was strange about the page though it was stored.
    pub warning: Option<String>,
    /// How long fetching took.
    pub duration: Duration,
    /// Samples of the page.
    pub samples_scraped: usize,
    /// Samples of the page that relabelling kept.
    pub samples_kept: usize,
    /// Series of the page that were not known.
    pub series_added: usize,
    /// Exemplars of the page, which are not stored.
    pub exemplars: usize,
}

impl Report {
    /// The report of a scrape that brought nothing.
    pub fn failed(error: ScrapeError, duration: Duration) -> Self {
        Self {
            error: Some(error),
            warning: None,
            duration,
            samples_scraped: 0,
            samples_kept: 0,
            series_added: 0,
            exemplars: 0,
        }
    }

    fn values(&self) -> [f64; REPORT_METRICS.len()] {
        let up = if self.error.is_none() { 1.0 } else { 0.0 };
        [
            up,
            self.duration.as_secs_f64(),
            self.samples_scraped as f64,
            self.samples_kept as f64,
            self.series_added as f64,
        ]
    }
}

/// What one target has shown so far.
#[derive(Debug, Default)]
pub struct TargetSeries {
    cache: ScrapeCache,
    /// Of [`REPORT_METRICS`]; empty before the first report.
    report: Vec<SeriesRef>,
    families: KnownFamilies,
    /// When a page was read last; `None` after a failure.
    previous_ms: Option<i64>,
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
        let mut batch = stale_marks(&self.cache.take_all(), at_ms);
        batch.extend(stale_marks(&std::mem::take(&mut self.report), at_ms));
        store.append(&batch, at_ms)?;
        Ok(())
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
            exemplars: staged.exemplars,
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
                    staged.exemplars += usize::from(sample.exemplar.is_some());
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
        staged.exemplars += translated.exemplars.len();
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
        let gone = self.cache.take_gone(at_ms.saturating_sub(hold_ms));
        batch.extend(stale_marks(&gone, at_ms));
        let refs = self.report_refs(to)?;
        let values = refs.iter().zip(report.values());
        batch.extend(values.map(|(series, value)| (*series, at(at_ms, value))));
        Ok(to
            .store
            .append(&batch, at_ms.saturating_add(MAX_AHEAD_MS))?)
    }

    fn report_refs(&mut self, to: Destination<'_>) -> Result<&[SeriesRef], ScrapeError> {
        if self.report.is_empty() {
            let mut labels = to.target.labels.to_builder();
            let mut refs = Vec::with_capacity(REPORT_METRICS.len());
            for name in REPORT_METRICS {
                labels.set(METRIC_NAME, name);
                refs.push(to.store.series_ref(&labels.build())?);
            }
            self.report = refs;
        }
        Ok(&self.report)
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

fn stale_marks(gone: &[SeriesRef], at_ms: i64) -> Vec<(SeriesRef, Sample)> {
    gone.iter()
        .map(|series| (*series, at(at_ms, stale_nan())))
        .collect()
}
