//! HTTP requests to targets and service discovery.

use std::fs;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity, Proxy, RequestBuilder, Response};

use super::config::http::{Auth, HttpOptions, Secret, TlsConfig};
use super::error::ScrapeError;

const USER_AGENT: &str = concat!("Andon/", env!("CARGO_PKG_VERSION"));

/// A client of one job or discovery. It is built when it is first needed, and
/// anew after a failed exchange over TLS, so that renewed certificates count.
#[derive(Debug)]
pub struct HttpClient {
    options: HttpOptions,
    built: Mutex<Option<Client>>,
}

impl HttpClient {
    /// A client with these options; nothing is read or sent yet.
    pub fn new(options: HttpOptions) -> Self {
        Self {
            options,
            built: Mutex::new(None),
        }
    }

    /// Starts a GET request with the configured credentials.
    ///
    /// # Errors
    /// Where certificates or credentials cannot be read.
    pub async fn get(&self, url: &reqwest::Url) -> Result<RequestBuilder, ScrapeError> {
        let request = self.client()?.get(url.clone());
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
        })
    }

    /// Sends a request, wanting status 200.
    ///
    /// # Errors
    /// Where there is no answer, or one of another status.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, ScrapeError> {
        let response = request.send().await.map_err(|error| {
            let uses_tls = error.url().is_some_and(|url| url.scheme() == "https");
            if uses_tls {
                *self.built.lock() = None;
            }
            exchange_error(&error)
        })?;
        match response.status() {
            reqwest::StatusCode::OK => Ok(response),
            status => Err(ScrapeError::Status(status)),
        }
    }

    fn client(&self) -> Result<Client, ScrapeError> {
        let mut built = self.built.lock();
        if let Some(client) = &*built {
            return Ok(client.clone());
        }
        let client = build(&self.options)?;
        *built = Some(client.clone());
        Ok(client)
    }
}

fn build(options: &HttpOptions) -> Result<Client, ScrapeError> {
    let tls = &options.tls;
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        // The environment's proxy is for programs that go out, not for
        // exporters next door.
        .no_proxy()
        .gzip(options.enable_compression)
        .danger_accept_invalid_certs(tls.insecure_skip_verify);
    if let Some(proxy_url) = &options.proxy_url {
        builder = builder.proxy(Proxy::all(proxy_url).map_err(client_error)?);
    }
    if !options.follow_redirects {
        builder = builder.redirect(Policy::none());
    }
    if !options.enable_http2 {
        builder = builder.http1_only();
    }
    if let Some(ca) = pem(tls.ca.as_deref(), tls.ca_file.as_deref())? {
        builder = builder.tls_built_in_root_certs(false);
        for certificate in Certificate::from_pem_bundle(&ca).map_err(client_error)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    if let Some(identity) = identity(tls)? {
        builder = builder.identity(identity);
    }
    builder.build().map_err(client_error)
}

fn identity(tls: &TlsConfig) -> Result<Option<Identity>, ScrapeError> {
    let key = tls.key.as_ref().map(|key| key.reveal());
    let key = pem(key, tls.key_file.as_deref())?;
    let certificate = pem(tls.cert.as_deref(), tls.cert_file.as_deref())?;
    let (Some(mut identity), Some(key)) = (certificate, key) else {
        return Ok(None);
    };
    identity.push(b'\n');
    identity.extend_from_slice(&key);
    Identity::from_pem(&identity)
        .map(Some)
        .map_err(client_error)
}

fn pem(inline: Option<&str>, file: Option<&Path>) -> Result<Option<Vec<u8>>, ScrapeError> {
    match (inline, file) {
        (Some(text), _) => Ok(Some(text.as_bytes().to_vec())),
        (None, Some(path)) => fs::read(path)
            .map(Some)
            .map_err(|error| unreadable(path, &error)),
        (None, None) => Ok(None),
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
