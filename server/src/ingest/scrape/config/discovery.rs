//! Where targets come from: static lists, files, HTTP, DNS.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::units::PromDuration;
use crate::net::SecretUrl;
use crate::net::config::http_client_keys;

/// A list of targets that share labels: an entry of `static_configs`, of a
/// file of `file_sd_configs`, of an answer of `http_sd_configs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetGroup {
    /// `host:port` each.
    pub targets: Vec<String>,
    /// Labels that all of them get.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// An entry of `file_sd_configs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDiscovery {
    /// Files of target groups, `.json`, `.yml` or `.yaml`; the file name may
    /// hold `*`.
    pub files: Vec<PathBuf>,
    /// The longest time until a change is seen; most are seen within seconds.
    #[serde(default = "five_minutes")]
    pub refresh_interval: PromDuration,
}

http_client_keys! {
    /// An entry of `http_sd_configs`.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct HttpDiscovery {
        /// Answers with a JSON list of target groups.
        pub url: SecretUrl,
        /// How often it is asked.
        #[serde(default = "one_minute")]
        pub refresh_interval: PromDuration,
    }
}

/// An entry of `dns_sd_configs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsDiscovery {
    /// The names that are looked up.
    pub names: Vec<String>,
    /// Which records are asked for.
    #[serde(rename = "type", default)]
    pub record: DnsRecord,
    /// The port of the targets; SRV records say their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How often the names are looked up.
    #[serde(default = "half_a_minute")]
    pub refresh_interval: PromDuration,
}

/// The DNS records that name targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DnsRecord {
    /// Hosts with ports.
    #[default]
    Srv,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

fn five_minutes() -> PromDuration {
    PromDuration(Duration::from_secs(300))
}

fn one_minute() -> PromDuration {
    PromDuration(Duration::from_secs(60))
}

fn half_a_minute() -> PromDuration {
    PromDuration(Duration::from_secs(30))
}
