//! Target groups that a server lists as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use series::Labels;

use super::{Changes, groups_from_json, labels_with};
use crate::ingest::scrape::body::{Bounded, LargeBodies};
use crate::ingest::scrape::client::HttpClient;
use crate::ingest::scrape::config::http::HttpOptions;
use crate::ingest::scrape::error::ScrapeError;

/// The longest list that is read.
const MAX_LIST_BYTES: usize = 16 << 20;

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn run(url: Url, options: HttpOptions, refresh: Duration, mut changes: Changes) {
    let client = HttpClient::new(options);
    loop {
        let asked = tokio::time::timeout(TIMEOUT, ask(&client, &url, refresh)).await;
        let found = asked.unwrap_or_else(|_| Err(format!("no answer within {TIMEOUT:?}")));
        changes
            .send(found.map_err(|reason| format!("{url}: {reason}")))
            .await;
        tokio::time::sleep(refresh).await;
    }
}

async fn ask(client: &HttpClient, url: &Url, refresh: Duration) -> Result<Vec<Labels>, String> {
    let body = fetch(client, url, refresh)
        .await
        .map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&body.bytes).map_err(|error| error.to_string())?;
    let meta = BTreeMap::from([("__meta_url".to_owned(), url.to_string())]);
    let groups = groups_from_json(text)?;
    Ok(groups
        .iter()
        .flat_map(|group| labels_with(group, &meta))
        .collect())
}

async fn fetch(client: &HttpClient, url: &Url, refresh: Duration) -> Result<Bounded, ScrapeError> {
    let request = client
        .get(url)
        .await?
        .header(ACCEPT, "application/json")
        .header(
            "X-Prometheus-Refresh-Interval-Seconds",
            refresh.as_secs_f64().to_string(),
        );
    let response = client.send(request).await?;
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|value| value.starts_with("application/json"));
    if !is_json {
        let content_type = content_type.unwrap_or_default();
        return Err(ScrapeError::Exchange(format!(
            "content type {content_type:?} is no application/json"
        )));
    }
    let alone = LargeBodies::new(MAX_LIST_BYTES);
    alone.read(response, MAX_LIST_BYTES).await
}
