//! One HTTP exchange with an upstream: a path and parameters in, the bytes of
//! a JSON answer out. Bounded in time and size; every failure becomes a
//! [`SourceError`] with the innermost cause in its words.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{ACCEPT, DATE, HeaderMap};
use reqwest::{StatusCode, Url};

use super::config::UpstreamConfig;
use crate::clock::now_ms;
use crate::net::{BodyBudget, HttpClient, HttpError, Request, redact_url};
use crate::source::{ApiErrorKind, SourceError};

/// What an error page contributes to a message at most.
const EXCERPT_CHARS: usize = 120;

/// What all answers of one upstream may hold besides the largest of them.
const ANSWERS_BYTES: usize = 16 << 20;

/// An HTTP client bound to one upstream.
#[derive(Debug)]
pub struct Requests {
    config: UpstreamConfig,
    /// The upstream's URL as errors name it.
    shown: String,
    client: HttpClient,
    answers: BodyBudget,
    /// Set once the upstream refused a POST: a proxy that allows GET alone.
    get_only: AtomicBool,
    /// The upstream's clock less ours at its last answer, to the second.
    clock_ahead_ms: AtomicI64,
}

/// Names and values in order, as a query string or a form.
pub type Params<'a> = [(&'a str, String)];

impl Requests {
    /// Builds the client.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(config: UpstreamConfig) -> Result<Self, SourceError> {
        let shown = redact_url(&config.url);
        let client = HttpClient::new(config.http.clone());
        client
            .prepare_for(&config.url)
            .map_err(|error| SourceError::Tls {
                url: shown.clone(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            config,
            shown,
            client,
            answers: BodyBudget::new(ANSWERS_BYTES),
            get_only: AtomicBool::new(false),
            clock_ahead_ms: AtomicI64::new(0),
        })
    }

    /// Has certificates read anew for connections to come.
    pub fn forget_certificates(&self) {
        self.client.forget_certificates();
    }

    /// How the upstream is reached.
    pub fn config(&self) -> &UpstreamConfig {
        &self.config
    }

    /// How far the upstream's clock is ahead of ours, as far as it says; below
    /// zero where it is behind.
    pub fn clock_ahead_ms(&self) -> i64 {
        self.clock_ahead_ms.load(Ordering::Relaxed)
    }

    /// Asks with POST, so that long expressions fit, and with GET where the
    /// upstream allows no POST.
    pub async fn post(&self, path: &str, params: &Params<'_>) -> Result<Body, SourceError> {
        if !self.get_only.load(Ordering::Relaxed) {
            let body = self.send(Request::query(self.url(path)?, params)).await?;
            let refused = [
                StatusCode::METHOD_NOT_ALLOWED,
                StatusCode::NOT_IMPLEMENTED,
                StatusCode::FORBIDDEN,
            ];
            if !refused.contains(&body.status) {
                return Ok(body);
            }
        }
        let body = self.get(path, params).await?;
        if body.status.is_success() {
            self.get_only.store(true, Ordering::Relaxed);
        }
        Ok(body)
    }

    /// Asks with GET.
    pub async fn get(&self, path: &str, params: &Params<'_>) -> Result<Body, SourceError> {
        let mut url = self.url(path)?;
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        self.send(Request::get(url)).await
    }

    /// Asks with GET for Prometheus' text format.
    pub async fn text(&self, path: &str, params: &Params<'_>) -> Result<Body, SourceError> {
        let mut url = self.url(path)?;
        url.query_pairs_mut().extend_pairs(params);
        let request = Request::get(url).header(ACCEPT, "text/plain;version=0.0.4");
        self.send(request).await
    }

    /// Reads whatever lies at `url`.
    pub async fn page(&self, url: Url) -> Result<Body, SourceError> {
        let request = Request::get(url).header(ACCEPT, exposition::ACCEPT);
        self.send(request).await
    }

    /// The URL of a path of the API, whose segments are encoded already.
    ///
    /// # Errors
    /// Where it leads to another path than it says: then a segment was no name.
    fn url(&self, path: &str) -> Result<Url, SourceError> {
        let base = self.config.url.as_str().trim_end_matches('/');
        let text = format!("{base}{path}");
        Url::parse(&text)
            .ok()
            .filter(|url| url.as_str() == text)
            .ok_or_else(|| SourceError::Api {
                kind: ApiErrorKind::BadData,
                message: format!("{path:?} is no path of the API"),
            })
    }

    async fn send(&self, request: Request) -> Result<Body, SourceError> {
        let limit = self.config.timeout;
        match tokio::time::timeout(limit, self.exchange(request)).await {
            Ok(exchanged) => exchanged.map_err(|error| self.error(error)),
            Err(_) => Err(SourceError::Timeout {
                url: self.shown.clone(),
                limit,
            }),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Body, HttpError> {
        let response = self.client.send(request).await?;
        let status = response.status();
        if let Some(date_ms) = date_ms(response.headers()) {
            let ahead_ms = date_ms - now_ms();
            self.clock_ahead_ms.store(ahead_ms, Ordering::Relaxed);
        }
        let limit_bytes = self.config.max_response_bytes;
        Ok(Body {
            url: self.shown.clone(),
            status,
            body: self.answers.read(response, limit_bytes).await?,
        })
    }

    fn error(&self, error: HttpError) -> SourceError {
        let url = self.shown.clone();
        match error {
            HttpError::Tls(reason) => SourceError::Tls { url, reason },
            HttpError::File { path, reason } => SourceError::Credentials {
                path: path.display().to_string(),
                reason,
            },
            HttpError::TooLarge { limit_bytes } => SourceError::TooLarge { url, limit_bytes },
            other => SourceError::Unreachable {
                url,
                reason: other.to_string(),
            },
        }
    }
}

/// The answer's own time, which RFC 9110 has every server with a clock say.
fn date_ms(headers: &HeaderMap) -> Option<i64> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let date = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(date.as_millisecond())
}

/// An answer as it came.
#[derive(Debug)]
pub struct Body {
    /// Whose answer.
    pub url: String,
    /// The HTTP status.
    pub status: StatusCode,
    body: crate::net::Body,
}

impl Body {
    /// The answer, uncompressed.
    pub fn bytes(&self) -> &[u8] {
        &self.body.bytes
    }

    /// The answer alone.
    pub fn into_bytes(self) -> Vec<u8> {
        self.body.into_bytes()
    }

    /// The error of an answer that has no Prometheus error in it.
    pub fn status_error(&self) -> SourceError {
        let reason = match self.status {
            StatusCode::UNAUTHORIZED => "it wants other credentials".to_owned(),
            StatusCode::FORBIDDEN => "these credentials may not ask this".to_owned(),
            _ => self.excerpt(),
        };
        SourceError::Status {
            url: self.url.clone(),
            status: self.status.as_u16(),
            reason,
        }
    }

    /// The first line of the body, shortened.
    pub fn excerpt(&self) -> String {
        let bytes = self.bytes();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * EXCERPT_CHARS)]);
        let line = text.trim().lines().next().unwrap_or("");
        if line.is_empty() {
            return "an empty body".to_owned();
        }
        line.chars().take(EXCERPT_CHARS).collect()
    }
}
