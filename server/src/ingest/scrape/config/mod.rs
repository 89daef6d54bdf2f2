//! Prometheus' scrape configuration: `global` and `scrape_configs`, the same
//! keys in `andon.toml` and in a `prometheus.yml`.
//!
//! Contract: a key that is unknown, unsupported or senseless is an error that
//! names it, never ignored. Limits have safe defaults where Prometheus has
//! none; `0` still means no limit.

pub mod discovery;
mod error;
mod job;
mod limits;
mod other_discoveries;
mod prometheus;
mod protocols;
mod resolve;
mod units;
mod unsupported;

use std::collections::BTreeMap;
use std::path::PathBuf;

use relabel::Rule;
use serde::{Deserialize, Serialize};

use discovery::{DnsDiscovery, FileDiscovery, HttpDiscovery, TargetGroup};
pub use error::ScrapeConfigError;
pub use job::{COMMAND_LINE_INTERVAL, Discovery, HistogramOptions, Job};
pub use limits::{LimitKeys, Limits};
pub use other_discoveries::scrape_configs;
pub use prometheus::{PrometheusFile, read_prometheus_yaml, read_scrape_config_file};
pub use protocols::{PageFormats, ScrapeProtocol};
pub use units::{ByteSize, PromDuration};
pub use unsupported::{NameEscaping, NameValidation};

use crate::net::config::{http_client_keys, yes};

/// The keys that concern scraping, as they stand at the top of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScrapeSettings {
    /// Defaults of all jobs.
    pub global: GlobalConfig,
    /// The jobs.
    #[serde(deserialize_with = "scrape_configs")]
    pub scrape_configs: Vec<ScrapeConfig>,
}

/// `global`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GlobalConfig {
    /// How often targets are scraped; a minute where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_interval: Option<PromDuration>,
    /// How long a scrape may take; ten seconds where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_timeout: Option<PromDuration>,
    /// See [`PageFormats`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_protocols: Option<Vec<ScrapeProtocol>>,
    /// How often rules are evaluated; of no concern to scraping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_interval: Option<PromDuration>,
    /// Which names are valid; see [`ScrapeSettings::warnings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name_validation_scheme: Option<NameValidation>,
    /// How names are asked for that are not valid in the older sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name_escaping_scheme: Option<NameEscaping>,
    /// See [`HistogramOptions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_scrape_classic_histograms: Option<bool>,
    /// See [`HistogramOptions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convert_classic_histograms_to_nhcb: Option<bool>,
    /// See [`HistogramOptions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_native_histograms: Option<bool>,
    /// Not written; see [`ScrapeSettings::warnings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_failure_log_file: Option<PathBuf>,
    /// Not written; see [`ScrapeSettings::warnings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_log_file: Option<PathBuf>,
    /// How far back rules look; of no concern to scraping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_query_offset: Option<PromDuration>,
    /// Labels towards other systems; of no concern to scraping.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub external_labels: BTreeMap<String, String>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_size_limit: Option<ByteSize>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_limit: Option<usize>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_limit: Option<usize>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_limit: Option<usize>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_length_limit: Option<usize>,
    /// See [`LimitKeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_value_length_limit: Option<usize>,
    /// How many dropped targets of a job are kept for show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_dropped_targets: Option<usize>,
}

