//! `andon.toml` as it is written. Every key that is not here is an error.

use std::collections::BTreeMap;
use std::path::PathBuf;

use packs::JobModel;
use serde::Deserialize;
use toml::Spanned;

use crate::boards::playlist::Playlist;
use crate::ingest::scrape::config::{
    ByteSize, GlobalConfig, PromDuration, ScrapeConfig, scrape_configs,
};
use crate::log::{LogFormat, LogLevel};
use crate::net::config::{TlsConfig, http_client_keys};

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Where to listen: `"0.0.0.0:3000"`.
    pub listen: Option<Spanned<String>>,
    /// Where to keep samples.
    pub data_dir: Option<Spanned<PathBuf>>,
    /// How long to keep samples: `"15d"`.
    pub retention: Option<PromDuration>,
    /// How many bytes of samples to keep: `"10GB"`.
    pub retention_size: Option<ByteSize>,
    /// How much older than its series' newest sample a sample may be.
    pub out_of_order_window: Option<PromDuration>,
    /// How many exemplars are kept at once; 0 keeps none.
    pub max_exemplars: Option<usize>,
    /// Whether the simulated job system runs.
    pub demo: Option<bool>,
    /// Whether the store may be copied and series deleted over HTTP.
    pub enable_admin_api: Option<bool>,
    /// Origins whose pages may frame ours.
    pub embed_origins: Vec<Spanned<String>>,
    /// Origins whose scripts may ask the API.
    pub cors_origins: Vec<Spanned<String>>,
    /// What is logged, and how.
    pub log: LogTable,
    /// What a query may cost.
    pub query: QueryTable,
    /// How many pages may look on.
    pub live: LiveTable,
    /// Prometheus servers and whatever speaks their API.
    pub sources: Vec<SourceTable>,
    /// An existing `prometheus.yml` whose scrape configuration holds.
    pub prometheus_config: Option<Spanned<PathBuf>>,
    /// Defaults of `scrape_configs`.
    pub global: GlobalConfig,
    /// What to scrape, as Prometheus writes it.
    #[serde(deserialize_with = "scrape_configs")]
    pub scrape_configs: Vec<ScrapeConfig>,
    /// Which metrics mean what.
    pub job: Vec<JobModel>,
    /// What displays show.
    pub playlist: Vec<Playlist>,
    /// Folders of board files, ours and Grafana's.
    pub boards: Vec<PathBuf>,
    /// Grafana's provisioning folder: its data sources and dashboards.
    pub provisioning: Option<PathBuf>,
    /// Folders of packs, which say how more systems are recognised.
    pub packs: Vec<PathBuf>,
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogTable {
    /// `error`, `warn`, `info`, `debug`, `trace`.
    pub level: Option<LogLevel>,
    /// `text` or `json`.
    pub format: Option<LogFormat>,
}

/// `[query]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryTable {
    /// The longest evaluation.
    pub timeout: Option<PromDuration>,
    /// How old a sample may be and still count.
    pub lookback: Option<PromDuration>,
    /// How many evaluations run at once.
    pub max_concurrency: Option<std::num::NonZeroUsize>,
    /// How many samples an evaluation may hold at once.
    pub max_samples: Option<std::num::NonZeroUsize>,
    /// Whether metric names go at the end of a query only, as with
    /// Prometheus' feature `promql-delayed-name-removal`.
    pub delayed_name_removal: bool,
}

/// `[live]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LiveTable {
    /// Open event streams in all.
    pub max_streams: Option<std::num::NonZeroUsize>,
    /// Open event streams of one address; a proxy is one address.
    pub max_streams_per_address: Option<std::num::NonZeroUsize>,
}

http_client_keys! {
    /// `[[sources]]`
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct SourceTable {
        /// What boards call it.
        pub name: Spanned<String>,
        /// The root under which `/api/v1` lies.
        pub url: Spanned<String>,
        /// The longest wait for an answer.
        pub timeout: Option<PromDuration>,
        /// The largest answer, uncompressed.
        pub max_response_size: Option<ByteSize>,
        /// Sent with every request.
        #[serde(default)]
        pub headers: BTreeMap<String, Spanned<String>>,
        /// Certificates; `tls_config` is the same.
        pub tls: Option<TlsConfig>,
    }
}
