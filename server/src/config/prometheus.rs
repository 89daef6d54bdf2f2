//! A `prometheus.yml` and the files it names: to jobs and warnings.

use std::path::{Path, PathBuf};

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
    let PrometheusFile {
        scrape,
        scrape_config_files,
        warnings,
        ..
    } = read_yaml(yaml)?;
    config.add_warnings(yaml, warnings);
    add_jobs(yaml, &scrape, config)?;
    for pattern in &scrape_config_files {
        for path in matching(yaml, &folder_of(yaml).join(pattern))? {
            let scrape_configs = read_scrape_config_file(&read_text(&path)?)
                .map_err(|error| in_yaml(&path, error))?;
            let part = ScrapeSettings {
                global: scrape.global.clone(),
                scrape_configs,
            };
            config.add_warnings(&path, part.job_warnings());
            add_jobs(&path, &part, config)?;
        }
    }
    Ok(())
}

fn add_jobs(path: &Path, settings: &ScrapeSettings, config: &mut Config) -> Result<()> {
    let jobs = settings
        .jobs(folder_of(path))
        .map_err(|error| in_yaml(path, error))?;
    if let Some(job) = jobs.iter().find(|job| config.has_job(&job.name)) {
        let message = format!("{:?} is a job of another file as well", job.name);
        return Err(wrong(path, "job_name", message));
    }
    for job in &jobs {
        config.add_warnings(path, job.warnings());
    }
    config.scrape_jobs.extend(jobs);
    Ok(())
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

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|reason| wrong(path, "", format!("cannot read it: {reason}")))
}

fn wrong(path: &Path, key: &str, message: String) -> ConfigError {
    ConfigError {
        file: path.to_owned(),
        place: None,
        key: key.to_owned(),
        message,
    }
}

fn read_yaml(path: &Path) -> Result<PrometheusFile> {
    read_prometheus_yaml(&read_text(path)?).map_err(|error| in_yaml(path, error))
}

fn in_yaml(path: &Path, error: ScrapeConfigError) -> ConfigError {
    let (place, key, message) = match error {
        ScrapeConfigError::Syntax {
            line,
            column,
            message,
        } => (
            Some((line, column)),
            String::new(),
            friendlier_error(&message),
        ),
        ScrapeConfigError::Key { place, reason } => (None, place, reason),
    };
    ConfigError {
        file: path.to_owned(),
        place,
        key,
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
            ("global: {}", "global"),
        ] {
            let error = taken(more).unwrap_err();
            let named = error.contains("more/b.yml") && error.contains(expected);
            assert!(named, "{error}");
        }
    }
}
