//! `http_headers`: headers that every request of a job carries.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::header::HeaderName;
use serde::{Deserialize, Serialize};

use super::http::{Secret, SecretText};

/// The values of one header: each is sent as a header of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderValues {
    /// Shown in the configuration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Not shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretText>,
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
/// The name that is none or reserved, and why.
pub(super) fn resolve(
    headers: &HttpHeaders,
) -> Result<Vec<(HeaderName, Secret)>, (String, String)> {
    let mut resolved = Vec::new();
    for (name, given) in headers {
        let refused = |reason: &str| (format!("http_headers.{name}"), reason.to_owned());
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("is no name of a header"))?;
        if RESERVED.contains(&header.as_str()) {
            return Err(refused("this header cannot be set"));
        }
        let shown = given.values.iter().map(|value| SecretText::new(value));
        let secrets = shown
            .chain(given.secrets.iter().cloned())
            .map(Secret::Inline);
        let files = given.files.iter().cloned().map(Secret::File);
        resolved.extend(secrets.chain(files).map(|value| (header.clone(), value)));
    }
    Ok(resolved)
}
