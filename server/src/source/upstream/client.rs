//! The typed questions of Prometheus' HTTP API.

use query::{InstantQuery, QueryOptions, Question, SeriesQuery, Span};
use reqwest::{StatusCode, Url};
use series::{Labels, TimeRange};

use super::config::UpstreamConfig;
use super::decode::{self, Envelope};
use super::request::{Body, Requests};
use crate::source::{
    ApiErrorKind, BuildInfo, Frame, Instant, LabelSet, MetricMetadata, SourceError,
};

/// One upstream.
#[derive(Debug)]
pub struct PrometheusClient {
    requests: Requests,
}

impl PrometheusClient {
    /// Builds a client; nothing is sent.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(config: UpstreamConfig) -> Result<Self, SourceError> {
        Ok(Self {
            requests: Requests::new(config)?,
        })
    }

    /// Has certificates read anew for connections to come.
    pub fn forget_certificates(&self) {
        self.requests.forget_certificates();
    }

    /// See [`crate::source::Source::range_query`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn range_query(
        &self,
        question: &Question,
        span: Span,
        options: &QueryOptions,
    ) -> Result<Frame, SourceError> {
        let mut params = vec![
            ("query", question.text.to_string()),
            ("start", seconds(span.start_ms)),
            ("end", seconds(span.end_ms)),
            ("step", seconds(question.take.step_ms())),
        ];
        push_options(&mut params, options);
        let body = self.requests.post("/api/v1/query_range", &params).await?;
        decode::range(answer(&body)?, &body)
    }

    /// See [`crate::source::Source::instant_query`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn instant_query(&self, query: &InstantQuery) -> Result<Instant, SourceError> {
        let mut params = vec![
            ("query", query.expr.clone()),
            ("time", seconds(query.at_ms)),
        ];
        push_options(&mut params, &query.options);
        let body = self.requests.post("/api/v1/query", &params).await?;
        decode::instant(answer(&body)?)
    }

    /// See [`crate::source::Source::series`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn series(&self, query: &SeriesQuery) -> Result<LabelSet<Labels>, SourceError> {
        let params = series_params(query);
        let body = self.requests.post("/api/v1/series", &params).await?;
        let envelope: Envelope<Vec<decode::Metric>> = answer(&body)?;
        let annotations = envelope.annotations;
        let mut items: Vec<Labels> = envelope.data.into_iter().map(|metric| metric.0).collect();
        items.sort_unstable();
        Ok(LabelSet { items, annotations })
    }

    /// See [`crate::source::Source::label_names`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_names(&self, query: &SeriesQuery) -> Result<LabelSet<String>, SourceError> {
        let params = series_params(query);
        let body = self.requests.post("/api/v1/labels", &params).await?;
        strings(&body)
    }

    /// See [`crate::source::Source::label_values`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_values(
        &self,
        name: &str,
        query: &SeriesQuery,
    ) -> Result<LabelSet<String>, SourceError> {
        let path = format!("/api/v1/label/{}/values", segment(name)?);
        let body = self.requests.get(&path, &series_params(query)).await?;
        strings(&body)
    }

    /// See [`crate::source::Source::metadata`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn metadata(&self, metric: Option<&str>) -> Result<Vec<MetricMetadata>, SourceError> {
        let params: Vec<_> = metric
            .map(|name| ("metric", name.to_owned()))
            .into_iter()
            .collect();
        let body = self.requests.get("/api/v1/metadata", &params).await?;
        Ok(decode::metadata(answer(&body)?.data))
    }

    /// The version of the program that answers.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn build_info(&self) -> Result<BuildInfo, SourceError> {
        let body = self.requests.get("/api/v1/status/buildinfo", &[]).await?;
        let envelope: Envelope<BuildInfo> = answer(&body)?;
        Ok(envelope.data)
    }

    /// `data` of an answer that is forwarded as it is: `targets`, `rules`, ….
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn forward(
        &self,
        path: &str,
        params: &[(String, String)],
    ) -> Result<serde_json::Value, SourceError> {
        let params: Vec<(&str, String)> = params
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let path = format!("{}{path}", wire::url::API_V1);
        let body = self.requests.get(&path, &params).await?;
        let envelope: Envelope<serde_json::Value> = answer(&body)?;
        Ok(envelope.data)
    }

    /// The page of `/federate`, in Prometheus' text format 0.0.4.
    ///
    /// # Errors
    /// See [`SourceError`]; that the upstream has no such page, where it has none.
    pub async fn federate(&self, selectors: &[String]) -> Result<Vec<u8>, SourceError> {
        let params: Vec<_> = selectors
            .iter()
            .map(|selector| ("match[]", selector.clone()))
            .collect();
        let body = self.requests.text("/federate", &params).await?;
        let kind = match body.status {
            StatusCode::OK => return Ok(body.into_bytes()),
            StatusCode::BAD_REQUEST => ApiErrorKind::BadData,
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ApiErrorKind::NotFound,
            _ => return Err(body.status_error()),
        };
        let name = self.describe();
        let message = match kind {
            ApiErrorKind::NotFound => {
                format!("{name} has no /federate; ask for its series at /api/v1/query")
            }
            _ => format!("{name}: {}", body.excerpt()),
        };
        Err(SourceError::Api { kind, message })
    }

    /// See [`crate::source::Source::ping`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn ping(&self) -> Result<(), SourceError> {
        is_prometheus(&self.probe().await?)
    }

    /// What comes back to the cheapest question there is.
    ///
    /// # Errors
    /// Where nothing comes back.
    pub async fn probe(&self) -> Result<Body, SourceError> {
        let params = [("query", "1".to_owned())];
        self.requests.get("/api/v1/query", &params).await
    }

    /// Whatever lies at `url`, asked with this upstream's credentials.
    ///
    /// # Errors
    /// Where nothing comes back.
    pub async fn page(&self, url: Url) -> Result<Body, SourceError> {
        self.requests.page(url).await
    }

    /// See [`crate::source::Source::clock_ahead_ms`].
    pub fn clock_ahead_ms(&self) -> i64 {
        self.requests.clock_ahead_ms()
    }

    /// See [`crate::source::Source::describe`].
    pub fn describe(&self) -> String {
        format!("prometheus at {}", short(&self.requests.config().url))
    }
}

