//! How an upstream is reached.

use std::time::Duration;

use query::SourceName;
use reqwest::Url;

use crate::net::config::{Auth, ClientOptions};

/// How long an upstream may take unless the configuration says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer held in memory unless the configuration says otherwise:
/// more than a million samples.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 32 << 20;

/// A host that does not even answer a connection within this time is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything about one upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamConfig {
    /// The root under which `/api/v1` lies, without credentials.
    pub url: Url,
    /// How requests are sent.
    pub http: ClientOptions,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The largest answer, uncompressed.
    pub max_response_bytes: usize,
}

impl UpstreamConfig {
    /// The configuration of a bare URL. Credentials in the URL become basic
    /// authentication, and a pasted `/api/v1` at the end is left out.
    pub fn from_url(mut url: Url) -> Self {
        let http = ClientOptions {
            connect_timeout: Some(CONNECT_TIMEOUT),
            ..ClientOptions::with_credentials_of(&url)
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
            http,
            timeout: DEFAULT_TIMEOUT,
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
        }
    }

    /// The same with other options; credentials in the URL hold where these
    /// have none.
    #[must_use]
    pub fn with_options(mut self, options: ClientOptions) -> Self {
        let of_url = std::mem::take(&mut self.http.auth);
        self.http = ClientOptions {
            connect_timeout: self.http.connect_timeout,
            ..options
        };
        if self.http.auth == Auth::None {
            self.http.auth = of_url;
        }
        self
    }
}

/// One upstream with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceConfig {
    /// What boards call it.
    pub name: SourceName,
    /// How it is reached.
    pub upstream: UpstreamConfig,
}
