//! Pages of the past -> samples in the store, as if they had been scraped then:
//! how a simulated system has a past when it starts.

use std::time::Duration;

use exposition::{Format, PageFormat};
use reqwest::Url;
use series::Labels;
use storage::Store;

use super::config::Job;
use super::error::ScrapeError;
use super::fetch::Page;
use super::ingest::{Destination, TargetSeries};
use super::target::{Resolved, resolve};

/// Stores the pages of the only target of `job`, which is at `url`, in order
/// of their times.
///
/// # Errors
/// With the first page that is refused.
pub fn preload(
    store: &Store,
    job: &Job,
    url: &Url,
    pages: impl Iterator<Item = (i64, String)>,
) -> Result<(), ScrapeError> {
    let address = url.authority();
    let found = Labels::from_pairs([("__address__", address)]);
    let Resolved::Active(target) = resolve(job, &found) else {
        return Err(ScrapeError::Internal(format!("{address} is no target")));
    };
    let mut series = TargetSeries::default();
    for (at_ms, text) in pages {
        let to = Destination {
            store,
            job,
            target: &target,
        };
        let page = Page {
            body: text.into_bytes().into(),
            format: PageFormat::Text(Format::OpenMetrics),
            content_type: String::new(),
        };
        let report = series.ingest(to, Ok(page), at_ms, Duration::ZERO);
        report.error.map_or(Ok(()), Err)?;
    }
    Ok(())
}
