//! What a scrape was like, as the series that it stores about itself.

use std::time::Duration;

use crate::ingest::scrape::error::ScrapeError;

/// What every scrape stores about itself, in the order of [`Report::values`].
pub(super) const REPORT_METRICS: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

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
    /// Exemplars of the page whose series are not stored.
    pub unstored_exemplars: usize,
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
            unstored_exemplars: 0,
        }
    }

    pub(super) fn values(&self) -> [f64; REPORT_METRICS.len()] {
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
