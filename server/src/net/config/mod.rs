//! Prometheus' `http_client_config`: the same keys in scrape configurations, in
//! HTTP service discovery and in the sources of `andon.toml`.
//!
//! [`http_client_keys!`](crate::net::config::http_client_keys) puts the keys
//! into a table of a configuration; [`HttpClientConfig::resolve`] makes
//! [`ClientOptions`] of them, every value checked and every path absolute.

mod auth;
mod headers;
mod keys;
mod options;
mod resolve;
mod tls;

pub use auth::{Authorization, BasicAuth, OAuth2};
pub use headers::{HeaderValues, HttpHeaders};
pub use keys::HttpClientConfig;
pub(crate) use keys::{http_client_keys, yes};
pub use options::{Auth, ClientOptions, ProxyOptions, TokenEndpoint};
pub use resolve::KeyError;
pub use tls::{TlsConfig, TlsVersion};
