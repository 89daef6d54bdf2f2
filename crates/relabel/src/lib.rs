//! Label sets to label sets, by Prometheus' relabelling rules.
//!
//! A [`Rule`] comes from one entry of `relabel_configs` or
//! `metric_relabel_configs` (it deserialises from it, checked as a whole);
//! [`apply`] runs a list of rules over a label set and says whether it is kept.
//!
//! Contract: rules mean what they mean in Prometheus 3: regular expressions
//! are anchored and `.` matches newlines, templates (`$1`, `${name}`, `$$`)
//! follow Go's `regexp.Expand`, `hashmod` is the last eight bytes of MD5, an
//! empty result removes the label. An invalid rule is an error that names its
//! key.
//!
//! ```
//! use series::Labels;
//!
//! let rule: relabel::Rule = serde_json::from_str(
//!     r#"{"source_labels": ["peer"], "regex": "(.+)@.+", "target_label": "role"}"#,
//! )?;
//! let mut labels = Labels::from_pairs([("peer", "sender@node-01")]).to_builder();
//! assert!(relabel::apply(&[rule], &mut labels));
//! assert_eq!(labels.get("role"), Some("sender"));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod config;
mod rule;

pub use config::{Action, InvalidRule, RuleConfig};
pub use rule::{Rule, apply};
