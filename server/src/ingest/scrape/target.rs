//! From what discovery says to what is scraped.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use reqwest::Url;
use series::{Labels, LabelsBuilder};

use super::config::{Job, PromDuration};
use crate::net::{is_secret_name, redact_address, redact_url_text};

/// One page to scrape.
#[derive(Clone, Debug)]
pub struct Target {
    /// What its series get: `job`, `instance` and the like.
    pub labels: Labels,
    /// What discovery said, before relabelling.
    pub discovered: Labels,
    /// Where the page is.
    pub url: Url,
    /// How often it is scraped.
    pub interval: Duration,
    /// How long one scrape may take.
    pub timeout: Duration,
}

impl Target {
    /// What makes it this target, as in Prometheus: what discovery says beside
    /// it may change without interrupting its scrapes.
    fn identity(&self) -> (&Labels, &Url, Duration, Duration) {
        (&self.labels, &self.url, self.interval, self.timeout)
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Target {}

impl Hash for Target {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// What relabelling makes of a discovered target.
#[derive(Debug)]
pub enum Resolved {
    /// It is scraped.
    Active(Box<Target>),
    /// It is not; what discovery said of it.
    Dropped(Labels),
    /// It cannot be; why.
    Invalid(String),
}

const ADDRESS: &str = "__address__";
const SCHEME: &str = "__scheme__";
const METRICS_PATH: &str = "__metrics_path__";
const INTERVAL: &str = "__scrape_interval__";
const TIMEOUT: &str = "__scrape_timeout__";
const PARAM_PREFIX: &str = "__param_";
const META_PREFIX: &str = "__meta_";
const HIDDEN_PREFIX: &str = "__";

/// Fills in the job's defaults, relabels, and reads the result.
pub fn resolve(job: &Job, found: &Labels) -> Resolved {
    let mut labels = with_defaults(job, found);
    let discovered = labels.build();
    if !relabel::apply(&job.relabel_rules, &mut labels) {
        return Resolved::Dropped(discovered);
    }
    match read(job, labels, &discovered) {
        Ok(target) => Resolved::Active(Box::new(target)),
        Err(reason) => Resolved::Invalid(format!("{}: {reason}", shown(&discovered))),
    }
}

/// The labels without what discovery and configuration keep secret in them.
pub(super) fn shown(labels: &Labels) -> Labels {
    Labels::from_pairs(labels.iter().map(|label| {
        let value = match label.name.strip_prefix(PARAM_PREFIX) {
            Some(param) if is_secret_name(param) => "<secret>".to_owned(),
            _ if label.name == ADDRESS => redact_address(label.value).to_owned(),
            _ if label.value.contains("://") => redact_url_text(label.value),
            _ => label.value.to_owned(),
        };
        (label.name, value)
    }))
}

fn with_defaults(job: &Job, found: &Labels) -> LabelsBuilder {
    let mut labels = found.to_builder();
    let interval = PromDuration(job.interval).to_string();
    let timeout = PromDuration(job.timeout).to_string();
    for (name, value) in [
        ("job", job.name.as_str()),
        (INTERVAL, &interval),
        (TIMEOUT, &timeout),
        (METRICS_PATH, &job.metrics_path),
        (SCHEME, &job.scheme),
    ] {
        set_default(&mut labels, name, value);
    }
    for (name, values) in &job.params {
        if let Some(value) = values.first() {
            set_default(&mut labels, &format!("{PARAM_PREFIX}{name}"), value);
        }
    }
    labels
}

fn set_default(labels: &mut LabelsBuilder, name: &str, value: &str) {
    if labels.get(name).is_none() {
        labels.set(name, value);
    }
}

fn value(labels: &LabelsBuilder, name: &str) -> String {
    labels.get(name).unwrap_or_default().to_owned()
}

fn read(job: &Job, mut labels: LabelsBuilder, discovered: &Labels) -> Result<Target, String> {
    let address = value(&labels, ADDRESS);
    if address.is_empty() {
        return Err("no address".to_owned());
    }
    if address.contains('/') {
        let shown = redact_address(&address);
        return Err(format!("{shown:?} is not a valid hostname"));
    }
    let interval = duration(INTERVAL, &value(&labels, INTERVAL))?;
    let timeout = duration(TIMEOUT, &value(&labels, TIMEOUT))?;
    if timeout > interval {
        return Err("scrape timeout cannot be greater than scrape interval".to_owned());
    }
    let url = url(job, &labels, &address)?;
    if labels.get("instance").is_none() {
        labels.set("instance", redact_address(&address));
    }
    labels.retain(|name| !name.starts_with(META_PREFIX) && !name.starts_with(HIDDEN_PREFIX));
    Ok(Target {
        labels: labels.build(),
        discovered: discovered.clone(),
        url,
        interval,
        timeout,
    })
}

fn duration(label: &str, text: &str) -> Result<Duration, String> {
    PromDuration::parse(text)
        .map(|duration| duration.0)
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| format!("{label} is {text:?}, which is no duration above zero"))
}

fn url(job: &Job, labels: &LabelsBuilder, address: &str) -> Result<Url, String> {
    let scheme = labels.get(SCHEME).unwrap_or("http");
    if !matches!(scheme, "http" | "https") {
        return Err(format!("{SCHEME} is {scheme:?}, neither http nor https"));
    }
    let path = labels.get(METRICS_PATH).unwrap_or("/metrics");
    let slash = if path.starts_with('/') { "" } else { "/" };
    let text = format!("{scheme}://{address}{slash}{path}");
    let mut url =
        Url::parse(&text).map_err(|error| format!("{:?}: {error}", redact_url_text(&text)))?;
    let params = params(job, labels);
    if !params.is_empty() {
        url.query_pairs_mut().extend_pairs(params);
    }
    Ok(url)
}

/// The job's parameters, the first value of each replaced by its label.
fn params(job: &Job, labels: &LabelsBuilder) -> Vec<(String, String)> {
    let mut params = job.params.clone();
    for label in labels.iter() {
        let Some(name) = label.name.strip_prefix(PARAM_PREFIX) else {
            continue;
        };
        let values = params.entry(name.to_owned()).or_default();
        match values.first_mut() {
            Some(first) => label.value.clone_into(first),
            None => values.push(label.value.to_owned()),
        }
    }
    let pairs = params.into_iter();
    pairs
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::scrape::config::ScrapeSettings;

    fn job(keys: &str) -> Job {
        let toml = format!("[[scrape_configs]]\njob_name = \"j\"\n{keys}");
        let settings: ScrapeSettings = toml::from_str(&toml).unwrap();
        settings.jobs(std::path::Path::new("/")).unwrap().remove(0)
    }

    /// `expected` is labels and URL, or what is said instead.
    fn check(keys: &str, found: &[(&str, &str)], expected: &str) {
        let found = Labels::from_pairs(found.iter().copied());
        let resolved = match resolve(&job(keys), &found) {
            Resolved::Active(target) => format!("{} {}", target.labels, target.url),
            Resolved::Dropped(_) => "dropped".to_owned(),
            Resolved::Invalid(reason) => reason.split(": ").last().unwrap().to_owned(),
        };
        assert_eq!(resolved, expected, "{keys}");
    }

    #[test]
    fn fills_in_what_the_job_says() {
        check(
            "",
            &[("__address__", "h:1"), ("env", "x"), ("__meta_a", "b")],
            r#"{env="x", instance="h:1", job="j"} http://h:1/metrics"#,
        );
        check(
            "scheme = \"https\"\nmetrics_path = \"/m?a=b\"\nparams = { module = [\"x\", \"y z\"] }",
            &[("__address__", "h:1")],
            r#"{instance="h:1", job="j"} https://h:1/m?a=b&module=x&module=y+z"#,
        );
        check(
            "",
            &[("__address__", "[::1]:9")],
            r#"{instance="[::1]:9", job="j"} http://[::1]:9/metrics"#,
        );
    }

    #[test]
    fn what_discovery_says_beside_makes_no_other_target() {
        let target = |meta: &str, env: &str| {
            let found = [("__address__", "h:1"), ("__meta_a", meta), ("env", env)];
            match resolve(&job(""), &Labels::from_pairs(found)) {
                Resolved::Active(target) => *target,
                other => panic!("{other:?}"),
            }
        };
        let known = std::collections::HashSet::from([target("1", "x")]);
        assert!(known.contains(&target("2", "x")));
        assert!(!known.contains(&target("1", "y")));
    }

    #[test]
    fn relabelling_may_change_everything() {
        let probe = r#"
relabel_configs = [
  { source_labels = ["__address__"], target_label = "__param_target" },
  { source_labels = ["__param_target"], target_label = "instance" },
  { target_label = "__address__", replacement = "blackbox:9115" },
  { target_label = "__metrics_path__", replacement = "/probe" },
  { target_label = "job", replacement = "probe" },
]"#;
        check(
            probe,
            &[("__address__", "example.org")],
            r#"{instance="example.org", job="probe"} http://blackbox:9115/probe?target=example.org"#,
        );
        check(
            r#"relabel_configs = [{ action = "drop", source_labels = ["env"], regex = "x" }]"#,
            &[("__address__", "h:1"), ("env", "x")],
            "dropped",
        );
    }

    #[test]
    fn says_why_a_target_cannot_be() {
        check("", &[("env", "x")], "no address");
        check(
            "",
            &[("__address__", "a/b")],
            "\"a/b\" is not a valid hostname",
        );
        check(
            "",
            &[("__address__", "a:1"), ("__scrape_interval__", "1s")],
            "scrape timeout cannot be greater than scrape interval",
        );
    }
}
