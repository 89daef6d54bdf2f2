//! `oauth2`: an access token of a client's own credentials, as RFC 6749 section
//! 4.4 has it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::http::{Secret, SecretText, TlsConfig, secret};

/// `oauth2`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// Who we are.
    pub client_id: String,
    /// Our secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretText>,
    /// A file that holds our secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// What the token is to allow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Who gives tokens out.
    pub token_url: String,
    /// Sent with the request of a token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoint_params: BTreeMap<String, String>,
    /// Certificates of `token_url`.
    #[serde(default)]
    pub tls_config: TlsConfig,
    /// A proxy before `token_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<String>,
}

/// Checked; see [`OAuth2`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenEndpoint {
    /// Who we are.
    pub client_id: String,
    /// Our secret.
    pub client_secret: Secret,
    /// What the token is to allow, with spaces between.
    pub scope: String,
    /// Who gives tokens out.
    pub url: Url,
    /// Sent with the request of a token.
    pub params: BTreeMap<String, String>,
    /// Certificates of the endpoint.
    pub tls: TlsConfig,
    /// A proxy before the endpoint.
    pub proxy_url: Option<String>,
}

impl OAuth2 {
    /// # Errors
    /// The key that makes no sense, and why.
    pub(super) fn resolve(self) -> Result<TokenEndpoint, (&'static str, String)> {
        if self.client_id.is_empty() {
            return Err(("oauth2.client_id", "is empty".to_owned()));
        }
        let client_secret = secret(
            ("oauth2.client_secret", self.client_secret),
            ("oauth2.client_secret_file", self.client_secret_file),
        )?
        .ok_or_else(|| {
            let reason = "give client_secret or client_secret_file";
            ("oauth2", reason.to_owned())
        })?;
        let url = Url::parse(&self.token_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| {
                let reason = format!("{:?} is no URL of http or https", self.token_url);
                ("oauth2.token_url", reason)
            })?;
        Ok(TokenEndpoint {
            client_id: self.client_id,
            client_secret,
            scope: self.scopes.join(" "),
            url,
            params: self.endpoint_params,
            tls: self.tls_config,
            proxy_url: self.proxy_url,
        })
    }
}
