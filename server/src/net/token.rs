//! Access tokens: fetched when one is needed, kept until shortly before they
//! expire (RFC 6749, section 4.4).

use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::body::BodyBudget;
use super::config::{ClientOptions, TokenEndpoint};
use super::error::HttpError;
use super::redact::redact_url;
use super::request::Request;
use super::secret::Secret;
use super::transport::{Authorization, Credentials, Transport};

/// A token that is about to expire may have done so when it arrives.
const EARLY: Duration = Duration::from_secs(10);

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// What a refusal contributes to a message at most.
const EXCERPT_CHARS: usize = 200;

/// The token of one client.
#[derive(Debug)]
pub(super) struct Token {
    endpoint: TokenEndpoint,
    transport: Transport,
    /// Held while a token is fetched, so that all requests wait for one.
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: String,
    expires: Option<Instant>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Kept {
    fn holds(&self) -> bool {
        self.expires.is_none_or(|expires| Instant::now() < expires)
    }
}

/// What the endpoint answers.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<f64>,
}

impl Answer {
    fn expires(&self) -> Option<Instant> {
        let lifetime = Duration::try_from_secs_f64(self.expires_in?).ok()?;
        if lifetime.is_zero() {
            return None;
        }
        Instant::now().checked_add(lifetime.saturating_sub(EARLY))
    }
}

impl Token {
    pub(super) fn new(endpoint: &TokenEndpoint) -> Self {
        let options = ClientOptions {
            tls: endpoint.tls.clone(),
            proxy: endpoint.proxy.clone(),
            ..ClientOptions::default()
        };
        Self {
            endpoint: endpoint.clone(),
            transport: Transport::new(options),
            kept: Mutex::new(None),
        }
    }

    /// A token that holds.
    ///
    /// # Errors
    /// Where the endpoint gives none, in its words.
    pub(super) async fn get(&self) -> Result<String, HttpError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.holds()) {
            return Ok(kept.token.clone());
        }
        let answer = self.fetch().await.map_err(|error| {
            let url = redact_url(&self.endpoint.url);
            HttpError::Setup(format!("no token from {url} (oauth2): {error}"))
        })?;
        *kept = Some(Kept {
            token: answer.access_token.clone(),
            expires: answer.expires(),
        });
        Ok(answer.access_token)
    }

    /// Asks with the secret in the header, as the RFC wants it, and where that
    /// is refused with the secret in the body, as some servers want it.
    async fn fetch(&self) -> Result<Answer, HttpError> {
        let endpoint = &self.endpoint;
        let secret = endpoint.client_secret.read().await?;
        let mut response = self.ask(&secret, false).await?;
        if response.status().is_client_error() {
            response = self.ask(&secret, true).await?;
        }
        let status = response.status();
        let budget = BodyBudget::new(0); // nobody else is to wait for it
        let body = budget.read(response, MAX_ANSWER_BYTES).await?;
        if status != StatusCode::OK {
            let words = String::from_utf8_lossy(&body.bytes);
            let words = words.replace(&secret, "<secret>");
            let encoded = wire::url::encode(&secret);
            let words = words.replace(&encoded, "<secret>");
            let words = words.replace(&encoded.replace("%20", "+"), "<secret>");
            let words: String = words.chars().take(EXCERPT_CHARS).collect();
            return Err(HttpError::Setup(format!("HTTP status {status}: {words}")));
        }
        serde_json::from_slice(&body.bytes)
            .map_err(|error| HttpError::Setup(format!("the answer is no token: {error}")))
    }

    async fn ask(&self, secret: &str, in_body: bool) -> Result<Response, HttpError> {
        let endpoint = &self.endpoint;
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if !endpoint.scope.is_empty() {
            form.push(("scope", endpoint.scope.clone()));
        }
        if in_body {
            form.push(("client_id", endpoint.client_id.clone()));
            form.push(("client_secret", secret.to_owned()));
        }
        let params = endpoint.params.iter();
        form.extend(params.map(|(name, value)| (name.as_str(), value.reveal().to_owned())));
        let request = Request::secret_form(endpoint.url.clone(), &form);
        let mut credentials = Credentials::default();
        if !in_body {
            let username = Secret::new(wire::url::encode(&endpoint.client_id));
            let password = Secret::new(wire::url::encode(secret));
            credentials.authorization = Some(Authorization::Basic(username, password));
        }
        self.transport.send(request, &credentials).await
    }
}
