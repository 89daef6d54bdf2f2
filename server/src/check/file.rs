//! One file -> what is wrong in it.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use dashboard::file::error_at;
use lint::{Diagnostic, Facts, RuleQuery, is_rule_file, read_rules};

use super::extension;
use crate::boards;
use crate::boards::files::BoardFile;
use crate::config::{Config, load, read_prometheus};

/// A file that was read.
pub struct Read {
    path: PathBuf,
    text: String,
    content: Content,
}

enum Content {
    Board(Box<BoardFile>),
    Rules(Vec<RuleQuery>),
    /// What has no queries to check; what it asks for that is not done.
    Other(Vec<String>),
    /// What is wrong in it, each with its place.
    Broken(Vec<String>),
}

/// A file that was looked at.
#[derive(Debug)]
pub struct Checked {
    /// Its name.
    pub file: String,
    /// Why it cannot be used; each begins with the file's name and the place.
    pub errors: Vec<String>,
    /// What it asks for that is not done.
    pub warnings: Vec<String>,
    /// What is wrong with its queries.
    pub diagnostics: Vec<Placed>,
}

/// A diagnostic with its place.
#[derive(Debug)]
pub struct Placed {
    /// Line and column from 1; a document of Grafana's has none.
    pub place: Option<(u64, u64)>,
    /// Where it stands in the document: `panels[2].queries[0].expr`.
    pub path: String,
    /// What is wrong.
    pub diagnostic: Diagnostic,
}

impl Checked {
    /// Whether nothing is wrong.
    pub fn is_well(&self) -> bool {
        self.errors.is_empty() && self.diagnostics.is_empty()
    }
}

/// Reads a file by what it is meant to be.
pub fn read(path: &Path) -> Read {
    let (text, content) = match crate::regular_file::read_to_string(path) {
        Ok(text) => {
            let content = content(path, &text).unwrap_or_else(Content::Broken);
            (text, content)
        }
        Err(reason) => {
            let error = format!("{}: cannot read it: {reason}", path.display());
            (String::new(), Content::Broken(vec![error]))
        }
    };
    Read {
        path: path.to_owned(),
        text,
        content,
    }
}

fn content(path: &Path, text: &str) -> Result<Content, Vec<String>> {
    let name = path.display();
    match extension(path) {
        "toml" if text.contains("[recognise]") => match boards::packs::read(text) {
            Ok(_) => Ok(Content::Other(Vec::new())),
            Err(error) => Err(vec![format!("{name}:{error}")]),
        },
        "toml" => configuration(load(path)),
        "json" => board(path),
        _ if is_rule_file(text) => match read_rules(text) {
            Ok(rules) => Ok(Content::Rules(rules)),
            Err(errors) => Err(errors
                .iter()
                .map(|error| format!("{name}:{error}"))
                .collect()),
        },
        _ if boards::check::is_board(text) || is_blank(text) => board(path),
        _ => configuration(read_prometheus(path)),
    }
}

/// Whether a YAML file says nothing: a folder of boards takes it for a board.
fn is_blank(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#') || line == "null" || line == "---")
}

/// A configuration, with what it asks for that is not done.
fn configuration(read: Result<Config, impl Display>) -> Result<Content, Vec<String>> {
    match read {
        Ok(config) => Ok(Content::Other(config.warnings)),
        Err(error) => Err(vec![error.to_string()]),
    }
}

fn board(path: &Path) -> Result<Content, Vec<String>> {
    let read = boards::check::read(path).map_err(|error| vec![error.to_string()])?;
    Ok(Content::Board(Box::new(read)))
}

impl Read {
    /// The series that the file's rules record.
    pub fn recorded(&self) -> Vec<String> {
        let rules: &[RuleQuery] = match &self.content {
            Content::Rules(rules) => rules,
            _ => &[],
        };
        let recorded = rules.iter().filter(|rule| rule.is_recorded);
        recorded.map(|rule| rule.name.clone()).collect()
    }

    /// Checks the file's queries against what is known of the sources.
    pub fn check(self, facts: &Facts) -> Checked {
        let (errors, found) = match &self.content {
            Content::Board(read) => (Vec::new(), boards::check::lint(&read.board, facts)),
            Content::Rules(rules) => (Vec::new(), lint_rules(rules, facts)),
            Content::Other(_) => (Vec::new(), Vec::new()),
            Content::Broken(errors) => (errors.clone(), Vec::new()),
        };
        let found = found.into_iter();
        Checked {
            file: self.path.display().to_string(),
            errors,
            warnings: match &self.content {
                Content::Other(warnings) => warnings.clone(),
                _ => Vec::new(),
            },
            diagnostics: found
                .map(|(path, diagnostic)| Placed {
                    place: self.place(&path),
                    path,
                    diagnostic,
                })
                .collect(),
        }
    }

    /// Line and column of a key. The places of a dashboard of Grafana's are those of
    /// the board made of it, so it has none.
    fn place(&self, path: &str) -> Option<(u64, u64)> {
        match &self.content {
            Content::Board(read) if read.report.is_some() => None,
            _ => {
                let place = error_at(&self.text, path, String::new());
                Some((place.line, place.column))
            }
        }
    }
}

fn lint_rules(rules: &[RuleQuery], facts: &Facts) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    for rule in rules {
        // That it is PromQL was seen when the file was read.
        let diagnostics = lint::lint(&rule.expr, &rule.reading, facts).unwrap_or_default();
        found.extend(diagnostics.into_iter().map(|one| (rule.path.clone(), one)));
    }
    found
}
