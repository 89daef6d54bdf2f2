//! `http_headers`: headers that every request carries to its own host.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::header::HeaderName;
use serde::{Deserialize, Serialize};

use super::resolve::KeyError;
use crate::net::secret::{Secret, SecretSource};

/// The values of one header: each is sent as a header of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderValues {
    /// Not shown either: people write tokens here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Secret>,
    /// Not shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Files that hold a value each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PathBuf>,
}

/// By name.
pub type HttpHeaders = BTreeMap<String, HeaderValues>;

/// Headers that say what the exchange itself is, or have keys of their own.
const RESERVED: [&str; 15] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "user-agent",
    "www-authenticate",
    "x-prometheus-refresh-interval-seconds",
    "x-prometheus-scrape-timeout-seconds",
];

/// The headers one by one.
///
/// # Errors
/// The name that is none or reserved.
pub(super) fn resolve(headers: HttpHeaders) -> Result<Vec<(HeaderName, SecretSource)>, KeyError> {
    let mut resolved = Vec::new();
    for (name, given) in headers {
        let key = format!("http_headers.{name}");
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(KeyError::new(key, "is no name of a header"));
        };
        if RESERVED.contains(&header.as_str()) {
            return Err(KeyError::new(key, "this header cannot be set"));
        }
        let inline = given.values.into_iter().chain(given.secrets);
        let inline = inline.map(SecretSource::Inline);
        let files = given.files.into_iter().map(SecretSource::File);
        resolved.extend(inline.chain(files).map(|value| (header.clone(), value)));
    }
    Ok(resolved)
}
