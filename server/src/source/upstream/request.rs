//! One HTTP exchange with an upstream: a path and parameters in, the bytes of
//! a JSON answer out. Bounded in time and size; every failure becomes a
//! [`SourceError`] with the innermost cause in its words.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{ACCEPT, DATE, HeaderMap};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};

use super::config::{Auth, UpstreamConfig};
use crate::clock::now_ms;
use crate::source::SourceError;

/// A host that does not even answer a connection within this time is away.
const CONNECT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// What an error page contributes to a message at most.
const EXCERPT_CHARS: usize = 120;

/// An HTTP client bound to one upstream.
#[derive(Debug)]
pub struct Requests {
    config: UpstreamConfig,
    client: reqwest::Client,
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
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("andon/", env!("CARGO_PKG_VERSION")))
            .timeout(config.timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            // As for scraping: the environment's proxy is for programs that go
            // out, and a source that is reached through one names it.
            .no_proxy()
            .danger_accept_invalid_certs(config.tls.insecure_skip_verify)
            // The system's certificates are read for TLS alone: it costs milliseconds.
            .tls_built_in_root_certs(config.url.scheme() == "https" && config.tls.ca.is_empty())
            .default_headers(config.headers.clone());
        if let Some(proxy) = &config.proxy {
            builder = builder.proxy(proxy.clone());
        }
        for certificate in &config.tls.ca {
            builder = builder.add_root_certificate(certificate.clone());
        }
        if let Some(identity) = &config.tls.identity {
            builder = builder.identity(identity.clone());
        }
        let client = builder.build().map_err(|error| SourceError::Tls {
            url: config.url.to_string(),
            reason: innermost(&error),
        })?;
        Ok(Self {
            config,
            client,
            get_only: AtomicBool::new(false),
            clock_ahead_ms: AtomicI64::new(0),
        })
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
            let body = self.exchange(Method::POST, path, params).await?;
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
        self.exchange(Method::GET, path, params).await
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        params: &Params<'_>,
    ) -> Result<Body, SourceError> {
        let base = self.config.url.as_str().trim_end_matches('/');
        let request = self.client.request(method.clone(), format!("{base}{path}"));
        let request = match method {
            Method::POST => request.form(params),
            _ => request.query(params),
        };
        self.send(request).await
    }

    /// Reads whatever lies at `url`.
    pub async fn page(&self, url: Url) -> Result<Body, SourceError> {
        let request = self.client.get(url).header(ACCEPT, exposition::ACCEPT);
        self.send(request).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Body, SourceError> {
        let response = self
            .authorize(request)
            .await?
            .send()
            .await
            .map_err(|error| self.transport_error(&error))?;
        self.read(response).await
    }

    async fn authorize(&self, request: RequestBuilder) -> Result<RequestBuilder, SourceError> {
        Ok(match &self.config.auth {
            Auth::None => request,
            Auth::Basic { username, password } => {
                request.basic_auth(username, Some(password.reveal().await?))
            }
            Auth::Bearer(token) => request.bearer_auth(token.reveal().await?),
        })
    }

    /// Reads chunk by chunk, so that a huge answer is refused before it is held.
    async fn read(&self, mut response: Response) -> Result<Body, SourceError> {
        let limit_bytes = self.config.max_response_bytes;
        let status = response.status();
        if let Some(date_ms) = date_ms(response.headers()) {
            let ahead_ms = date_ms - now_ms();
            self.clock_ahead_ms.store(ahead_ms, Ordering::Relaxed);
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.transport_error(&error))?
        {
            if bytes.len() + chunk.len() > limit_bytes {
                return Err(SourceError::TooLarge {
                    url: self.config.url.to_string(),
                    limit_bytes,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Body {
            url: self.config.url.to_string(),
            status,
            bytes,
        })
    }

    fn transport_error(&self, error: &reqwest::Error) -> SourceError {
        let url = self.config.url.to_string();
        if error.is_timeout() {
            return SourceError::Timeout {
                url,
                limit: self.config.timeout,
            };
        }
        let reason = innermost(error);
        // A network failure ends in a system error; on https, what does not is TLS'.
        if self.config.url.scheme() == "https" && error.is_connect() && !is_system_error(error) {
            return SourceError::Tls { url, reason };
        }
        SourceError::Unreachable { url, reason }
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
    /// Uncompressed.
    pub bytes: Vec<u8>,
}

impl Body {
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
        let text = String::from_utf8_lossy(&self.bytes[..self.bytes.len().min(4 * EXCERPT_CHARS)]);
        let line = text.trim().lines().next().unwrap_or("");
        if line.is_empty() {
            return "an empty body".to_owned();
        }
        line.chars().take(EXCERPT_CHARS).collect()
    }
}

/// The words of the first cause: the outer ones only say that a request failed.
pub fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

fn is_system_error(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.raw_os_error().is_some())
            || cause.to_string().contains("failed to lookup address")
    })
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}
