//! A data source of Grafana's to an upstream.

use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use crate::net::config::{Auth, KeyError, TlsConfig};
use crate::net::{Secret, SecretSource, parse_url};
use crate::source::{SourceConfig, UpstreamConfig};

/// One entry of `datasources`, as far as Andon heeds it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DataSource {
    /// What people call it.
    pub name: String,
    /// What dashboards call it.
    pub uid: String,
    /// Whether it is asked where none is named.
    pub is_default: bool,
    r#type: String,
    url: String,
    database: String,
    basic_auth: bool,
    basic_auth_user: String,
    basic_auth_password: String,
    json_data: Value,
    secure_json_data: Value,
}

impl DataSource {
    /// Whether it speaks Prometheus' API.
    pub fn is_prometheus(&self) -> bool {
        self.r#type == "prometheus"
            || self.r#type.ends_with("prometheus-datasource")
            || self.r#type == "victoriametrics-metrics-datasource"
    }

    /// That it is not read, in a sentence.
    pub fn unread(&self) -> String {
        let Self { name, r#type, .. } = self;
        let places = [
            self.database.as_str(),
            text(&self.json_data, "database"),
            text(&self.json_data, "dbName"),
        ];
        let database = places.into_iter().find(|place| !place.is_empty());
        let database = database.map_or(String::new(), |name| format!(", database `{name}`"));
        format!("the data source `{name}` ({type}{database}) is not read: Andon reads Prometheus")
    }

    /// The source.
    ///
    /// # Errors
    /// What is wrong with its URL, headers or certificates.
    pub fn config(&self) -> Result<SourceConfig, String> {
        let mut upstream = UpstreamConfig::from_url(parse_url(&self.url)?);
        if self.basic_auth {
            let password = match text(&self.secure_json_data, "basicAuthPassword") {
                "" => &self.basic_auth_password,
                password => password,
            };
            upstream.http.auth = Auth::basic(&self.basic_auth_user, password);
        }
        for number in 1.. {
            let name = text(&self.json_data, &format!("httpHeaderName{number}"));
            if name.is_empty() {
                break;
            }
            let value = text(&self.secure_json_data, &format!("httpHeaderValue{number}"));
            let header = HeaderName::try_from(name);
            let (Ok(header), Ok(_)) = (header, HeaderValue::from_str(value)) else {
                return Err(format!(
                    "`{name}` is no HTTP header, or its value cannot be one"
                ));
            };
            let value = SecretSource::inline(value);
            upstream.http.headers.push((header, value));
        }
        upstream.http.tls = self.tls()?;
        Ok(SourceConfig {
            name: self.name.as_str().into(),
            upstream,
        })
    }

    fn is_on(&self, switch: &str) -> bool {
        self.json_data[switch].as_bool().unwrap_or_default()
    }

    /// A secret that counts where its switch is on.
    fn secret_if(&self, switch: &str, key: &str) -> Option<String> {
        self.is_on(switch)
            .then(|| text(&self.secure_json_data, key).to_owned())
    }

    fn tls(&self) -> Result<TlsConfig, String> {
        let tls = TlsConfig {
            insecure_skip_verify: self.is_on("tlsSkipVerify"),
            ca: self.secret_if("tlsAuthWithCACert", "tlsCACert"),
            cert: self.secret_if("tlsAuth", "tlsClientCert"),
            key: self.secret_if("tlsAuth", "tlsClientKey").map(Secret::new),
            ..TlsConfig::default()
        };
        match tls.check() {
            Ok(()) => Ok(tls),
            Err(error) => Err(format!("secureJsonData: {}", grafana_words(&error))),
        }
    }
}

/// The error under Grafana's names of the keys.
fn grafana_words(error: &KeyError) -> String {
    let key = match error.key.as_str() {
        "tls_config.ca" => "tlsCACert",
        "tls_config.cert" => "tlsClientCert",
        _ => "tlsClientKey",
    };
    format!("{key}: {}", error.reason)
}

fn text<'a>(data: &'a Value, key: &str) -> &'a str {
    data[key].as_str().unwrap_or_default()
}
