//! From keys to options: values checked, paths made absolute.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::auth::{Authorization, BasicAuth, OAuth2, bearer};
use super::headers;
use super::keys::HttpClientConfig;
use super::options::{Auth, ClientOptions, ProxyOptions, TokenEndpoint};
use super::tls::TlsConfig;
use crate::net::secret::{Secret, SecretSource, SecretUrl};

type Result<T> = std::result::Result<T, KeyError>;

/// A key whose value makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct KeyError {
    /// The key, such as `tls_config.ca_file`.
    pub key: String,
    /// What is wrong with its value.
    pub reason: String,
}

impl KeyError {
    pub(in crate::net) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            reason: reason.into(),
        }
    }

    /// The same under a key around it.
    fn within(self, outer: &str) -> Self {
        Self {
            key: format!("{outer}.{}", self.key),
            reason: self.reason,
        }
    }
}

impl HttpClientConfig {
    /// How requests are sent. Relative paths start at `base_dir`.
    ///
    /// # Errors
    /// The first key whose value makes no sense.
    pub fn resolve(self, base_dir: &Path) -> Result<ClientOptions> {
        let proxy = proxy(
            self.proxy_url.as_ref(),
            self.no_proxy.clone(),
            self.proxy_from_environment,
        )?;
        let headers = headers::resolve(self.http_headers.clone())?.into_iter();
        Ok(ClientOptions {
            headers: headers
                .map(|(name, value)| (name, value.within(base_dir)))
                .collect(),
            tls: self.tls_config.clone().resolve(base_dir, &proxy)?,
            follow_redirects: self.follow_redirects,
            enable_http2: self.enable_http2,
            auth: self.auth(base_dir)?,
            proxy,
            ..ClientOptions::default()
        })
    }

    /// The one way of authentication that is configured.
    fn auth(self, base_dir: &Path) -> Result<Auth> {
        let token = secret(
            ("bearer_token", self.bearer_token),
            ("bearer_token_file", self.bearer_token_file),
            base_dir,
        )?
        .map(|credentials| Auth::Scheme {
            scheme: bearer(),
            credentials,
        });
        let basic = self.basic_auth.map(|keys| keys.resolve(base_dir));
        let scheme = self.authorization.map(|keys| keys.resolve(base_dir));
        let oauth2 = self.oauth2.map(|keys| keys.resolve(base_dir));
        let all = [
            basic.transpose()?,
            scheme.transpose()?,
            token,
            oauth2.transpose()?,
        ];
        let mut given = all.into_iter().flatten();
        match (given.next(), given.next()) {
            (_, Some(_)) => Err(KeyError::new(
                "authorization",
                "give one of basic_auth, authorization, oauth2 and bearer_token",
            )),
            (auth, None) => Ok(auth.unwrap_or_default()),
        }
    }
}

impl BasicAuth {
    fn resolve(self, base_dir: &Path) -> Result<Auth> {
        let inline = (!self.username.is_empty()).then(|| Secret::new(self.username));
        let username = secret(
            ("basic_auth.username", inline),
            ("basic_auth.username_file", self.username_file),
            base_dir,
        )?;
        let password = secret(
            ("basic_auth.password", self.password),
            ("basic_auth.password_file", self.password_file),
            base_dir,
        )?;
        Ok(Auth::Basic {
            username: username.unwrap_or_else(|| SecretSource::inline("")),
            password: password.unwrap_or_else(|| SecretSource::inline("")),
        })
    }
}

impl Authorization {
    fn resolve(self, base_dir: &Path) -> Result<Auth> {
        let credentials = secret(
            ("authorization.credentials", self.credentials),
            ("authorization.credentials_file", self.credentials_file),
            base_dir,
        )?;
        if self.scheme.eq_ignore_ascii_case("basic") {
            return Err(KeyError::new(
                "authorization.type",
                "basic authentication has a key of its own: basic_auth",
            ));
        }
        match credentials {
            Some(credentials) => Ok(Auth::Scheme {
                scheme: self.scheme,
                credentials,
            }),
            None => Err(KeyError::new(
                "authorization",
                "give credentials or credentials_file",
            )),
        }
    }
}

