//! Keys of Prometheus that are read though Andon does not do all that they say:
//! to a sentence each about what does not happen.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::other_discoveries::not_done;
use super::{GlobalConfig, ScrapeConfig, ScrapeSettings};

/// Which names of metrics and labels are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameValidation {
    /// Any.
    Utf8,
    /// Letters, digits, `_` and `:`.
    Legacy,
}

/// How servers are asked to write names that are not valid in the older sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameEscaping {
    /// As they are, in quotes.
    #[serde(rename = "allow-utf-8")]
    AllowUtf8,
    /// `_` for each other character.
    Underscores,
    /// `_dot_` for dots, `__` for underscores.
    Dots,
    /// `U__` and the code points.
    Values,
}

impl NameEscaping {
    /// Its name in the header `Accept`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }
}

impl ScrapeSettings {
    /// How a job wants names written. As in Prometheus, who wants older names
    /// asks for underscores.
    pub(super) fn name_escaping(&self, job: &ScrapeConfig) -> NameEscaping {
        let global = &self.global;
        let validation = job
            .metric_name_validation_scheme
            .or(global.metric_name_validation_scheme);
        let escaping = job
            .metric_name_escaping_scheme
            .or(global.metric_name_escaping_scheme);
        escaping.unwrap_or(match validation {
            Some(NameValidation::Legacy) => NameEscaping::Underscores,
            _ => NameEscaping::AllowUtf8,
        })
    }

    /// What these keys ask for that Andon does not do, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.global.warnings();
        warnings.extend(self.job_warnings());
        warnings
    }

    /// Those of the jobs alone.
    pub fn job_warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (index, job) in self.scrape_configs.iter().enumerate() {
            let unsupported = job.warnings().into_iter();
            let placed = unsupported.map(|warning| format!("scrape_configs[{index}].{warning}"));
            warnings.extend(placed);
        }
        warnings
    }
}

impl GlobalConfig {
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.external_labels.is_empty() {
            warnings.push("external_labels: Andon adds them to nothing".to_owned());
        }
        if self.query_log_file.is_some() {
            warnings.push("query_log_file: Andon does not log each query".to_owned());
        }
        if self.rule_query_offset.is_some() {
            warnings.push("rule_query_offset: rules are not evaluated yet".to_owned());
        }
        warnings.extend(names(self.metric_name_validation_scheme));
        warnings.extend(failure_log(self.scrape_failure_log_file.as_ref()));
        let placed = warnings.into_iter();
        placed.map(|warning| format!("global.{warning}")).collect()
    }
}

impl ScrapeConfig {
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        warnings.extend(names(self.metric_name_validation_scheme));
        warnings.extend(failure_log(self.scrape_failure_log_file.as_ref()));
        warnings.extend(self.other_discoveries.iter().map(|key| not_done(key)));
        warnings
    }
}

fn names(validation: Option<NameValidation>) -> Option<String> {
    let is_legacy = validation == Some(NameValidation::Legacy);
    is_legacy.then(|| {
        "metric_name_validation_scheme: exporters are asked for the older names, but a page \
         with others is stored all the same"
            .to_owned()
    })
}

fn failure_log(file: Option<&PathBuf>) -> Option<String> {
    file.map(|_| {
        "scrape_failure_log_file: failures are written to Andon's log alone, and shown on /targets"
            .to_owned()
    })
}
