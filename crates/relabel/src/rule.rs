//! A checked rule and what it does to a label set.

use md5::{Digest, Md5};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use series::{LabelsBuilder, anchored_regex};

use crate::config::{Action, InvalidRule, RuleConfig};

/// One checked rule. Serialises as the configuration it came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "RuleConfig", into = "RuleConfig")]
pub struct Rule {
    config: RuleConfig,
    regex: Regex,
}

impl TryFrom<RuleConfig> for Rule {
    type Error = InvalidRule;

    fn try_from(config: RuleConfig) -> Result<Self, InvalidRule> {
        config.check()?;
        let regex = anchored_regex(&config.regex)
            .map_err(|error| InvalidRule::new("regex", error.reason))?;
        Ok(Self { config, regex })
    }
}

impl From<Rule> for RuleConfig {
    fn from(rule: Rule) -> Self {
        rule.config
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config
    }
}

/// Runs the rules in order; says whether the label set is kept. Where it is
/// not, the rules behind the one that dropped it have not run.
#[must_use]
pub fn apply(rules: &[Rule], labels: &mut LabelsBuilder) -> bool {
    rules.iter().all(|rule| rule.apply(labels))
}

impl Rule {
    fn apply(&self, labels: &mut LabelsBuilder) -> bool {
        let target = self.config.target_label.as_str();
        match self.config.action {
            Action::Replace => self.replace(labels),
            Action::Keep => return self.regex.is_match(&self.source(labels)),
            Action::Drop => return !self.regex.is_match(&self.source(labels)),
            Action::KeepEqual => return self.equals_target(labels),
            Action::DropEqual => return !self.equals_target(labels),
            Action::HashMod => {
                let remainder = md5_tail(&self.source(labels)) % self.config.modulus;
                labels.set(target, &remainder.to_string());
            }
            Action::LabelMap => self.map_names(labels),
            Action::LabelDrop => drop(labels.retain(|name| !self.regex.is_match(name))),
            Action::LabelKeep => drop(labels.retain(|name| self.regex.is_match(name))),
            Action::Lowercase => {
                let value = self.source(labels).to_lowercase();
                labels.set(target, &value);
            }
            Action::Uppercase => {
                let value = self.source(labels).to_uppercase();
                labels.set(target, &value);
            }
        }
        true
    }

    /// The joined values of the source labels, absent ones as empty.
    fn source(&self, labels: &LabelsBuilder) -> String {
        let values: Vec<&str> = self
            .config
            .source_labels
            .iter()
            .map(|name| labels.get(name).unwrap_or_default())
            .collect();
        values.join(&self.config.separator)
    }

    fn equals_target(&self, labels: &LabelsBuilder) -> bool {
        let target = labels.get(&self.config.target_label).unwrap_or_default();
        target == self.source(labels)
    }

    fn replace(&self, labels: &mut LabelsBuilder) {
        let source = self.source(labels);
        let Some(groups) = self.regex.captures(&source) else {
            return;
        };
        let target = expand(&groups, &self.config.target_label);
        if !target.is_empty() {
            labels.set(&target, &expand(&groups, &self.config.replacement));
        }
    }

    fn map_names(&self, labels: &mut LabelsBuilder) {
        let copies: Vec<(String, String)> = labels
            .iter()
            .filter_map(|label| {
                let groups = self.regex.captures(label.name)?;
                let name = expand(&groups, &self.config.replacement);
                Some((name, label.value.to_owned()))
            })
            .collect();
        for (name, value) in copies.iter().filter(|(name, _)| !name.is_empty()) {
            labels.set(name, value);
        }
    }
}

/// Fills a template: `$1`, `${1}`, `$name`, `$$`; unknown groups are empty, and
/// a name is as long as it can be (`$1x` is the group `1x`), as in Go.
fn expand(groups: &Captures<'_>, template: &str) -> String {
    let mut filled = String::new();
    groups.expand(template, &mut filled);
    filled
}

/// The last eight bytes of the MD5 sum, big-endian: what Prometheus has kept
/// from its first version on.
fn md5_tail(text: &str) -> u64 {
    let sum: [u8; 16] = Md5::digest(text).into();
    sum[8..]
        .iter()
        .fold(0, |tail, byte| tail << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests;
