//! `andon.toml` to a [`Config`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::error::{ConfigError, Source};
use super::file::File;
use super::sources::Resolver;
use super::{Config, Origin, prometheus, redact};
use crate::ingest::scrape::config::ScrapeSettings;
use crate::net::parse_listen;

type Result<T> = std::result::Result<T, ConfigError>;

/// Reads a file. What it leaves out has its default.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn load(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).map_err(|reason| ConfigError {
        file: path.to_owned(),
        place: None,
        key: String::new(),
        message: format!("cannot read it: {reason}; name another file with --config"),
    })?;
    Loader {
        source: Source {
            file: path,
            text: &text,
        },
        base_dir: path.parent().unwrap_or(Path::new("")),
    }
    .load()
}

struct Loader<'a> {
    source: Source<'a>,
    base_dir: &'a Path,
}

impl Loader<'_> {
    fn load(&self) -> Result<Config> {
        let file = self.parse()?;
        let mut config = Config {
            demo: file.demo.unwrap_or_default(),
            enable_admin_api: file.enable_admin_api.unwrap_or_default(),
            embed_origins: self.origins("embed_origins", &file.embed_origins)?,
            cors_origins: self.origins("cors_origins", &file.cors_origins)?,
            redacted: redact::redact(self.source.text),
            log: crate::log::LogConfig {
                level: file.log.level.unwrap_or_default(),
                format: file.log.format.unwrap_or_default(),
            },
            job_models: file.job.clone(),
            playlists: file.playlist.clone(),
            board_folders: self
                .folders(&file.boards)
                .into_iter()
                .map(Into::into)
                .collect(),
            pack_folders: self.folders(&file.packs),
            ..Config::default()
        };
        if let Some(listen) = &file.listen {
            config.listen = self.address(listen)?;
            config.listen_origin = self.origin(listen, "listen");
        }
        self.storage(&file, &mut config);
        self.query(&file, &mut config);
        Self::live(&file, &mut config);
        self.sources(&file, &mut config)?;
        if let Some(folder) = &file.provisioning {
            config.provision(&self.base_dir.join(folder))?;
        }
        self.scrape(file, &mut config)?;
        Ok(config)
    }

    /// Relative to the file's own folder.
    fn folders(&self, folders: &[PathBuf]) -> Vec<PathBuf> {
        folders
            .iter()
            .map(|folder| self.base_dir.join(folder))
            .collect()
    }

    fn parse(&self) -> Result<File> {
        let deserializer = toml::Deserializer::parse(self.source.text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            self.source.error(error.span(), "", message)
        })?;
        serde_path_to_error::deserialize(deserializer)
            .map_err(|error| self.source.parse_error(error.inner(), error.path()))
    }

    fn origin<T>(&self, value: &Spanned<T>, key: &'static str) -> Origin {
        let error = self.source.error(Some(value.span()), key, "");
        Origin::File {
            file: error.file,
            place: error.place.unwrap_or((1, 1)),
            key,
        }
    }

    fn address(&self, listen: &Spanned<String>) -> Result<SocketAddr> {
        parse_listen(listen.get_ref())
            .map_err(|message| self.source.error(Some(listen.span()), "listen", message))
    }

    fn origins(&self, key: &str, origins: &[Spanned<String>]) -> Result<Vec<String>> {
        match origins.iter().find(|one| !is_origin(one.get_ref())) {
            Some(wrong) => Err(self.source.error(
                Some(wrong.span()),
                key,
                format!(
                    "{:?} is no origin; write scheme, host and port alone: https://HOST:PORT",
                    wrong.get_ref()
                ),
            )),
            None => Ok(origins.iter().map(|one| one.get_ref().clone()).collect()),
        }
    }

    fn storage(&self, file: &File, config: &mut Config) {
        if let Some(folder) = &file.data_dir {
            config.storage.data_dir = Some(self.base_dir.join(folder.get_ref()));
            config.data_dir_origin = self.origin(folder, "data_dir");
        }
        if let Some(retention) = file.retention {
            config.storage.retention_ms = retention.as_millis();
        }
        config.storage.retention_bytes = file.retention_size.map(|size| size.0);
        if let Some(window) = file.out_of_order_window {
            config.storage.out_of_order_window_ms = window.as_millis();
        }
        if let Some(exemplars) = file.max_exemplars {
            config.storage.max_exemplars = exemplars;
        }
    }

    fn query(&self, file: &File, config: &mut Config) {
        if let Some(timeout) = file.query.timeout {
            config.engine.timeout = timeout.0;
        }
        if let Some(lookback) = file.query.lookback {
            config.engine.lookback = lookback.0;
        }
        if let Some(concurrency) = file.query.max_concurrency {
            config.engine.max_concurrency = concurrency.get();
        }
        if let Some(samples) = file.query.max_samples {
            config.engine.limits.max_samples = samples.get();
        }
        if file.query.delayed_name_removal {
            config.engine.name_removal = promql::NameRemoval::Delayed;
        }
    }

    fn live(file: &File, config: &mut Config) {
        if let Some(total) = file.live.max_streams {
            config.streams.total = total.get();
        }
        if let Some(per_address) = file.live.max_streams_per_address {
            config.streams.per_address = per_address.get();
        }
    }

    fn sources(&self, file: &File, config: &mut Config) -> Result<()> {
        for (index, table) in file.sources.iter().enumerate() {
            let resolver = Resolver {
                source: self.source,
                base_dir: self.base_dir,
                index,
            };
            let source = resolver.resolve(table)?;
            if config.has_source(&source.name) {
                return Err(self.source.error(
                    Some(table.name.span()),
                    format!("sources[{index}].name"),
                    format!(
                        "another source is called {:?} already",
                        source.name.as_str()
                    ),
                ));
            }
            let warning = source.upstream.http.tls.warning().into_iter();
            let warning = warning.map(|warning| format!("sources[{index}].tls: {warning}"));
            config.add_warnings(self.source.file, warning.collect());
            config.sources.push(source);
        }
        Ok(())
    }

    fn scrape(&self, file: File, config: &mut Config) -> Result<()> {
        let settings = ScrapeSettings {
            global: file.global,
            scrape_configs: file.scrape_configs,
        };
        let jobs = settings
            .jobs(self.base_dir)
            .map_err(|error| self.source.scrape_error(&error))?;
        config.add_warnings(self.source.file, settings.warnings());
        for job in &jobs {
            config.add_warnings(self.source.file, job.warnings());
        }
        config.scrape_jobs.extend(jobs);
        if let Some(path) = &file.prometheus_config {
            prometheus::take(&self.base_dir.join(path.get_ref()), config)?;
        }
        Ok(())
    }
}

/// Whether the text is scheme, host and port alone.
fn is_origin(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}
