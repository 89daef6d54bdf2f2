//! Secrets of a configuration: values that can be used and never be seen.

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;
use serde::{Deserialize, Serialize, Serializer};

use super::error::HttpError;
use super::redact::redact_url_text;

const SHOWN: &str = "<secret>";

/// A value that is never shown: not printed, not logged, not serialised.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(SHOWN)
    }
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// Here.
    Inline(Secret),
    /// In a file, which is read for every request since such files are rotated.
    File(PathBuf),
}

impl SecretSource {
    /// A value given in the configuration itself.
    pub fn inline(value: impl Into<String>) -> Self {
        Self::Inline(Secret::new(value))
    }

    /// The value; white space at the end of a file does not count.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn read(&self) -> Result<String, HttpError> {
        match self {
            Self::Inline(secret) => Ok(secret.reveal().to_owned()),
            Self::File(path) => tokio::fs::read_to_string(path)
                .await
                .map(|text| text.trim_end().to_owned())
                .map_err(|error| HttpError::file(path, error)),
        }
    }
}

/// The text of a URL whose credentials are never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The URL with its credentials.
    ///
    /// # Errors
    /// Why it is none of http or https, without its credentials.
    pub fn parse(&self) -> Result<Url, String> {
        parse_url(&self.0)
    }
}

/// A URL that a client can ask.
///
/// # Errors
/// What is wrong with it and how to write it, without its credentials.
pub fn parse_url(text: &str) -> Result<Url, String> {
    let advice = "write it as http://HOST:PORT";
    let shown = redact_url_text(text);
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        Ok(_) => Err(format!("{shown:?} is no http or https URL; {advice}")),
        Err(reason) => Err(format!("{shown:?} is no URL: {reason}; {advice}")),
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_url_text(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for SecretUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
