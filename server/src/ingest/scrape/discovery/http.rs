//! Target groups that a server lists as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{StatusCode, Url};
use series::Labels;

use super::{Changes, groups_from_json, labels_with};
use crate::net::config::ClientOptions;
use crate::net::{Body, BodyBudget, HttpClient, Request, redact_url};

/// Tells the server when it is asked again.
const REFRESH_INTERVAL: HeaderName =
    HeaderName::from_static("x-prometheus-refresh-interval-seconds");

/// The longest list that is read.
const MAX_LIST_BYTES: usize = 16 << 20;

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn run(url: Url, options: ClientOptions, refresh: Duration, mut changes: Changes) {
    let client = HttpClient::new(options);
    let shown = redact_url(&url);
    loop {
        let asked = tokio::time::timeout(TIMEOUT, ask(&client, &url, refresh)).await;
        let found = asked.unwrap_or_else(|_| Err(format!("no answer within {TIMEOUT:?}")));
        changes
            .send(found.map_err(|reason| format!("{shown}: {reason}")))
            .await;
        tokio::time::sleep(refresh).await;
    }
}

async fn ask(client: &HttpClient, url: &Url, refresh: Duration) -> Result<Vec<Labels>, String> {
    let body = fetch(client, url, refresh).await?;
    let text = std::str::from_utf8(&body.bytes).map_err(|error| error.to_string())?;
    let meta = BTreeMap::from([("__meta_url".to_owned(), url.to_string())]);
    let groups = groups_from_json(text)?;
    Ok(groups
        .iter()
        .flat_map(|group| labels_with(group, &meta))
        .collect())
}

async fn fetch(client: &HttpClient, url: &Url, refresh: Duration) -> Result<Body, String> {
    let request = Request::get(url.clone())
        .header(ACCEPT, "application/json")
        .header(REFRESH_INTERVAL, &refresh.as_secs_f64().to_string());
    let response = client
        .send(request)
        .await
        .map_err(|error| error.to_string())?;
    if response.status() != StatusCode::OK {
        let status = response.status();
        return Err(format!("server returned HTTP status {status}"));
    }
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|value| value.starts_with("application/json"));
    if !is_json {
        let content_type = content_type.unwrap_or_default();
        return Err(format!(
            "content type {content_type:?} is no application/json"
        ));
    }
    let alone = BodyBudget::new(0); // a list waits for no page
    let body = alone.read(response, MAX_LIST_BYTES).await;
    body.map_err(|error| error.to_string())
}
