//! Access tokens: fetched when one is needed, kept until shortly before they
//! expire (RFC 6749, section 4.4).

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{HttpClient, reveal};
use crate::ingest::scrape::body::LargeBodies;
use crate::ingest::scrape::config::http::HttpOptions;
use crate::ingest::scrape::config::oauth2::TokenEndpoint;
use crate::ingest::scrape::error::ScrapeError;

/// A token that is about to expire may have done so when it arrives.
const EARLY: Duration = Duration::from_secs(10);

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The token of one job or discovery.
#[derive(Debug)]
pub(super) struct Token {
    endpoint: TokenEndpoint,
    client: Box<HttpClient>,
    /// Held while a token is fetched, so that all targets wait for one.
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    token: String,
    expires: Option<Instant>,
}

/// What the endpoint answers.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<f64>,
}

impl Token {
    pub(super) fn new(endpoint: &TokenEndpoint) -> Self {
        let options = HttpOptions {
            tls: endpoint.tls.clone(),
            proxy_url: endpoint.proxy_url.clone(),
            ..HttpOptions::default()
        };
        Self {
            endpoint: endpoint.clone(),
            client: Box::new(HttpClient::new(options)),
            kept: Mutex::new(None),
        }
    }

    /// A token that holds.
    ///
    /// # Errors
    /// Where the endpoint gives none, in its words.
    pub(super) async fn get(&self) -> Result<String, ScrapeError> {
        let mut kept = self.kept.lock().await;
        let holds = |kept: &&Kept| kept.expires.is_none_or(|expires| Instant::now() < expires);
        if let Some(kept) = kept.as_ref().filter(holds) {
            return Ok(kept.token.clone());
        }
        let answer = self.fetch().await.map_err(|error| {
            let url = &self.endpoint.url;
            ScrapeError::Client(format!("no token from {url} (oauth2): {error}"))
        })?;
        let lifetime = answer
            .expires_in
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .filter(|lifetime| !lifetime.is_zero());
        let expires = lifetime
            .and_then(|lifetime| Instant::now().checked_add(lifetime.saturating_sub(EARLY)));
        *kept = Some(Kept {
            token: answer.access_token.clone(),
            expires,
        });
        Ok(answer.access_token)
    }

    /// Asks with the secret in the header, as the RFC wants it, and where that
    /// is refused with the secret in the body, as some servers want it.
    async fn fetch(&self) -> Result<Answer, ScrapeError> {
        let endpoint = &self.endpoint;
        let secret = reveal(&endpoint.client_secret).await?;
        let encode = wire::url::encode;
        let request = self.request(&[])?;
        let request = request.basic_auth(encode(&endpoint.client_id), Some(encode(&secret)));
        let mut response = self.client.exchange(request).await?;
        if response.status().is_client_error() {
            let body = [
                ("client_id", endpoint.client_id.as_str()),
                ("client_secret", secret.as_str()),
            ];
            response = self.client.exchange(self.request(&body)?).await?;
        }
        let status = response.status();
        let body = LargeBodies::new(MAX_ANSWER_BYTES)
            .read(response, MAX_ANSWER_BYTES)
            .await?;
        if status != StatusCode::OK {
            let words = String::from_utf8_lossy(&body.bytes);
            let words: String = words.chars().take(200).collect();
            return Err(ScrapeError::Client(format!(
                "HTTP status {status}: {words}"
            )));
        }
        serde_json::from_slice(&body.bytes)
            .map_err(|error| ScrapeError::Client(format!("the answer is no token: {error}")))
    }

    fn request(&self, credentials: &[(&str, &str)]) -> Result<RequestBuilder, ScrapeError> {
        let endpoint = &self.endpoint;
        let mut form = vec![("grant_type", "client_credentials")];
        if !endpoint.scope.is_empty() {
            form.push(("scope", &endpoint.scope));
        }
        form.extend_from_slice(credentials);
        let params = endpoint.params.iter();
        form.extend(params.map(|(name, value)| (name.as_str(), value.as_str())));
        Ok(self.client.start(Method::POST, &endpoint.url)?.form(&form))
    }
}
