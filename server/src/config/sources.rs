//! `[[sources]]` to upstreams: URLs parsed, certificates read.

use std::path::Path;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, Proxy, Url};
use toml::Spanned;

use super::error::{ConfigError, Source};
use super::file::{BasicAuthTable, SourceTable, TlsTable};
use crate::source::{Auth, Secret, SourceConfig, UpstreamConfig, UpstreamTls, parse_url};

type Result<T> = std::result::Result<T, ConfigError>;

/// One table with its place in the file.
pub struct Resolver<'a> {
    /// The file.
    pub source: Source<'a>,
    /// The folder where relative paths begin.
    pub base_dir: &'a Path,
    /// The table's index.
    pub index: usize,
}

impl Resolver<'_> {
    /// The upstream of a table.
    pub fn resolve(&self, table: &SourceTable) -> Result<SourceConfig> {
        let mut upstream = UpstreamConfig::from_url(self.url(&table.url)?);
        if let Some(auth) = self.auth(table)? {
            upstream.auth = auth;
        }
        if let Some(timeout) = table.timeout {
            upstream.timeout = timeout.0;
        }
        if let Some(size) = table.max_response_size {
            upstream.max_response_bytes = usize::try_from(size.0).unwrap_or(usize::MAX);
        }
        for (name, value) in &table.headers {
            let (name, value) = self.header(name, value)?;
            upstream.headers.insert(name, value);
        }
        upstream.proxy = table
            .proxy_url
            .as_ref()
            .map(|url| self.proxy(url))
            .transpose()?;
        upstream.tls = self.tls(&table.tls)?;
        Ok(SourceConfig {
            name: self.name(&table.name)?,
            upstream,
        })
    }

    fn error<T>(&self, value: &Spanned<T>, key: &str, message: impl Into<String>) -> ConfigError {
        let key = format!("sources[{}].{key}", self.index);
        self.source.error(Some(value.span()), key, message)
    }

    fn name(&self, name: &Spanned<String>) -> Result<String> {
        if name.get_ref().is_empty() {
            return Err(self.error(name, "name", "a source needs a name"));
        }
        Ok(name.get_ref().clone())
    }

    fn url(&self, text: &Spanned<String>) -> Result<Url> {
        parse_url(text.get_ref()).map_err(|reason| self.error(text, "url", reason))
    }

    fn proxy(&self, text: &Spanned<String>) -> Result<Proxy> {
        let url =
            parse_url(text.get_ref()).map_err(|reason| self.error(text, "proxy_url", reason))?;
        Proxy::all(url).map_err(|reason| self.error(text, "proxy_url", reason.to_string()))
    }

    fn auth(&self, table: &SourceTable) -> Result<Option<Auth>> {
        let token = match (&table.bearer_token, &table.bearer_token_file) {
            (Some(token), None) => Some(Secret::Inline(token.get_ref().clone())),
            (None, Some(file)) => Some(self.secret_file("bearer_token_file", file)?),
            (None, None) => None,
            (Some(_), Some(file)) => {
                let message = "give the token or its file, not both";
                return Err(self.error(file, "bearer_token_file", message));
            }
        };
        match (&table.basic_auth, token) {
            (Some(basic), None) => self.basic_auth(basic).map(Some),
            (None, token) => Ok(token.map(Auth::Bearer)),
            (Some(_), Some(_)) => {
                let message = "give basic_auth or a bearer token, not both";
                Err(self.error(&table.url, "basic_auth", message))
            }
        }
    }

    fn basic_auth(&self, table: &BasicAuthTable) -> Result<Auth> {
        let password = match (&table.password, &table.password_file) {
            (_, Some(file)) => self.secret_file("basic_auth.password_file", file)?,
            (password, None) => Secret::Inline(password.clone().unwrap_or_default()),
        };
        Ok(Auth::Basic {
            username: table.username.clone(),
            password,
        })
    }

    /// The file is read for every request; that it can be is found out now.
    fn secret_file(&self, key: &str, file: &Spanned<std::path::PathBuf>) -> Result<Secret> {
        self.read(key, file)?;
        Ok(Secret::File(self.base_dir.join(file.get_ref())))
    }

    fn header(&self, name: &str, value: &Spanned<String>) -> Result<(HeaderName, HeaderValue)> {
        let key = format!("headers.{name}");
        let parsed_name = HeaderName::try_from(name)
            .map_err(|_| self.error(value, &key, "no name of an HTTP header"))?;
        let mut parsed_value = HeaderValue::from_str(value.get_ref())
            .map_err(|_| self.error(value, &key, "no value of an HTTP header"))?;
        parsed_value.set_sensitive(true);
        Ok((parsed_name, parsed_value))
    }

    fn tls(&self, table: &TlsTable) -> Result<UpstreamTls> {
        let mut tls = UpstreamTls {
            insecure_skip_verify: table.insecure_skip_verify,
            ..UpstreamTls::default()
        };
        if let Some(file) = &table.ca_file {
            let pem = self.read("tls.ca_file", file)?;
            tls.ca = Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if tls.ca.is_empty() {
                return Err(self.error(file, "tls.ca_file", no_certificate(file.get_ref())));
            }
        }
        tls.identity = match (&table.cert_file, &table.key_file) {
            (None, None) => None,
            (Some(cert), Some(key)) => Some(self.identity(cert, key)?),
            (Some(cert), None) => {
                let message = "a client certificate needs its key: add key_file";
                return Err(self.error(cert, "tls.cert_file", message));
            }
            (None, Some(key)) => {
                let message = "a key needs its certificate: add cert_file";
                return Err(self.error(key, "tls.key_file", message));
            }
        };
        Ok(tls)
    }

    fn identity(
        &self,
        cert: &Spanned<std::path::PathBuf>,
        key: &Spanned<std::path::PathBuf>,
    ) -> Result<Identity> {
        let mut pem = self.read("tls.key_file", key)?;
        pem.push(b'\n');
        let certificate = self.read("tls.cert_file", cert)?;
        if !Certificate::from_pem_bundle(&certificate).is_ok_and(|all| !all.is_empty()) {
            return Err(self.error(cert, "tls.cert_file", no_certificate(cert.get_ref())));
        }
        pem.extend(certificate);
        Identity::from_pem(&pem).map_err(|_| {
            let message = format!(
                "{} holds no private key; give the key of cert_file as PEM",
                key.get_ref().display()
            );
            self.error(key, "tls.key_file", message)
        })
    }

    fn read(&self, key: &str, file: &Spanned<std::path::PathBuf>) -> Result<Vec<u8>> {
        let path = self.base_dir.join(file.get_ref());
        std::fs::read(&path).map_err(|reason| {
            let message = format!(
                "cannot read {}: {reason}; give a file that this user may read",
                path.display()
            );
            self.error(file, key, message)
        })
    }
}

fn no_certificate(file: &Path) -> String {
    format!("{} holds no certificate; give one as PEM", file.display())
}