http_client_keys! {
    /// An entry of `scrape_configs`.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct ScrapeConfig {
        /// The value of the label `job`, unique.
        pub job_name: String,
        /// How often, [`GlobalConfig::scrape_interval`] where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_interval: Option<PromDuration>,
        /// How long a scrape may take, its body included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_timeout: Option<PromDuration>,
        /// The path of the page.
        #[serde(default = "metrics_path")]
        pub metrics_path: String,
        /// `http` or `https`.
        #[serde(default = "http_scheme")]
        pub scheme: String,
        /// Parameters of the URL.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub params: BTreeMap<String, Vec<String>>,
        /// See [`PageFormats`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_protocols: Option<Vec<ScrapeProtocol>>,
        /// How a page is read whose server does not say what it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub fallback_scrape_protocol: Option<ScrapeProtocol>,
        /// Whether the page's labels win over the target's.
        #[serde(default)]
        pub honor_labels: bool,
        /// Whether the page's timestamps count.
        #[serde(default = "yes")]
        pub honor_timestamps: bool,
        /// Whether series with timestamps of their own are marked stale as well.
        #[serde(default)]
        pub track_timestamps_staleness: bool,
        /// Ours: how long a series that has left the page is not marked stale, so
        /// that its last value, with its true time, stays in sight. For exporters
        /// that show a value once, such as Maestro's; such a target is scraped once
        /// a minute unless its own `scrape_interval` says otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hold_values_for: Option<PromDuration>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub body_size_limit: Option<ByteSize>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sample_limit: Option<usize>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub target_limit: Option<usize>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub label_limit: Option<usize>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub label_name_length_limit: Option<usize>,
        /// See [`LimitKeys`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub label_value_length_limit: Option<usize>,
        /// How many dropped targets are kept for show.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub keep_dropped_targets: Option<usize>,
        /// Which names are valid; see [`ScrapeSettings::warnings`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub metric_name_validation_scheme: Option<NameValidation>,
        /// How names are asked for that are not valid in the older sense.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub metric_name_escaping_scheme: Option<NameEscaping>,
        /// See [`HistogramOptions`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub always_scrape_classic_histograms: Option<bool>,
        /// See [`HistogramOptions`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub convert_classic_histograms_to_nhcb: Option<bool>,
        /// See [`HistogramOptions`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_native_histograms: Option<bool>,
        /// Of no effect; see [`ScrapeSettings::warnings`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub native_histogram_bucket_limit: Option<u64>,
        /// Of no effect; see [`ScrapeSettings::warnings`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub native_histogram_min_bucket_factor: Option<f64>,
        /// Not written; see [`ScrapeSettings::warnings`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scrape_failure_log_file: Option<PathBuf>,
        /// Whether a compressed page is asked for.
        #[serde(default = "yes")]
        pub enable_compression: bool,
        /// Targets listed here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub static_configs: Vec<TargetGroup>,
        /// Targets listed in files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub file_sd_configs: Vec<FileDiscovery>,
        /// Targets listed by a server.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub http_sd_configs: Vec<HttpDiscovery>,
        /// Targets listed in DNS.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub dns_sd_configs: Vec<DnsDiscovery>,
        /// Ways to find targets that are not ours, by their keys.
        #[serde(skip)]
        pub other_discoveries: Vec<&'static str>,
        /// What is made of discovered targets.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub relabel_configs: Vec<Rule>,
        /// What is made of scraped series.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub metric_relabel_configs: Vec<Rule>,
    }
}

impl ScrapeConfig {
    fn limit_keys(&self) -> LimitKeys {
        LimitKeys {
            body_size_limit: self.body_size_limit,
            sample_limit: self.sample_limit,
            target_limit: self.target_limit,
            label_limit: self.label_limit,
            label_name_length_limit: self.label_name_length_limit,
            label_value_length_limit: self.label_value_length_limit,
            keep_dropped_targets: self.keep_dropped_targets,
        }
    }
}

impl GlobalConfig {
    fn limit_keys(&self) -> LimitKeys {
        LimitKeys {
            body_size_limit: self.body_size_limit,
            sample_limit: self.sample_limit,
            target_limit: self.target_limit,
            label_limit: self.label_limit,
            label_name_length_limit: self.label_name_length_limit,
            label_value_length_limit: self.label_value_length_limit,
            keep_dropped_targets: self.keep_dropped_targets,
        }
    }
}

fn metrics_path() -> String {
    "/metrics".to_owned()
}

fn http_scheme() -> String {
    "http".to_owned()
}

#[cfg(test)]
mod tests;
