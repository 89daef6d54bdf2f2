//! One page from one target.

use exposition::PageFormat;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};

use super::config::Job;
use super::error::ScrapeError;
use super::target::Target;
use crate::net::{Body, BodyBudget, HttpClient, HttpError, Request};

/// Tells an exporter how long it has.
const SCRAPE_TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");

/// A page as it came, uncompressed.
#[derive(Debug)]
pub struct Page {
    /// The whole body.
    pub body: Body,
    /// How it is to be read.
    pub format: PageFormat,
    /// What the server says it is.
    pub content_type: String,
}

/// Fetches the target's page: its head and its whole body within the target's
/// timeout, and not more of it than the job allows.
///
/// # Errors
/// See [`ScrapeError`].
pub async fn fetch(
    client: &HttpClient,
    job: &Job,
    target: &Target,
    bodies: &BodyBudget,
) -> Result<Page, ScrapeError> {
    let timeout = target.timeout;
    tokio::time::timeout(timeout, fetch_unhurried(client, job, target, bodies))
        .await
        .unwrap_or(Err(ScrapeError::Timeout { timeout }))
}

async fn fetch_unhurried(
    client: &HttpClient,
    job: &Job,
    target: &Target,
    bodies: &BodyBudget,
) -> Result<Page, ScrapeError> {
    let timeout_seconds = target.timeout.as_secs_f64().to_string();
    let request = Request::get(target.url.clone())
        .header(ACCEPT, &job.formats.accept)
        .header(SCRAPE_TIMEOUT, &timeout_seconds);
    let response = client.send(request).await?;
    if response.status() != StatusCode::OK {
        return Err(ScrapeError::Status(response.status()));
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let format = match (
        PageFormat::from_content_type(&content_type),
        job.formats.fallback,
    ) {
        (Err(_), Some(fallback)) => fallback,
        (Ok(_), Some(fallback)) if content_type.is_empty() => fallback,
        (format, _) => format?,
    };
    let body = bodies.read(response, job.limits.body_bytes).await;
    Ok(Page {
        body: body.map_err(|error| match error {
            HttpError::TooLarge { limit_bytes } => ScrapeError::BodyTooLarge { limit_bytes },
            error => error.into(),
        })?,
        format,
        content_type,
    })
}
