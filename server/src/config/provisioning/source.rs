//! A data source of Grafana's to an upstream.

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Certificate, Identity};
use serde::Deserialize;
use serde_json::Value;

use crate::source::{Auth, Secret, SourceConfig, UpstreamConfig, UpstreamTls, parse_url};

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
            upstream.auth = Auth::Basic {
                username: self.basic_auth_user.clone(),
                password: Secret::Inline(password.to_owned()),
            };
        }
        for number in 1.. {
            let name = text(&self.json_data, &format!("httpHeaderName{number}"));
            if name.is_empty() {
                break;
            }
            let value = text(&self.secure_json_data, &format!("httpHeaderValue{number}"));
            let (name, value) = header(name, value)
                .ok_or_else(|| format!("`{name}` is no HTTP header, or its value cannot be one"))?;
            upstream.headers.insert(name, value);
        }
        upstream.tls = self.tls()?;
        Ok(SourceConfig {
            name: self.name.clone(),
            upstream,
        })
    }

    /// Whether a switch is on.
    fn wants(&self, key: &str) -> bool {
        self.json_data[key].as_bool().unwrap_or_default()
    }

    fn tls(&self) -> Result<UpstreamTls, String> {
        let mut tls = UpstreamTls {
            insecure_skip_verify: self.wants("tlsSkipVerify"),
            ..UpstreamTls::default()
        };
        if self.wants("tlsAuthWithCACert") {
            let pem = text(&self.secure_json_data, "tlsCACert");
            tls.ca = Certificate::from_pem_bundle(pem.as_bytes()).unwrap_or_default();
            if tls.ca.is_empty() {
                return Err("secureJsonData.tlsCACert holds no certificate".to_owned());
            }
        }
        if self.wants("tlsAuth") {
            let key = text(&self.secure_json_data, "tlsClientKey");
            let certificate = text(&self.secure_json_data, "tlsClientCert");
            let pem = format!("{key}\n{certificate}");
            let identity = Identity::from_pem(pem.as_bytes());
            tls.identity = Some(identity.map_err(|_| {
                "secureJsonData.tlsClientCert and tlsClientKey are no pair".to_owned()
            })?);
        }
        Ok(tls)
    }
}

/// A header whose value no log shows.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(name).ok()?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn text<'a>(data: &'a Value, key: &str) -> &'a str {
    data[key].as_str().unwrap_or_default()
}
