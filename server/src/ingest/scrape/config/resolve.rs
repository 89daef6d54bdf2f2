//! From keys to jobs: defaults filled in, values checked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use series::histogram::{MAX_EXPONENTIAL_SCHEMA, MIN_EXPONENTIAL_SCHEMA};

use super::discovery::{DnsDiscovery, DnsRecord, FileDiscovery, HttpDiscovery, TargetGroup};
use super::job::DEFAULT_TIMEOUT;
use super::{
    Discovery, GlobalConfig, HistogramOptions, Job, PageFormats, PromDuration, ScrapeConfig,
    ScrapeConfigError, ScrapeSettings, protocols,
};
use crate::net::config::ClientOptions;
use crate::net::redact_url_text;

/// How often targets are scraped where nothing is configured.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

/// What is said of a label without a name.
const NAMELESS: &str = "a label needs a name";

impl ScrapeSettings {
    /// The jobs. Relative paths start at `base_dir`, the configuration's folder.
    ///
    /// # Errors
    /// The first key whose value makes no sense.
    pub fn jobs(&self, base_dir: &Path) -> Result<Vec<Job>, ScrapeConfigError> {
        self.global.check()?;
        let mut names = HashSet::new();
        let mut jobs = Vec::new();
        for (index, config) in self.scrape_configs.iter().enumerate() {
            let resolver = Resolver {
                place: format!("scrape_configs[{index}]"),
                base_dir,
                settings: self,
                config,
            };
            if config.job_name.is_empty() || !names.insert(&config.job_name) {
                let reason = format!("{:?} is empty or taken by another job", config.job_name);
                return Err(resolver.error("job_name", reason));
            }
            jobs.push(resolver.job()?);
        }
        Ok(jobs)
    }
}

impl GlobalConfig {
    fn check(&self) -> Result<(), ScrapeConfigError> {
        let interval = self.scrape_interval.filter(is_above_zero);
        let interval = interval.map_or(DEFAULT_INTERVAL, |interval| interval.0);
        if let Some(timeout) = self.scrape_timeout.filter(|timeout| timeout.0 > interval) {
            let reason = format!("{timeout} is longer than the interval");
            return Err(ScrapeConfigError::key("global.scrape_timeout", reason));
        }
        match self.external_labels.get("") {
            None => Ok(()),
            Some(_) => Err(ScrapeConfigError::key("global.external_labels", NAMELESS)),
        }
    }
}

struct Resolver<'a> {
    place: String,
    base_dir: &'a Path,
    settings: &'a ScrapeSettings,
    config: &'a ScrapeConfig,
}

