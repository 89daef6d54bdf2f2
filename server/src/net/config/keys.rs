//! The keys as they are written.

use std::path::PathBuf;

use super::auth::{Authorization, BasicAuth, OAuth2};
use super::headers::HttpHeaders;
use super::tls::TlsConfig;
use crate::net::secret::{Secret, SecretUrl};

/// The keys of one client; see [`HttpClientConfig::resolve`].
#[derive(Clone, Debug)]
pub struct HttpClientConfig {
    /// `basic_auth`
    pub basic_auth: Option<BasicAuth>,
    /// `authorization`
    pub authorization: Option<Authorization>,
    /// `bearer_token`, the older form of `authorization`.
    pub bearer_token: Option<Secret>,
    /// `bearer_token_file`
    pub bearer_token_file: Option<PathBuf>,
    /// `oauth2`
    pub oauth2: Option<OAuth2>,
    /// `http_headers`
    pub http_headers: HttpHeaders,
    /// `tls_config`
    pub tls_config: TlsConfig,
    /// `proxy_url`
    pub proxy_url: Option<SecretUrl>,
    /// `no_proxy`
    pub no_proxy: Option<String>,
    /// `proxy_from_environment`
    pub proxy_from_environment: bool,
    /// `follow_redirects`
    pub follow_redirects: bool,
    /// `enable_http2`
    pub enable_http2: bool,
}

/// The default of keys that are on.
pub(crate) fn yes() -> bool {
    true
}

/// Declares a table of a configuration that has the keys of an HTTP client
/// beside its own, and `http_client()`, which gathers them. A macro, since
/// serde's `flatten` would lose both the places of errors and the refusal of
/// unknown keys.
macro_rules! http_client_keys {
    ($(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$attribute])*
        pub struct $name {
            $($own)*
            /// See [`BasicAuth`](crate::net::config::BasicAuth).
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub basic_auth: Option<crate::net::config::BasicAuth>,
            /// See [`Authorization`](crate::net::config::Authorization).
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub authorization: Option<crate::net::config::Authorization>,
            /// The older form of `authorization`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub bearer_token: Option<crate::net::Secret>,
            /// The older form of `authorization`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub bearer_token_file: Option<std::path::PathBuf>,
            /// See [`OAuth2`](crate::net::config::OAuth2).
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub oauth2: Option<crate::net::config::OAuth2>,
            /// Headers that every request carries.
            #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
            pub http_headers: crate::net::config::HttpHeaders,
            /// See [`TlsConfig`](crate::net::config::TlsConfig).
            #[serde(default)]
            pub tls_config: crate::net::config::TlsConfig,
            /// A proxy for every request.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub proxy_url: Option<crate::net::SecretUrl>,
            /// Hosts and networks that are asked without it, separated by commas.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub no_proxy: Option<String>,
            /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say the proxy.
            #[serde(default)]
            pub proxy_from_environment: bool,
            /// Whether redirects are followed.
            #[serde(default = "crate::net::config::yes")]
            pub follow_redirects: bool,
            /// Whether HTTP/2 may be spoken.
            #[serde(default = "crate::net::config::yes")]
            pub enable_http2: bool,
        }

        impl $name {
            /// The keys of the HTTP client.
            pub fn http_client(&self) -> crate::net::config::HttpClientConfig {
                crate::net::config::HttpClientConfig {
                    basic_auth: self.basic_auth.clone(),
                    authorization: self.authorization.clone(),
                    bearer_token: self.bearer_token.clone(),
                    bearer_token_file: self.bearer_token_file.clone(),
                    oauth2: self.oauth2.clone(),
                    http_headers: self.http_headers.clone(),
                    tls_config: self.tls_config.clone(),
                    proxy_url: self.proxy_url.clone(),
                    no_proxy: self.no_proxy.clone(),
                    proxy_from_environment: self.proxy_from_environment,
                    follow_redirects: self.follow_redirects,
                    enable_http2: self.enable_http2,
                }
            }
        }
    };
}
pub(crate) use http_client_keys;
