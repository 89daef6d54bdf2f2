//! A rule as a configuration file writes it, and what is wrong with it.

use serde::{Deserialize, Deserializer, Serialize};

/// The keys of one entry of `relabel_configs`, with Prometheus' defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleConfig {
    /// The labels whose values are joined into the value that is looked at.
    pub source_labels: Vec<String>,
    /// What stands between the joined values.
    pub separator: String,
    /// The pattern, anchored at both ends.
    pub regex: String,
    /// The divisor of `hashmod`.
    pub modulus: u64,
    /// The label that is set; a template for `replace`.
    pub target_label: String,
    /// What is set; a template over the pattern's groups.
    pub replacement: String,
    /// What is done.
    #[serde(deserialize_with = "action_in_any_case")]
    pub action: Action,
}

const DEFAULT_SEPARATOR: &str = ";";
const DEFAULT_REGEX: &str = "(.*)";
const DEFAULT_REPLACEMENT: &str = "$1";

impl Default for RuleConfig {
    fn default() -> Self {
        Self {
            source_labels: Vec::new(),
            separator: DEFAULT_SEPARATOR.to_owned(),
            regex: DEFAULT_REGEX.to_owned(),
            modulus: 0,
            target_label: String::new(),
            replacement: DEFAULT_REPLACEMENT.to_owned(),
            action: Action::Replace,
        }
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Sets `target_label` to `replacement` where the value matches.
    Replace,
    /// Keeps only what matches.
    Keep,
    /// Drops what matches.
    Drop,
    /// Keeps only where `target_label` equals the value.
    KeepEqual,
    /// Drops where `target_label` equals the value.
    DropEqual,
    /// Sets `target_label` to a hash of the value, modulo `modulus`.
    HashMod,
    /// Copies each label whose name matches to the name `replacement` makes.
    LabelMap,
    /// Removes the labels whose names match.
    LabelDrop,
    /// Removes the labels whose names do not match.
    LabelKeep,
    /// Sets `target_label` to the value in lower case.
    Lowercase,
    /// Sets `target_label` to the value in upper case.
    Uppercase,
}

/// A rule that means nothing: which key, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct InvalidRule {
    /// The key at fault.
    pub key: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

impl InvalidRule {
    pub(crate) fn new(key: &'static str, reason: impl Into<String>) -> Self {
        Self {
            key,
            reason: reason.into(),
        }
    }
}

/// Prometheus takes `Keep` and `KEEP` for `keep`.
fn action_in_any_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Action, D::Error> {
    use serde::de::IntoDeserializer;
    let name = String::deserialize(deserializer)?.to_ascii_lowercase();
    Action::deserialize(name.into_deserializer())
}

impl RuleConfig {
    /// Checks what each action needs and what it would silently ignore.
    pub(crate) fn check(&self) -> Result<(), InvalidRule> {
        let name = format!("{:?}", self.action).to_ascii_lowercase();
        if let Some(label) = self.source_labels.iter().find(|label| label.is_empty()) {
            return Err(InvalidRule::new(
                "source_labels",
                format!("{label:?} is no label name"),
            ));
        }
        match self.action {
            Action::Keep | Action::Drop => Ok(()),
            Action::Replace | Action::Lowercase | Action::Uppercase => self.check_target(&name),
            Action::HashMod if self.modulus == 0 => Err(InvalidRule::new(
                "modulus",
                "the action hashmod needs one above zero",
            )),
            Action::HashMod => self.check_target(&name),
            Action::KeepEqual | Action::DropEqual => {
                self.check_target(&name)?;
                self.check_unused(&name, &["regex", "modulus", "separator", "replacement"])
            }
            Action::LabelMap if self.replacement.is_empty() => Err(InvalidRule::new(
                "replacement",
                "the action labelmap needs one that makes a label name",
            )),
            Action::LabelMap => Ok(()),
            Action::LabelDrop | Action::LabelKeep => self.check_unused(
                &name,
                &[
                    "source_labels",
                    "target_label",
                    "modulus",
                    "separator",
                    "replacement",
                ],
            ),
        }
    }

    fn check_target(&self, action: &str) -> Result<(), InvalidRule> {
        if self.target_label.is_empty() {
            return Err(InvalidRule::new(
                "target_label",
                format!("the action {action} needs one"),
            ));
        }
        Ok(())
    }

    /// Whether the key has another value than where nothing is written.
    fn is_set(&self, key: &str) -> bool {
        let default = Self::default();
        match key {
            "source_labels" => self.source_labels != default.source_labels,
            "target_label" => self.target_label != default.target_label,
            "modulus" => self.modulus != default.modulus,
            "separator" => self.separator != default.separator,
            "regex" => self.regex != default.regex,
            _ => self.replacement != default.replacement,
        }
    }

    fn check_unused(&self, action: &str, keys: &[&'static str]) -> Result<(), InvalidRule> {
        match keys.iter().find(|key| self.is_set(key)) {
            None => Ok(()),
            Some(key) => Err(InvalidRule::new(
                key,
                format!("the action {action} does not use it"),
            )),
        }
    }
}