impl Resolver<'_> {
    fn error(&self, key: &str, reason: impl Into<String>) -> ScrapeConfigError {
        ScrapeConfigError::key(format!("{}.{key}", self.place), reason)
    }

    fn job(&self) -> Result<Job, ScrapeConfigError> {
        let config = self.config;
        let interval = self.interval();
        if !matches!(config.scheme.as_str(), "http" | "https") {
            let reason = format!("{:?} is neither http nor https", config.scheme);
            return Err(self.error("scheme", reason));
        }
        Ok(Job {
            name: config.job_name.clone(),
            interval,
            timeout: self.timeout(interval)?,
            metrics_path: config.metrics_path.clone(),
            scheme: config.scheme.clone(),
            params: config.params.clone(),
            honor_labels: config.honor_labels,
            honor_timestamps: config.honor_timestamps,
            track_timestamps_staleness: config.track_timestamps_staleness,
            staleness_hold: config.hold_values_for.map_or(Duration::ZERO, |hold| hold.0),
            http: self.http_options()?,
            formats: self.formats()?,
            histograms: self.histograms(),
            limits: config
                .limit_keys()
                .resolve(self.settings.global.limit_keys()),
            discovery: self.discovery()?,
            other_discoveries: config.other_discoveries.clone(),
            relabel_rules: config.relabel_configs.clone(),
            metric_relabel_rules: config.metric_relabel_configs.clone(),
        })
    }

    fn interval(&self) -> Duration {
        // A target that empties itself when it is looked at is not looked at
        // as often as the others.
        let holds = self.config.hold_values_for.is_some();
        let global = self.settings.global.scrape_interval.filter(|_| !holds);
        let chosen = self.config.scrape_interval.or(global);
        chosen
            .map(|interval| interval.0)
            .filter(|interval| !interval.is_zero())
            .unwrap_or(DEFAULT_INTERVAL)
    }

    fn timeout(&self, interval: Duration) -> Result<Duration, ScrapeConfigError> {
        match self.config.scrape_timeout.filter(is_above_zero) {
            Some(timeout) if timeout.0 > interval => Err(self.error(
                "scrape_timeout",
                format!("{timeout} is longer than the interval"),
            )),
            Some(timeout) => Ok(timeout.0),
            None => {
                let global = self.settings.global.scrape_timeout.filter(is_above_zero);
                let timeout = global.map_or(DEFAULT_TIMEOUT, |timeout| timeout.0);
                Ok(timeout.min(interval))
            }
        }
    }

    fn formats(&self) -> Result<PageFormats, ScrapeConfigError> {
        let own = self.config.scrape_protocols.as_deref();
        let global = self.settings.global.scrape_protocols.as_deref();
        let escaping = self.settings.name_escaping(self.config);
        let fallback = self.config.fallback_scrape_protocol;
        let native = self.histograms().scrape_native;
        protocols::resolve(own.or(global), fallback, escaping, native)
            .map_err(|(key, reason)| self.error(key, reason))
    }

    fn histograms(&self) -> HistogramOptions {
        let (config, global) = (self.config, &self.settings.global);
        let default = HistogramOptions::default();
        let limit = config
            .native_histogram_bucket_limit
            .filter(|limit| *limit > 0);
        let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        HistogramOptions {
            scrape_native: config
                .scrape_native_histograms
                .or(global.scrape_native_histograms)
                .unwrap_or(default.scrape_native),
            always_classic: config
                .always_scrape_classic_histograms
                .or(global.always_scrape_classic_histograms)
                .unwrap_or(default.always_classic),
            convert_to_nhcb: config
                .convert_classic_histograms_to_nhcb
                .or(global.convert_classic_histograms_to_nhcb)
                .unwrap_or(default.convert_to_nhcb),
            bucket_limit: limit.unwrap_or(default.bucket_limit),
            max_schema: config
                .native_histogram_min_bucket_factor
                .map_or(default.max_schema, max_schema),
        }
    }

    fn http_options(&self) -> Result<ClientOptions, ScrapeConfigError> {
        let options = self.config.http_client().resolve(self.base_dir);
        Ok(ClientOptions {
            enable_compression: self.config.enable_compression,
            ..options.map_err(|error| self.error(&error.key, error.reason))?
        })
    }

    fn discovery(&self) -> Result<Vec<Discovery>, ScrapeConfigError> {
        let config = self.config;
        let mut sources = Vec::new();
        for (index, group) in config.static_configs.iter().enumerate() {
            check_group(group).map_err(|(key, reason)| {
                self.error(&format!("static_configs[{index}].{key}"), reason)
            })?;
            sources.push(Discovery::Static(group.clone()));
        }
        for (index, files) in config.file_sd_configs.iter().enumerate() {
            sources.push(self.files(&format!("file_sd_configs[{index}]"), files)?);
        }
        for (index, http) in config.http_sd_configs.iter().enumerate() {
            sources.push(self.http(&format!("http_sd_configs[{index}]"), http)?);
        }
        for (index, dns) in config.dns_sd_configs.iter().enumerate() {
            sources.push(self.dns(&format!("dns_sd_configs[{index}]"), dns)?);
        }
        Ok(sources)
    }

    fn files(&self, key: &str, files: &FileDiscovery) -> Result<Discovery, ScrapeConfigError> {
        if files.files.is_empty() {
            return Err(self.error(&format!("{key}.files"), "names no file"));
        }
        for path in &files.files {
            let extension = path.extension().and_then(|extension| extension.to_str());
            if !matches!(extension, Some("json" | "yml" | "yaml")) {
                let reason = format!("{} is neither .json, .yml nor .yaml", path.display());
                return Err(self.error(&format!("{key}.files"), reason));
            }
        }
        Ok(Discovery::Files {
            patterns: files.files.iter().map(|path| self.absolute(path)).collect(),
            refresh: files.refresh_interval.0,
        })
    }

    fn http(&self, key: &str, http: &HttpDiscovery) -> Result<Discovery, ScrapeConfigError> {
        let url = http.url.parse();
        let url = url.map_err(|reason| self.error(&format!("{key}.url"), reason))?;
        let options = http.http_client().resolve(self.base_dir);
        let options =
            options.map_err(|error| self.error(&format!("{key}.{}", error.key), error.reason))?;
        Ok(Discovery::Http {
            url,
            options: Box::new(options),
            refresh: http.refresh_interval.0,
        })
    }

    fn dns(&self, key: &str, dns: &DnsDiscovery) -> Result<Discovery, ScrapeConfigError> {
        if dns.names.is_empty() {
            return Err(self.error(&format!("{key}.names"), "names no name"));
        }
        if dns.record != DnsRecord::Srv && dns.port.is_none() {
            let reason = "A and AAAA records name no port: give one";
            return Err(self.error(&format!("{key}.port"), reason));
        }
        Ok(Discovery::Dns(dns.clone()))
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        self.base_dir.join(path)
    }
}

/// The finest schema whose buckets are at least so many times as wide as the ones
/// before.
fn max_schema(min_bucket_factor: f64) -> i32 {
    if min_bucket_factor <= 1.0 {
        return MAX_EXPONENTIAL_SCHEMA;
    }
    let schema = (-min_bucket_factor.log2().log2()).floor();
    (schema as i32).clamp(MIN_EXPONENTIAL_SCHEMA, MAX_EXPONENTIAL_SCHEMA)
}

fn is_above_zero(duration: &PromDuration) -> bool {
    !duration.0.is_zero()
}

fn check_group(group: &TargetGroup) -> Result<(), (&'static str, String)> {
    if group.labels.contains_key("") {
        return Err(("labels", NAMELESS.to_owned()));
    }
    match group.targets.iter().find(|target| target.contains('/')) {
        None => Ok(()),
        Some(target) => {
            let target = redact_url_text(target);
            let reason = format!("{target:?} is no host:port; a path belongs into metrics_path");
            Err(("targets", reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_growth_of_buckets_tells_the_finest_schema() {
        let cases = [
            (0.0, 8),
            (1.0, 8),
            (1.002, 8),
            (1.003, 7),
            (1.1, 2),
            (2.0, 0),
            (1e9, -4),
        ];
        for (factor, schema) in cases {
            assert_eq!(max_schema(factor), schema, "{factor}");
        }
    }
}
