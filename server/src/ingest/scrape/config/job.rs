//! One job, checked and with every default filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use relabel::Rule;
use reqwest::Url;
use series::histogram::MAX_EXPONENTIAL_SCHEMA;

use super::discovery::{DnsDiscovery, TargetGroup};
use super::{Limits, PageFormats};
use crate::net::config::ClientOptions;

/// Everything the scraper knows of one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The value of the label `job`.
    pub name: String,
    /// How often each target is scraped.
    pub interval: Duration,
    /// How long one scrape may take, its body included.
    pub timeout: Duration,
    /// The path of the page.
    pub metrics_path: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Parameters of the URL.
    pub params: BTreeMap<String, Vec<String>>,
    /// Whether the page's labels win over the target's.
    pub honor_labels: bool,
    /// Whether the page's timestamps count.
    pub honor_timestamps: bool,
    /// Whether series with timestamps of their own are marked stale as well.
    pub track_timestamps_staleness: bool,
    /// How long a series that left the page is not marked stale.
    pub staleness_hold: Duration,
    /// How requests are sent.
    pub http: ClientOptions,
    /// What pages are asked for.
    pub formats: PageFormats,
    /// What becomes of histograms.
    pub histograms: HistogramOptions,
    /// What one scrape may bring.
    pub limits: Limits,
    /// Where targets come from.
    pub discovery: Vec<Discovery>,
    /// Ways to find targets that are not ours, by their keys.
    pub other_discoveries: Vec<&'static str>,
    /// What is made of discovered targets.
    pub relabel_rules: Vec<Rule>,
    /// What is made of scraped series.
    pub metric_relabel_rules: Vec<Rule>,
}

/// What becomes of the histograms of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistogramOptions {
    /// Native ones are asked for and stored.
    pub scrape_native: bool,
    /// Classic buckets are stored also beside a native histogram.
    pub always_classic: bool,
    /// Classic ones become native ones of custom buckets (schema -53).
    pub convert_to_nhcb: bool,
    /// Buckets of a native histogram; those of more are joined.
    pub bucket_limit: usize,
    /// The finest resolution that is stored: -4 to 8.
    pub max_schema: i32,
}

impl Default for HistogramOptions {
    fn default() -> Self {
        Self {
            scrape_native: false,
            always_classic: false,
            convert_to_nhcb: false,
            bucket_limit: usize::MAX,
            max_schema: MAX_EXPONENTIAL_SCHEMA,
        }
    }
}

/// A source of targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Discovery {
    /// A list that never changes.
    Static(TargetGroup),
    /// Files, which are read again when they change.
    Files {
        /// Absolute paths, a `*` in the file name.
        patterns: Vec<PathBuf>,
        /// The longest time until a change is seen.
        refresh: Duration,
    },
    /// A server that is asked again and again.
    Http {
        /// What is asked.
        url: Url,
        /// How requests are sent.
        options: Box<ClientOptions>,
        /// How often.
        refresh: Duration,
    },
    /// Names that are looked up again and again.
    Dns(DnsDiscovery),
}

/// How often targets given on the command line are scraped.
pub const COMMAND_LINE_INTERVAL: Duration = Duration::from_secs(5);

/// How long a scrape may take where nothing is configured.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

impl Job {
    /// What is wrong with its certificates now, a sentence each: its targets
    /// are down until that is mended.
    pub fn warnings(&self) -> Vec<String> {
        let discoveries = self.discovery.iter().filter_map(|one| match one {
            Discovery::Http { options, .. } => Some(&**options),
            _ => None,
        });
        let all = std::iter::once(&self.http).chain(discoveries);
        all.filter_map(|options| options.tls.warning())
            .map(|warning| format!("job {:?}: {warning}", self.name))
            .collect()
    }

    /// The job of one page given by its URL, named after host and port;
    /// credentials in the URL become basic authentication.
    pub fn from_url(url: &Url, interval: Duration) -> Self {
        let host = url.host_str().unwrap_or_default();
        let address = match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let mut params = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in url.query_pairs() {
            let values = params.entry(name.into_owned()).or_default();
            values.push(value.into_owned());
        }
        Self {
            name: address.clone(),
            interval,
            timeout: interval.min(DEFAULT_TIMEOUT),
            metrics_path: url.path().to_owned(),
            scheme: url.scheme().to_owned(),
            params,
            honor_labels: false,
            honor_timestamps: true,
            track_timestamps_staleness: false,
            staleness_hold: Duration::ZERO,
            http: ClientOptions::with_credentials_of(url),
            formats: PageFormats::default(),
            histograms: HistogramOptions::default(),
            limits: Limits::default(),
            discovery: vec![Discovery::Static(TargetGroup {
                targets: vec![address],
                labels: BTreeMap::new(),
            })],
            other_discoveries: Vec::new(),
            relabel_rules: Vec::new(),
            metric_relabel_rules: Vec::new(),
        }
    }
}
