//! How an upstream is reached.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::source::SourceError;

/// How long an upstream may take unless the configuration says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer held in memory unless the configuration says otherwise.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 256 << 20;

/// Everything about one upstream; files are already read where they are read once.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// The root under which `/api/v1` lies, without credentials.
    pub url: Url,
    /// Who we say we are.
    pub auth: Auth,
    /// Sent with every request: `X-Scope-OrgID` and the like.
    pub headers: HeaderMap,
    /// What every request goes through; nothing of the environment's.
    pub proxy: Option<reqwest::Proxy>,
    /// Certificates.
    pub tls: UpstreamTls,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The largest answer, uncompressed.
    pub max_response_bytes: usize,
}

impl UpstreamConfig {
    /// The configuration of a bare URL. Credentials in the URL become basic
    /// authentication, and a pasted `/api/v1` at the end is left out.
    pub fn from_url(mut url: Url) -> Self {
        let auth = match (url.username(), url.password()) {
            ("", None) => Auth::None,
            (username, password) => Auth::Basic {
                username: wire::url::decode(username),
                password: Secret::Inline(wire::url::decode(password.unwrap_or(""))),
            },
        };
        // Neither fails for a URL that has a host, and one without has no credentials.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path = path
            .strip_suffix(wire::url::API_V1)
            .unwrap_or(path)
            .to_owned();
        url.set_path(&path);
        Self {
            url,
            auth,
            headers: HeaderMap::new(),
            proxy: None,
            tls: UpstreamTls::default(),
            timeout: DEFAULT_TIMEOUT,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
        }
    }
}

/// One upstream with its name.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    /// What boards call it.
    pub name: String,
    /// How it is reached.
    pub upstream: UpstreamConfig,
}

/// A URL that a client can ask.
///
/// # Errors
/// What is wrong with it and how to write it.
pub fn parse_url(text: &str) -> Result<Url, String> {
    let advice = "write it as http://HOST:PORT";
    let url =
        Url::parse(text).map_err(|reason| format!("{text:?} is no URL: {reason}; {advice}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(format!("{text:?} is no http or https URL; {advice}")),
    }
}

/// Certificates for TLS.
#[derive(Clone, Debug, Default)]
pub struct UpstreamTls {
    /// Trusted instead of the system's certificates, where there are any.
    pub ca: Vec<reqwest::Certificate>,
    /// Our certificate and key.
    pub identity: Option<reqwest::Identity>,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
}

/// Who we say we are.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// Nobody.
    #[default]
    None,
    /// A name and a password.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Bearer(Secret),
}

/// A value that is never shown.
#[derive(Clone)]
pub enum Secret {
    /// The value itself.
    Inline(String),
    /// A file that holds it, read for every request since such files are rotated.
    File(PathBuf),
}

impl Secret {
    /// The value.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn reveal(&self) -> Result<String, SourceError> {
        match self {
            Self::Inline(value) => Ok(value.clone()),
            Self::File(path) => tokio::fs::read_to_string(path)
                .await
                .map(|text| text.trim_end().to_owned())
                .map_err(|error| SourceError::Credentials {
                    path: path.display().to_string(),
                    reason: error.to_string(),
                }),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(_) => f.write_str("<secret>"),
            Self::File(path) => write!(f, "<secret in {}>", path.display()),
        }
    }
}
