//! An existing `prometheus.yml`: what of it concerns scraping and rules.

use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{DefaultMessageFormatter, MessageFormatter};

use super::{GlobalConfig, ScrapeConfig, ScrapeConfigError, ScrapeSettings, scrape_configs};

/// What a `prometheus.yml` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrometheusFile {
    /// What concerns scraping.
    pub scrape: ScrapeSettings,
    /// Files with more `scrape_configs`; the file name may hold `*`.
    pub scrape_config_files: Vec<PathBuf>,
    /// `rule_files`, for whoever evaluates rules.
    pub rule_files: Vec<String>,
    /// What the file says that Andon does not do, one sentence each.
    pub warnings: Vec<String>,
}

/// The file's keys. What Andon does not do is accepted with a warning that says
/// what does not happen.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    global: Option<GlobalConfig>,
    #[serde(deserialize_with = "scrape_configs")]
    scrape_configs: Vec<ScrapeConfig>,
    scrape_config_files: Option<Vec<PathBuf>>,
    rule_files: Option<Vec<String>>,
    alerting: Option<IgnoredAny>,
    storage: Option<IgnoredAny>,
    runtime: Option<IgnoredAny>,
    remote_write: Option<IgnoredAny>,
    remote_read: Option<IgnoredAny>,
    otlp: Option<IgnoredAny>,
    tracing: Option<IgnoredAny>,
}

/// The only key of a file that `scrape_config_files` names.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScrapeConfigFile {
    #[serde(deserialize_with = "scrape_configs")]
    scrape_configs: Vec<ScrapeConfig>,
}

fn syntax_error(error: &serde_saphyr::Error) -> ScrapeConfigError {
    let place = error.location();
    let words = DefaultMessageFormatter.format_message(error.without_snippet());
    ScrapeConfigError::Syntax {
        line: place.map_or(1, |place| place.line() as usize),
        column: place.map_or(1, |place| place.column() as usize),
        message: words.into_owned(),
    }
}

/// Reads a `prometheus.yml`.
///
/// # Errors
/// Where the text is no YAML, or has a key that is not supported; the message
/// names the key, line and column.
pub fn read_prometheus_yaml(text: &str) -> Result<PrometheusFile, ScrapeConfigError> {
    let keys: Option<Keys> = serde_saphyr::from_str(text).map_err(|error| syntax_error(&error))?;
    let keys = keys.unwrap_or_default();
    let scrape = ScrapeSettings {
        global: keys.global.unwrap_or_default(),
        scrape_configs: keys.scrape_configs,
    };
    let mut warnings = Vec::new();
    if keys.alerting.is_some() {
        warnings.push(
            "alerting: Andon does not send alerts to the Alertmanagers named here".to_owned(),
        );
    }
    if keys.storage.is_some() {
        warnings.push(
            "storage: Andon's store is configured in andon.toml: retention, retention_size, \
             out_of_order_window, max_exemplars"
                .to_owned(),
        );
    }
    if keys.runtime.is_some() {
        warnings.push("runtime: it tunes Prometheus' own process".to_owned());
    }
    for (key, is_set, words) in [
        (
            "remote_write",
            keys.remote_write.is_some(),
            "nothing is sent elsewhere; a Prometheus that scrapes the same can send it",
        ),
        (
            "remote_read",
            keys.remote_read.is_some(),
            "nothing is read from elsewhere; name that server under [[sources]] in andon.toml",
        ),
        (
            "otlp",
            keys.otlp.is_some(),
            "OTLP is not received; an OpenTelemetry Collector can write here by its exporter \
             prometheusremotewrite",
        ),
        (
            "tracing",
            keys.tracing.is_some(),
            "Andon sends no traces of its own",
        ),
    ] {
        if is_set {
            warnings.push(format!("{key}: {words}"));
        }
    }
    if keys
        .rule_files
        .as_ref()
        .is_some_and(|files| !files.is_empty())
    {
        warnings.push(
            "rule_files: rules are not evaluated yet; a Prometheus or vmalert that evaluates \
             them can write here with remote_write"
                .to_owned(),
        );
    }
    warnings.extend(scrape.warnings());
    Ok(PrometheusFile {
        scrape,
        scrape_config_files: keys.scrape_config_files.unwrap_or_default(),
        rule_files: keys.rule_files.unwrap_or_default(),
        warnings,
    })
}

/// Reads a file that `scrape_config_files` names.
///
/// # Errors
/// As [`read_prometheus_yaml`].
pub fn read_scrape_config_file(text: &str) -> Result<Vec<ScrapeConfig>, ScrapeConfigError> {
    let file: Option<ScrapeConfigFile> =
        serde_saphyr::from_str(text).map_err(|error| syntax_error(&error))?;
    Ok(file.unwrap_or_default().scrape_configs)
}
