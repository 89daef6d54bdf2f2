//! The keys that authenticate. One set of them may be given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::tls::TlsConfig;
use crate::net::secret::{Secret, SecretUrl};

/// `basic_auth`; files are read for every request, since they are rotated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BasicAuth {
    /// The name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// A file that holds the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username_file: Option<PathBuf>,
    /// The password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A file that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
}

/// `authorization`: a scheme and its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// The scheme, `Bearer` where it is left out.
    #[serde(rename = "type", default = "bearer")]
    pub scheme: String,
    /// The credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Secret>,
    /// A file that holds the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_file: Option<PathBuf>,
}

/// The usual scheme.
pub(super) fn bearer() -> String {
    "Bearer".to_owned()
}

/// `oauth2`: an access token of a client's own credentials, as RFC 6749 section
/// 4.4 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// Who we are.
    pub client_id: String,
    /// Our secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// A file that holds our secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// What the token is to allow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Who gives tokens out.
    pub token_url: SecretUrl,
    /// Sent with the request of a token; some servers want credentials there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoint_params: BTreeMap<String, Secret>,
    /// Certificates of `token_url`.
    #[serde(default)]
    pub tls_config: TlsConfig,
    /// A proxy before `token_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<SecretUrl>,
    /// Hosts and networks that are asked without it, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<String>,
    /// Whether the environment says the proxy.
    #[serde(default)]
    pub proxy_from_environment: bool,
}
