//! One page from one target.

use exposition::Format;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use super::body::{Bounded, LargeBodies};
use super::client::HttpClient;
use super::config::Job;
use super::error::ScrapeError;
use super::target::Target;

/// A page as it came, uncompressed.
#[derive(Debug)]
pub struct Page {
    /// The whole body.
    pub body: Bounded,
    /// How it is to be read.
    pub format: Format,
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
    bodies: &LargeBodies,
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
    bodies: &LargeBodies,
) -> Result<Page, ScrapeError> {
    let request = client
        .get(&target.url)
        .await?
        .header(ACCEPT, &job.formats.accept)
        .header(
            "X-Prometheus-Scrape-Timeout-Seconds",
            target.timeout.as_secs_f64().to_string(),
        );
    let response = client.send(request).await?;
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let format = match (
        Format::from_content_type(&content_type),
        job.formats.fallback,
    ) {
        (Err(_), Some(fallback)) => fallback,
        (Ok(_), Some(fallback)) if content_type.is_empty() => fallback,
        (format, _) => format?,
    };
    Ok(Page {
        body: bodies.read(response, job.limits.body_bytes).await?,
        format,
        content_type,
    })
}
