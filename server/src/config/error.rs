//! What is wrong in a configuration file, where, and what was probably meant.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeValue;

use crate::ingest::scrape::config::ScrapeConfigError;
use crate::unknown_key::{UnknownKey, friendlier_error};

/// An error with its place: `andon.toml:3:1: lsten: unknown key; did you mean …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Line and column, from 1; `None` where the file could not be read at all.
    pub place: Option<(usize, usize)>,
    /// The key's path: `sources[0].tls.ca_file`; empty at the top.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A file's text, for places in it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name.
    pub file: &'a Path,
    /// Its text.
    pub text: &'a str,
}

impl Source<'_> {
    /// An error about the value of `key` at `span`.
    pub fn error(
        self,
        span: Option<Range<usize>>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            file: self.file.to_owned(),
            place: span.map(|span| self.line_and_column(span.start)),
            key: key.into(),
            message: message.into(),
        }
    }

    /// The error that reading the file into types ended with.
    pub fn parse_error(
        self,
        error: &toml::de::Error,
        path: &serde_path_to_error::Path,
    ) -> ConfigError {
        // A value that knows its place stands under a key of toml's own.
        let mut key = path.to_string();
        if let Some((outer, _)) = key.split_once(".$__serde_spanned") {
            key.truncate(outer.len());
        }
        let message = error.message();
        let message = match UnknownKey::parse(message) {
            Some(unknown) => {
                // The path may or may not reach down to the key itself.
                let parent = key.strip_suffix(unknown.key).unwrap_or(&key);
                let parent = parent.trim_end_matches('.');
                key = match parent {
                    "" | "?" => unknown.key.to_owned(),
                    parent => format!("{parent}.{}", unknown.key),
                };
                unknown.message()
            }
            None => friendlier_error(message),
        };
        if key == "." || key == "?" {
            key.clear();
        }
        self.error(error.span(), key, message)
    }

    /// An error about a key such as `sources[0].tls.ca_file`, which is looked up
    /// in the text.
    pub fn key_error(self, key: &str, message: &str) -> ConfigError {
        self.error(span_of(self.text, key), key, message)
    }

    /// An error of what is scraped: its key is looked up in the text.
    pub fn scrape_error(self, error: &ScrapeConfigError) -> ConfigError {
        match error {
            ScrapeConfigError::Key { place, reason } => self.key_error(place, reason),
            syntax @ ScrapeConfigError::Syntax { .. } => self.error(None, "", syntax.to_string()),
        }
    }

    /// Line and column of a byte, from 1; the column counts characters.
    fn line_and_column(self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// Where the value of a key such as `scrape_configs[2].scheme` stands; of a key
/// that is not there, the last table on the way to it.
fn span_of(text: &str, path: &str) -> Option<Range<usize>> {
    let root = toml::de::DeTable::parse(text).ok()?;
    let mut found: Option<(&DeValue<'_>, Range<usize>)> = None;
    for part in path.split(['.', '[']) {
        let next = match (&found, part.strip_suffix(']')) {
            (None, _) => root.get_ref().get(part),
            (Some((value, _)), Some(index)) => value.get(index.parse::<usize>().ok()?),
            (Some((value, _)), None) => value.get(part),
        };
        match next {
            Some(value) => found = Some((value.get_ref(), value.span())),
            None => break,
        }
    }
    found.map(|(_, span)| span)
}
