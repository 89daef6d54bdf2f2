//! How targets and service discovery are reached: credentials, certificates,
//! proxies.

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;
use reqwest::header::HeaderName;
use serde::{Deserialize, Serialize, Serializer};

use super::oauth2::{OAuth2, TokenEndpoint};

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Hides a value.
    pub(super) fn new(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The value.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("<secret>")
    }
}

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
    pub password: Option<SecretText>,
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
    pub credentials: Option<SecretText>,
    /// A file that holds the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_file: Option<PathBuf>,
}

fn bearer() -> String {
    "Bearer".to_owned()
}

/// `tls_config`: PEM inline or in files, which are read when a client is built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// Certificates trusted instead of the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// A file of certificates trusted instead of the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Our certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<String>,
    /// A file with our certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_file: Option<PathBuf>,
    /// Our certificate's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretText>,
    /// A file with our certificate's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
    /// The name that the server is asked for and its certificate must have,
    /// where it is reached by another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The oldest version that is spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_version: Option<TlsVersion>,
    /// The newest version that is spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_version: Option<TlsVersion>,
}

/// The versions of TLS that are spoken; older ones are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TlsVersion {
    /// 1.2
    #[serde(rename = "TLS12")]
    Tls12,
    /// 1.3
    #[serde(rename = "TLS13")]
    Tls13,
}

/// Everything about how requests are sent, gathered from the keys of a scrape
/// or discovery configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpOptions {
    /// Credentials.
    pub auth: Auth,
    /// Certificates.
    pub tls: TlsConfig,
    /// Sent with every request.
    pub headers: Vec<(HeaderName, Secret)>,
    /// A proxy for every request.
    pub proxy_url: Option<String>,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Whether HTTP/2 may be spoken.
    pub enable_http2: bool,
    /// Whether compressed answers are asked for.
    pub enable_compression: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            auth: Auth::None,
            tls: TlsConfig::default(),
            headers: Vec::new(),
            proxy_url: None,
            follow_redirects: true,
            enable_http2: true,
            enable_compression: true,
        }
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
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// An `Authorization` header of another scheme.
    Scheme {
        /// Such as `Bearer`.
        scheme: String,
        /// What stands behind the scheme.
        credentials: Secret,
    },
    /// A token that is fetched first.
    OAuth2(Box<TokenEndpoint>),
}

/// A value, or the file that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The value itself.
    Inline(SecretText),
    /// Read for every request; white space at its end does not count.
    File(PathBuf),
}

/// The authentication keys of a configuration, of which one set may be given.
#[derive(Clone, Debug, Default)]
pub struct AuthKeys {
    /// `basic_auth`
    pub basic_auth: Option<BasicAuth>,
    /// `authorization`
    pub authorization: Option<Authorization>,
    /// `bearer_token`, the older form of `authorization`
    pub bearer_token: Option<SecretText>,
    /// `bearer_token_file`
    pub bearer_token_file: Option<PathBuf>,
    /// `oauth2`
    pub oauth2: Option<OAuth2>,
}

impl AuthKeys {
    /// The one way of authentication that is configured.
    ///
    /// # Errors
    /// The key that is one too many or incomplete, and why.
    pub fn resolve(self) -> Result<Auth, (&'static str, String)> {
        let token = secret(
            ("bearer_token", self.bearer_token),
            ("bearer_token_file", self.bearer_token_file),
        )?
        .map(|credentials| Auth::Scheme {
            scheme: bearer(),
            credentials,
        });
        let basic = self.basic_auth.map(BasicAuth::resolve).transpose()?;
        let scheme = self.authorization.map(Authorization::resolve).transpose()?;
        let oauth2 = self.oauth2.map(OAuth2::resolve).transpose()?;
        let oauth2 = oauth2.map(|endpoint| Auth::OAuth2(Box::new(endpoint)));
        let mut given = [basic, scheme, token, oauth2].into_iter().flatten();
        match (given.next(), given.next()) {
            (_, Some(_)) => Err((
                "authorization",
                "give one of basic_auth, authorization, oauth2 and bearer_token".to_owned(),
            )),
            (auth, None) => Ok(auth.unwrap_or_default()),
        }
    }
}

impl BasicAuth {
    fn resolve(self) -> Result<Auth, (&'static str, String)> {
        let inline = (!self.username.is_empty()).then_some(SecretText(self.username));
        let username = secret(
            ("basic_auth.username", inline),
            ("basic_auth.username_file", self.username_file),
        )?;
        let password = secret(
            ("basic_auth.password", self.password),
            ("basic_auth.password_file", self.password_file),
        )?;
        let none = || Secret::Inline(SecretText(String::new()));
        Ok(Auth::Basic {
            username: username.unwrap_or_else(none),
            password: password.unwrap_or_else(none),
        })
    }
}

impl Authorization {
    fn resolve(self) -> Result<Auth, (&'static str, String)> {
        let credentials = secret(
            ("authorization.credentials", self.credentials),
            ("authorization.credentials_file", self.credentials_file),
        )?;
        if self.scheme.eq_ignore_ascii_case("basic") {
            return Err((
                "authorization.type",
                "basic authentication has a key of its own: basic_auth".to_owned(),
            ));
        }
        let Some(credentials) = credentials else {
            return Err((
                "authorization",
                "give credentials or credentials_file".to_owned(),
            ));
        };
        Ok(Auth::Scheme {
            scheme: self.scheme,
            credentials,
        })
    }
}

/// The value that is given, inline or in a file.
///
/// # Errors
/// Where both are.
pub(super) fn secret(
    (key, inline): (&'static str, Option<SecretText>),
    (file_key, file): (&'static str, Option<PathBuf>),
) -> Result<Option<Secret>, (&'static str, String)> {
    match (inline, file) {
        (Some(_), Some(_)) => Err((file_key, format!("give either this or {key}"))),
        (Some(value), None) => Ok(Some(Secret::Inline(value))),
        (None, file) => Ok(file.map(Secret::File)),
    }
}

impl HttpOptions {
    /// The defaults, with the credentials that stand in `url`.
    pub(super) fn with_credentials_of(url: &Url) -> Self {
        let inline = |text: &str| Secret::Inline(SecretText(wire::url::decode(text)));
        let auth = match (url.username(), url.password()) {
            ("", None) => Auth::None,
            (username, password) => Auth::Basic {
                username: inline(username),
                password: inline(password.unwrap_or_default()),
            },
        };
        Self {
            auth,
            ..Self::default()
        }
    }
}
