//! `[[sources]]` to upstreams: every key checked, certificates read once to see
//! that they can be.

use std::path::Path;

use query::SourceName;
use reqwest::header::{HeaderName, HeaderValue};
use toml::Spanned;

use super::error::{ConfigError, Source};
use super::file::SourceTable;
use crate::net::config::{Auth, ClientOptions, KeyError};
use crate::net::{SecretSource, parse_url};
use crate::source::{SourceConfig, UpstreamConfig};

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
        let url = parse_url(table.url.get_ref())
            .map_err(|reason| self.error(&table.url, "url", reason))?;
        let upstream = UpstreamConfig::from_url(url).with_options(self.options(table)?);
        let max_response_bytes = match table.max_response_size {
            Some(size) => usize::try_from(size.0).unwrap_or(usize::MAX),
            None => upstream.max_response_bytes,
        };
        Ok(SourceConfig {
            name: self.name(&table.name)?,
            upstream: UpstreamConfig {
                timeout: table.timeout.map_or(upstream.timeout, |timeout| timeout.0),
                max_response_bytes,
                ..upstream
            },
        })
    }

    fn options(&self, table: &SourceTable) -> Result<ClientOptions> {
        let mut keys = table.http_client();
        if let Some(tls) = &table.tls {
            keys.tls_config = tls.clone();
        }
        let options = keys.resolve(self.base_dir);
        let mut options = options.map_err(|error| self.key_error(table, &error))?;
        for (name, value) in &table.headers {
            options.headers.push(self.header(name, value)?);
        }
        let checked = options.tls.check();
        checked.map_err(|error| self.key_error(table, &error))?;
        self.check_secret_files(&options.auth)?;
        Ok(options)
    }

    /// The table calls its certificates `tls`, or `tls_config` as Prometheus does.
    fn key_error(&self, table: &SourceTable, error: &KeyError) -> ConfigError {
        let key = match error.key.strip_prefix("tls_config") {
            Some(rest) if table.tls.is_some() => format!("tls{rest}"),
            _ => error.key.clone(),
        };
        let key = format!("sources[{}].{key}", self.index);
        self.source.key_error(&key, &error.reason)
    }

    fn error<T>(&self, value: &Spanned<T>, key: &str, message: impl Into<String>) -> ConfigError {
        let key = format!("sources[{}].{key}", self.index);
        self.source.error(Some(value.span()), key, message)
    }

    fn name(&self, name: &Spanned<String>) -> Result<SourceName> {
        if name.get_ref().is_empty() {
            return Err(self.error(name, "name", "a source needs a name"));
        }
        Ok(name.get_ref().as_str().into())
    }

    fn header(&self, name: &str, value: &Spanned<String>) -> Result<(HeaderName, SecretSource)> {
        let key = format!("headers.{name}");
        let parsed = HeaderName::try_from(name)
            .map_err(|_| self.error(value, &key, "no name of an HTTP header"))?;
        if HeaderValue::from_str(value.get_ref()).is_err() {
            return Err(self.error(value, &key, "no value of an HTTP header"));
        }
        Ok((parsed, SecretSource::inline(value.get_ref())))
    }

    /// The files are read for every request; that they can be is found out now.
    fn check_secret_files(&self, auth: &Auth) -> Result<()> {
        let files = match auth {
            Auth::Basic { username, password } => vec![
                ("basic_auth.username_file", username),
                ("basic_auth.password_file", password),
            ],
            Auth::Scheme { credentials, .. } => vec![("bearer_token_file", credentials)],
            Auth::OAuth2(endpoint) => {
                vec![("oauth2.client_secret_file", &endpoint.client_secret)]
            }
            Auth::None => Vec::new(),
        };
        for (key, secret) in files {
            if let SecretSource::File(path) = secret
                && let Err(reason) = std::fs::read(path)
            {
                let path = path.display();
                let message =
                    format!("cannot read {path}: {reason}; give a file that this user may read");
                let key = format!("sources[{}].{key}", self.index);
                return Err(self.source.key_error(&key, &message));
            }
        }
        Ok(())
    }
}