impl OAuth2 {
    fn resolve(self, base_dir: &Path) -> Result<Auth> {
        if self.client_id.is_empty() {
            return Err(KeyError::new("oauth2.client_id", "is empty"));
        }
        let client_secret = secret(
            ("oauth2.client_secret", self.client_secret),
            ("oauth2.client_secret_file", self.client_secret_file),
            base_dir,
        )?;
        let Some(client_secret) = client_secret else {
            let reason = "give client_secret or client_secret_file";
            return Err(KeyError::new("oauth2", reason));
        };
        let url = self.token_url.parse();
        let url = url.map_err(|reason| KeyError::new("oauth2.token_url", reason))?;
        let proxy = proxy(
            self.proxy_url.as_ref(),
            self.no_proxy,
            self.proxy_from_environment,
        )
        .map_err(|error| error.within("oauth2"))?;
        let tls = self.tls_config.resolve(base_dir, &proxy);
        Ok(Auth::OAuth2(Box::new(TokenEndpoint {
            client_id: self.client_id,
            client_secret,
            scope: self.scopes.join(" "),
            url,
            params: self.endpoint_params,
            tls: tls.map_err(|error| error.within("oauth2"))?,
            proxy,
        })))
    }
}

impl SecretSource {
    /// The same with an absolute path.
    fn within(self, base_dir: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(base_dir.join(path)),
            inline @ Self::Inline(_) => inline,
        }
    }
}

/// The value that is given, inline or in a file.
///
/// # Errors
/// Where both are.
fn secret(
    (key, inline): (&str, Option<Secret>),
    (file_key, file): (&str, Option<PathBuf>),
    base_dir: &Path,
) -> Result<Option<SecretSource>> {
    match (inline, file) {
        (Some(_), Some(_)) => {
            let reason = format!("give either this or {key}");
            Err(KeyError::new(file_key, reason))
        }
        (Some(value), None) => Ok(Some(SecretSource::Inline(value))),
        (None, file) => Ok(file.map(|path| SecretSource::File(base_dir.join(path)))),
    }
}

fn proxy(
    url: Option<&SecretUrl>,
    no_proxy: Option<String>,
    from_environment: bool,
) -> Result<ProxyOptions> {
    if from_environment && (url.is_some() || no_proxy.is_some()) {
        let reason = "give either this or proxy_url with no_proxy";
        return Err(KeyError::new("proxy_from_environment", reason));
    }
    if no_proxy.is_some() && url.is_none() {
        return Err(KeyError::new("no_proxy", "there is no proxy_url"));
    }
    let url = url.map(SecretUrl::parse).transpose();
    Ok(ProxyOptions {
        url: url.map_err(|reason| KeyError::new("proxy_url", reason))?,
        no_proxy,
        from_environment,
    })
}

impl TlsConfig {
    fn resolve(self, base_dir: &Path, proxy: &ProxyOptions) -> Result<Self> {
        for (inline, file, name) in [
            (self.ca.is_some(), &self.ca_file, "ca"),
            (self.cert.is_some(), &self.cert_file, "cert"),
            (self.key.is_some(), &self.key_file, "key"),
        ] {
            if inline && file.is_some() {
                let reason = format!("give either {name} or {name}_file");
                return Err(KeyError::new(format!("tls_config.{name}_file"), reason));
            }
        }
        let has_cert = self.cert.is_some() || self.cert_file.is_some();
        let has_key = self.key.is_some() || self.key_file.is_some();
        if has_cert && !has_key {
            let reason = "a client certificate needs its key: add key_file";
            return Err(KeyError::new("tls_config.cert_file", reason));
        }
        if has_key && !has_cert {
            let reason = "a key needs its certificate: add cert_file";
            return Err(KeyError::new("tls_config.key_file", reason));
        }
        self.check_protocol(proxy)?;
        Ok(Self {
            ca_file: self.ca_file.map(|path| base_dir.join(path)),
            cert_file: self.cert_file.map(|path| base_dir.join(path)),
            key_file: self.key_file.map(|path| base_dir.join(path)),
            ..self
        })
    }

    /// # Errors
    /// The key about versions or names that makes no sense.
    fn check_protocol(&self, proxy: &ProxyOptions) -> Result<()> {
        if let (Some(oldest), Some(newest)) = (self.min_version, self.max_version)
            && oldest > newest
        {
            let reason = "is newer than max_version";
            return Err(KeyError::new("tls_config.min_version", reason));
        }
        let Some(name) = &self.server_name else {
            return Ok(());
        };
        let key = "tls_config.server_name";
        if !is_host_name(name) {
            return Err(KeyError::new(key, format!("{name:?} is no name of a host")));
        }
        if *proxy != ProxyOptions::default() {
            return Err(KeyError::new(key, "is not supported behind proxy_url"));
        }
        Ok(())
    }
}

fn is_host_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        && name.parse::<IpAddr>().is_err()
}
