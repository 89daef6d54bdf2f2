//! How requests are sent: checked, complete.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderName;

use super::tls::TlsConfig;
use crate::net::secret::{Secret, SecretSource};

/// Everything about how requests are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientOptions {
    /// Credentials.
    pub auth: Auth,
    /// Certificates.
    pub tls: TlsConfig,
    /// Sent with every request.
    pub headers: Vec<(HeaderName, SecretSource)>,
    /// What requests go through.
    pub proxy: ProxyOptions,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Whether HTTP/2 may be spoken.
    pub enable_http2: bool,
    /// Whether compressed answers are asked for.
    pub enable_compression: bool,
    /// How long connecting may take; as long as the whole exchange where it is
    /// left out.
    pub connect_timeout: Option<Duration>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            auth: Auth::None,
            tls: TlsConfig::default(),
            headers: Vec::new(),
            proxy: ProxyOptions::default(),
            follow_redirects: true,
            enable_http2: true,
            enable_compression: true,
            connect_timeout: None,
        }
    }
}

impl ClientOptions {
    /// The defaults, with the credentials that stand in `url`.
    pub fn with_credentials_of(url: &Url) -> Self {
        Self {
            auth: Auth::of_url(url),
            ..Self::default()
        }
    }

    /// Whether it holds anything that another host must not get.
    pub fn has_credentials(&self) -> bool {
        self.auth != Auth::None
            || !self.headers.is_empty()
            || self.tls.cert.is_some()
            || self.tls.cert_file.is_some()
    }
}

/// What requests go through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyOptions {
    /// A proxy for every request.
    pub url: Option<Url>,
    /// Hosts and networks that are asked without it, separated by commas.
    pub no_proxy: Option<String>,
    /// Whether the environment says the proxy.
    pub from_environment: bool,
}

impl ProxyOptions {
    /// Whether a proxy may be reached over TLS.
    pub fn speaks_tls(&self) -> bool {
        self.from_environment || self.url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// Credentials of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// None.
    #[default]
    None,
    /// A name and a password.
    Basic {
        /// The name.
        username: SecretSource,
        /// The password.
        password: SecretSource,
    },
    /// An `Authorization` header of another scheme.
    Scheme {
        /// Such as `Bearer`.
        scheme: String,
        /// What stands behind the scheme.
        credentials: SecretSource,
    },
    /// A token that is fetched first.
    OAuth2(Box<TokenEndpoint>),
}

impl Auth {
    /// A name and a password of the configuration itself.
    pub fn basic(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self::Basic {
            username: SecretSource::inline(username),
            password: SecretSource::inline(password),
        }
    }

    /// What stands in a URL before its host.
    pub fn of_url(url: &Url) -> Self {
        match (url.username(), url.password()) {
            ("", None) => Self::None,
            (username, password) => Self::basic(
                wire::url::decode(username),
                wire::url::decode(password.unwrap_or_default()),
            ),
        }
    }
}

/// Who gives out access tokens, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    /// Who we are.
    pub client_id: String,
    /// Our secret.
    pub client_secret: SecretSource,
    /// What the token is to allow, with spaces between.
    pub scope: String,
    /// Who gives tokens out.
    pub url: Url,
    /// Sent with the request of a token.
    pub params: BTreeMap<String, Secret>,
    /// Certificates of the endpoint.
    pub tls: TlsConfig,
    /// What requests of tokens go through.
    pub proxy: ProxyOptions,
}
