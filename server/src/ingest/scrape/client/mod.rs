//! HTTP requests to targets and service discovery.

mod build;
mod server_name;
mod token;

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};

use super::config::http::{Auth, HttpOptions, Secret};
use super::error::ScrapeError;
use server_name::ServerName;
use token::Token;

/// A client of one job or discovery. It is built when it is first needed, and
/// anew after a failed exchange over TLS, so that renewed certificates count.
#[derive(Debug)]
pub struct HttpClient {
    options: HttpOptions,
    built: Mutex<Option<Client>>,
    server_name: Option<ServerName>,
    token: Option<Token>,
}

impl HttpClient {
    /// A client with these options; nothing is read or sent yet.
    pub fn new(options: HttpOptions) -> Self {
        let server_name = options.tls.server_name.clone();
        let token = match &options.auth {
            Auth::OAuth2(endpoint) => Some(Token::new(endpoint)),
            _ => None,
        };
        Self {
            options,
            built: Mutex::new(None),
            server_name: server_name.map(ServerName::new),
            token,
        }
    }

    /// Starts a GET request with the configured credentials.
    ///
    /// # Errors
    /// Where certificates or credentials cannot be read or fetched.
    pub async fn get(&self, url: &Url) -> Result<RequestBuilder, ScrapeError> {
        let mut request = self.start(Method::GET, url)?;
        for (name, value) in &self.options.headers {
            request = request.header(name, reveal(value).await?);
        }
        Ok(match &self.options.auth {
            Auth::None => request,
            Auth::Basic { username, password } => {
                request.basic_auth(reveal(username).await?, Some(reveal(password).await?))
            }
            Auth::Scheme {
                scheme,
                credentials,
            } => {
                let credentials = reveal(credentials).await?;
                request.header(AUTHORIZATION, format!("{scheme} {credentials}"))
            }
            Auth::OAuth2(_) => match &self.token {
                Some(token) => request.bearer_auth(token.get().await?),
                None => request,
            },
        })
    }

    /// Starts a request without credentials.
    fn start(&self, method: Method, url: &Url) -> Result<RequestBuilder, ScrapeError> {
        match &self.server_name {
            Some(server_name) if url.scheme() == "https" => {
                server_name.start(&self.options, method, url)
            }
            _ => Ok(self.client()?.request(method, url.clone())),
        }
    }

    /// Sends a request, wanting status 200.
    ///
    /// # Errors
    /// Where there is no answer, or one of another status.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, ScrapeError> {
        let response = self.exchange(request).await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(ScrapeError::Status(status)),
        }
    }

    /// Sends a request; any answer is one.
    async fn exchange(&self, request: RequestBuilder) -> Result<Response, ScrapeError> {
        request.send().await.map_err(|error| {
            let uses_tls = error.url().is_some_and(|url| url.scheme() == "https");
            if uses_tls {
                self.forget();
            }
            exchange_error(&error)
        })
    }

    fn forget(&self) {
        *self.built.lock() = None;
        if let Some(server_name) = &self.server_name {
            server_name.forget();
        }
    }

    fn client(&self) -> Result<Client, ScrapeError> {
        let mut built = self.built.lock();
        if let Some(client) = &*built {
            return Ok(client.clone());
        }
        let client = build::client(&self.options, None)?;
        *built = Some(client.clone());
        Ok(client)
    }
}

async fn reveal(secret: &Secret) -> Result<String, ScrapeError> {
    match secret {
        Secret::Inline(text) => Ok(text.reveal().to_owned()),
        Secret::File(path) => tokio::fs::read_to_string(path)
            .await
            .map(|text| text.trim_end().to_owned())
            .map_err(|error| unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ScrapeError {
    ScrapeError::File {
        path: PathBuf::from(path),
        reason: error.to_string(),
    }
}

fn client_error(error: reqwest::Error) -> ScrapeError {
    ScrapeError::Client(format!("{error}: {}", innermost(&error)))
}

/// The exchange failed; in the words of the cause.
pub fn exchange_error(error: &reqwest::Error) -> ScrapeError {
    ScrapeError::Exchange(innermost(error))
}

/// The words of the first cause: the outer ones only say that a request failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
