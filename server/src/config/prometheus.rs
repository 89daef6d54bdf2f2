//! A `prometheus.yml` and the files it names: to jobs and warnings.

use std::path::{Path, PathBuf};

use dashboard::file::error_at;

use super::Config;
use super::error::ConfigError;
use crate::ingest::scrape::config::{
    PrometheusFile, ScrapeConfigError, ScrapeSettings, read_prometheus_yaml,
    read_scrape_config_file,
};
use crate::unknown_key::friendlier_error;

type Result<T> = std::result::Result<T, ConfigError>;

/// Reads a `prometheus.yml` as the start does.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read_prometheus(yaml: &Path) -> Result<Config> {
    let mut config = Config::default();
    take(yaml, &mut config)?;
    Ok(config)
}

/// Adds the jobs of the file at `yaml`, and of its `scrape_config_files`.
pub(super) fn take(yaml: &Path, config: &mut Config) -> Result<()> {
    let file = Yaml::read(yaml)?;
    let PrometheusFile {
        scrape,
        scrape_config_files,
        warnings,
        ..
    } = read_prometheus_yaml(&file.text).map_err(|error| file.error(error))?;
    config.add_warnings(yaml, warnings);
    add_jobs(&file, &scrape, config)?;
    for pattern in &scrape_config_files {
        for path in matching(yaml, &folder_of(yaml).join(pattern))? {
            let file = Yaml::read(&path)?;
            let scrape_configs =
                read_scrape_config_file(&file.text).map_err(|error| file.error(error))?;
            let part = ScrapeSettings {
                global: scrape.global.clone(),
                scrape_configs,
            };
            config.add_warnings(&path, part.job_warnings());
            add_jobs(&file, &part, config)?;
        }
    }
    Ok(())
}

fn add_jobs(file: &Yaml<'_>, settings: &ScrapeSettings, config: &mut Config) -> Result<()> {
    let jobs = settings
        .jobs(folder_of(file.path))
        .map_err(|error| file.error(error))?;
    if let Some(job) = jobs.iter().find(|job| config.has_job(&job.name)) {
        let message = format!("{:?} is a job of another file as well", job.name);
        return Err(wrong(file.path, "job_name", message));
    }
    for job in &jobs {
        config.add_warnings(file.path, job.warnings());
    }
    config.scrape_jobs.extend(jobs);
    Ok(())
}

/// A file with its text, for places in it.
struct Yaml<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> Yaml<'a> {
    fn read(path: &'a Path) -> Result<Self> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|reason| wrong(path, "", format!("cannot read it: {reason}")))?;
        Ok(Self { path, text })
    }

    /// The error with its place in the file.
    fn error(&self, error: ScrapeConfigError) -> ConfigError {
        let (place, key, message) = match error {
            ScrapeConfigError::Syntax {
                line,
                column,
                message,
            } => ((line, column), String::new(), friendlier_error(&message)),
            ScrapeConfigError::Key { place: key, reason } => {
                let found = error_at(&self.text, &key, String::new());
                let place = (found.line as usize, found.column as usize);
                (place, key, reason)
            }
        };
        ConfigError {
            file: self.path.to_owned(),
            place: Some(place).filter(|(line, _)| *line > 0),
            key,
            message,
        }
    }
}

/// The files that a pattern in `yaml` names, sorted.
fn matching(yaml: &Path, pattern: &Path) -> Result<Vec<PathBuf>> {
    let text = pattern.to_string_lossy();
    let paths: std::result::Result<Vec<PathBuf>, String> = glob::glob(&text)
        .map_err(|error| format!("{text}: {error}"))
        .and_then(|paths| {
            paths
                .map(|path| path.map_err(|error| error.to_string()))
                .collect()
        });
    paths.map_err(|message| wrong(yaml, "scrape_config_files", message))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn wrong(path: &Path, key: &str, message: String) -> ConfigError {
    ConfigError {
        file: path.to_owned(),
        place: None,
        key: key.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "global: {scrape_interval: 7s}\n\
                        runtime: {gogc: 75}\n\
                        scrape_configs: [{job_name: a}]\n\
                        scrape_config_files: ['more/*.yml']\n";

    /// What becomes of [`MAIN`] with one more file beside it.
    fn taken(more: &str) -> std::result::Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("more")).unwrap();
        std::fs::write(folder.path().join("more/b.yml"), more).unwrap();
        let main = folder.path().join("prometheus.yml");
        std::fs::write(&main, MAIN).unwrap();
        let mut config = Config::default();
        take(&main, &mut config).map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn files_with_more_jobs_are_read() {
        let more = "scrape_configs: [{job_name: b, file_sd_configs: [{files: [t.json]}]}]";
        let config = taken(more).unwrap();
        let names: Vec<&str> = config.scrape_jobs.iter().map(|job| &*job.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(config.scrape_jobs[1].interval.as_secs(), 7, "as in global");
        let found = format!("{:?}", config.scrape_jobs[1].discovery);
        assert!(found.contains("more/t.json"), "{found}");
        assert!(config.warnings[0].contains("runtime"));
    }

    #[test]
    fn what_is_wrong_with_them_is_said_with_their_name() {
        for (more, expected) in [
            ("scrape_configs: [{job_name: a}]", "a job of another file"),
            ("scrape_configs: [{job_name: b, shceme: https}]", "shceme"),
            (
                "scrape_configs:\n- job_name: b\n  scheme: ftp",
                "b.yml:3:11: scrape_configs[0].scheme",
            ),
            ("global: {}", "global"),
        ] {
            let error = taken(more).unwrap_err();
            let named = error.contains("more/b.yml") && error.contains(expected);
            assert!(named, "{error}");
        }
    }
}