/// Whether this is a Prometheus' answer to [`PrometheusClient::probe`].
///
/// # Errors
/// What it is instead.
pub fn is_prometheus(probe: &Body) -> Result<(), SourceError> {
    decode::instant(answer(probe)?).map(drop)
}

/// A name as one segment of a path.
///
/// # Errors
/// Where it can be none: a server, or a proxy before it, would take it for a
/// step to another path.
fn segment(name: &str) -> Result<String, SourceError> {
    if matches!(name, "" | "." | "..") {
        return Err(SourceError::Api {
            kind: ApiErrorKind::BadData,
            message: format!("invalid label name: {name:?}"),
        });
    }
    Ok(wire::url::encode(name))
}

/// Host, port and path.
fn short(url: &Url) -> String {
    let host = url.host_str().unwrap_or("");
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{host}{port}{path}")
}

fn answer<'a, T: serde::Deserialize<'a>>(body: &'a Body) -> Result<Envelope<T>, SourceError> {
    decode::envelope(body)
}

fn strings(body: &Body) -> Result<LabelSet<String>, SourceError> {
    let envelope: Envelope<Vec<String>> = answer(body)?;
    let mut items = envelope.data;
    items.sort_unstable();
    Ok(LabelSet {
        items,
        annotations: envelope.annotations,
    })
}

fn series_params(query: &SeriesQuery) -> Vec<(&'static str, String)> {
    let mut params: Vec<_> = query
        .selectors
        .iter()
        .map(|selector| ("match[]", selector.clone()))
        .collect();
    if query.range.start_ms != TimeRange::ALL.start_ms {
        params.push(("start", seconds(query.range.start_ms)));
    }
    if query.range.end_ms != TimeRange::ALL.end_ms {
        params.push(("end", seconds(query.range.end_ms)));
    }
    push_limit(&mut params, query.limit);
    params
}

fn push_options(params: &mut Vec<(&'static str, String)>, options: &QueryOptions) {
    if let Some(timeout) = options.timeout {
        params.push(("timeout", format!("{}ms", timeout.as_millis())));
    }
    if let Some(lookback) = options.lookback {
        params.push(("lookback_delta", format!("{}ms", lookback.as_millis())));
    }
    push_limit(params, options.limit);
}

fn push_limit(params: &mut Vec<(&'static str, String)>, limit: usize) {
    if limit > 0 {
        params.push(("limit", limit.to_string()));
    }
}

/// Milliseconds as the decimal seconds of the API.
fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    format!("{sign}{}.{:03}", ms / 1000, ms % 1000)
}
