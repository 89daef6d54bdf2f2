//! The keys of credentials, headers and certificates, checked and completed.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::ScrapeConfigError;
use super::headers::{self, HttpHeaders};
use super::http::{Auth, AuthKeys, HttpOptions, Secret, TlsConfig};

/// A place in the configuration that says how something is reached.
pub(super) struct Reach<'a> {
    /// The path of its keys, such as `scrape_configs[2]`.
    pub(super) place: &'a str,
    /// Where relative paths start.
    pub(super) base_dir: &'a Path,
}

impl Reach<'_> {
    /// `options` with these credentials, headers and certificates.
    ///
    /// # Errors
    /// The first key whose value makes no sense.
    pub(super) fn complete(
        &self,
        options: HttpOptions,
        auth: AuthKeys,
        headers: &HttpHeaders,
        tls: &TlsConfig,
    ) -> Result<HttpOptions, ScrapeConfigError> {
        let auth = auth
            .resolve()
            .map_err(|(key, reason)| self.error(key, reason))?;
        let headers =
            headers::resolve(headers).map_err(|(key, reason)| self.error(&key, reason))?;
        let headers = headers.into_iter();
        Ok(HttpOptions {
            auth: self.absolute_auth(auth)?,
            headers: headers
                .map(|(name, value)| (name, self.absolute_secret(value)))
                .collect(),
            tls: self.tls("tls_config", tls, options.proxy_url.as_deref())?,
            ..options
        })
    }

    fn error(&self, key: &str, reason: impl Into<String>) -> ScrapeConfigError {
        ScrapeConfigError::key(format!("{}.{key}", self.place), reason)
    }

    fn tls(
        &self,
        key: &str,
        tls: &TlsConfig,
        proxy_url: Option<&str>,
    ) -> Result<TlsConfig, ScrapeConfigError> {
        let refused =
            |inner: &str, reason: String| Err(self.error(&format!("{key}{inner}"), reason));
        for (inline, file, name) in [
            (tls.ca.is_some(), &tls.ca_file, "ca"),
            (tls.cert.is_some(), &tls.cert_file, "cert"),
            (tls.key.is_some(), &tls.key_file, "key"),
        ] {
            if inline && file.is_some() {
                let reason = format!("give either {name} or {name}_file");
                return refused(&format!(".{name}_file"), reason);
            }
        }
        let has_cert = tls.cert.is_some() || tls.cert_file.is_some();
        let has_key = tls.key.is_some() || tls.key_file.is_some();
        if has_cert != has_key {
            return refused("", "a certificate and its key come together".to_owned());
        }
        if let Err((inner, reason)) = check_protocol(tls, proxy_url) {
            return refused(inner, reason);
        }
        let absolute =
            |path: &Option<PathBuf>| path.as_deref().map(|path| self.base_dir.join(path));
        Ok(TlsConfig {
            ca_file: absolute(&tls.ca_file),
            cert_file: absolute(&tls.cert_file),
            key_file: absolute(&tls.key_file),
            ..tls.clone()
        })
    }

    fn absolute_secret(&self, secret: Secret) -> Secret {
        match secret {
            Secret::File(path) => Secret::File(self.base_dir.join(path)),
            inline @ Secret::Inline(_) => inline,
        }
    }

    fn absolute_auth(&self, auth: Auth) -> Result<Auth, ScrapeConfigError> {
        Ok(match auth {
            Auth::None => Auth::None,
            Auth::Basic { username, password } => Auth::Basic {
                username: self.absolute_secret(username),
                password: self.absolute_secret(password),
            },
            Auth::Scheme {
                scheme,
                credentials,
            } => Auth::Scheme {
                scheme,
                credentials: self.absolute_secret(credentials),
            },
            Auth::OAuth2(mut endpoint) => {
                let proxy_url = endpoint.proxy_url.as_deref();
                endpoint.tls = self.tls("oauth2.tls_config", &endpoint.tls, proxy_url)?;
                endpoint.client_secret = self.absolute_secret(endpoint.client_secret);
                Auth::OAuth2(endpoint)
            }
        })
    }
}

/// # Errors
/// The key about versions or names that makes no sense, and why.
fn check_protocol(tls: &TlsConfig, proxy_url: Option<&str>) -> Result<(), (&'static str, String)> {
    if let (Some(oldest), Some(newest)) = (tls.min_version, tls.max_version)
        && oldest > newest
    {
        return Err((".min_version", "is newer than max_version".to_owned()));
    }
    let Some(name) = &tls.server_name else {
        return Ok(());
    };
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_of_name) || name.parse::<IpAddr>().is_ok() {
        return Err((".server_name", format!("{name:?} is no name of a host")));
    }
    if proxy_url.is_some() {
        let reason = "is not supported behind proxy_url";
        return Err((".server_name", reason.to_owned()));
    }
    Ok(())
}
