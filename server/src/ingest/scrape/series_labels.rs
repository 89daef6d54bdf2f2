//! From a series as the page writes it to a series as it is stored.

use exposition::Series;
use series::{Labels, LabelsBuilder};

use super::config::{Job, Limits};
use super::error::ScrapeError;
use super::target::Target;

/// What a page's label is called where the target has one of that name.
const EXPORTED_PREFIX: &str = "exported_";

/// How much of a name an error message repeats.
const EXCERPT_CHARS: usize = 50;

/// Adds the target's labels, relabels and checks the limits; `None` where
/// relabelling drops the series.
///
/// # Errors
/// Where the result exceeds a limit or has no metric name.
pub fn stored_labels(
    job: &Job,
    target: &Target,
    series: &Series<'_>,
) -> Result<Option<Labels>, ScrapeError> {
    let mut labels = series.to_labels().to_builder();
    if job.honor_labels {
        // The page may also keep a target's label away: `instance=""`.
        for label in target.labels.iter() {
            if !series.labels().any(|(said, _)| said == label.name) {
                labels.set(label.name, label.value);
            }
        }
    } else {
        override_with(&mut labels, &target.labels);
    }
    if !relabel::apply(&job.metric_relabel_rules, &mut labels) {
        return Ok(None);
    }
    let labels = labels.build();
    if labels.metric_name().is_empty() {
        return Err(ScrapeError::NoMetricName);
    }
    check_limits(&labels, &job.limits)?;
    Ok(Some(labels))
}

/// Sets the target's labels; what the page said under these names moves to
/// `exported_…`, the shortest name first, as Prometheus does.
fn override_with(labels: &mut LabelsBuilder, target: &Labels) {
    let mut displaced: Vec<(&str, String)> = Vec::new();
    for label in target.iter() {
        if let Some(value) = labels.get(label.name) {
            displaced.push((label.name, value.to_owned()));
        }
        labels.set(label.name, label.value);
    }
    displaced.sort_by_key(|(name, _)| name.len());
    for (name, value) in displaced {
        let mut name = format!("{EXPORTED_PREFIX}{name}");
        while labels.get(&name).is_some() {
            name.insert_str(0, EXPORTED_PREFIX);
        }
        labels.set(&name, &value);
    }
}

fn check_limits(labels: &Labels, limits: &Limits) -> Result<(), ScrapeError> {
    let count = labels.len();
    if count > limits.labels {
        return Err(ScrapeError::TooManyLabels {
            metric: excerpt(labels.metric_name()),
            count,
            limit: limits.labels,
        });
    }
    for label in labels.iter() {
        for (key, length, limit) in [
            (
                "label_name_length_limit",
                label.name.len(),
                limits.label_name_bytes,
            ),
            (
                "label_value_length_limit",
                label.value.len(),
                limits.label_value_bytes,
            ),
        ] {
            if length > limit {
                return Err(ScrapeError::LabelTooLong {
                    key,
                    metric: excerpt(labels.metric_name()),
                    label: excerpt(label.name),
                    length,
                    limit,
                });
            }
        }
    }
    Ok(())
}

fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use exposition::{Entry, Format, Parser};

    use super::*;

    fn stored(target: &[(&str, &str)], line: &str, honor_labels: bool) -> String {
        let url = "http://h:1/metrics".parse().unwrap();
        let job = Job {
            honor_labels,
            ..Job::from_url(&url, Duration::from_secs(5))
        };
        let target = Target {
            labels: Labels::from_pairs(target.iter().copied()),
            discovered: Labels::empty(),
            url,
            interval: job.interval,
            timeout: job.timeout,
        };
        let mut parser = Parser::new(line.as_bytes(), Format::Text).unwrap();
        let Some(Ok(Entry::Sample(sample))) = parser.next() else {
            panic!("{line}");
        };
        let labels = stored_labels(&job, &target, &sample.series).unwrap();
        labels.unwrap().to_string()
    }

    /// What is stored where the page's labels win, and where the target's do.
    fn check(target: &[(&str, &str)], line: &str, honored: &str, overridden: &str) {
        assert_eq!(stored(target, line, true), honored, "{line}, honored");
        assert_eq!(
            stored(target, line, false),
            overridden,
            "{line}, overridden"
        );
    }

    #[test]
    fn settles_who_names_a_series() {
        let target = &[("job", "t"), ("instance", "i")];
        check(
            target,
            "a 1",
            r#"a{instance="i", job="t"}"#,
            r#"a{instance="i", job="t"}"#,
        );
        check(
            target,
            r#"a{job="page",x="y"} 1"#,
            r#"a{instance="i", job="page", x="y"}"#,
            r#"a{exported_job="page", instance="i", job="t", x="y"}"#,
        );
        check(
            target,
            r#"a{instance=""} 1"#,
            r#"a{job="t"}"#,
            r#"a{instance="i", job="t"}"#,
        );
        check(
            target,
            r#"a{job="page",exported_job="other"} 1"#,
            r#"a{exported_job="other", instance="i", job="page"}"#,
            r#"a{exported_exported_job="page", exported_job="other", instance="i", job="t"}"#,
        );
        check(
            &[("job", "t"), ("exported_job", "u")],
            r#"a{job="page",exported_job="other"} 1"#,
            r#"a{exported_job="other", job="page"}"#,
            r#"a{exported_exported_exported_job="other", exported_exported_job="page", exported_job="u", job="t"}"#,
        );
    }
}
