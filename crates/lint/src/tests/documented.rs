//! The rules and panels of the libvirt volume provisioner's documentation, held
//! against what its program exports.

use super::{facts, names};
use crate::{Reading, lint, read_rules};

/// What the program exports.
const PAGE: &str = "fixtures/libvirt/metrics_v0.11.synthetic.prom";

/// The five rules of the libvirt volume provisioner's documentation.
#[test]
fn the_documented_rules_have_exactly_their_faults() {
    let (Some(rules), Some(page)) = (
        testdata::text("fixtures/libvirt/alert_rules_v0.3.0.yml"),
        testdata::text(PAGE),
    ) else {
        return;
    };
    let facts = facts(&page);
    let found: Vec<String> = read_rules(&rules)
        .unwrap()
        .iter()
        .map(|rule| names(&lint(&rule.expr, &rule.reading, &facts).unwrap()))
        .collect();
    let latency = "missing-metric beyond-last-bucket";
    assert_eq!(found, ["", "rate-as-share", "", latency, ""]);
}

/// What that documentation asks of its six panels, with the name that it gives
/// the histogram.
#[test]
fn the_documented_panels_have_exactly_their_faults() {
    let Some(page) = testdata::text(PAGE) else {
        return;
    };
    let facts = facts(&page);
    let of = |metric: &str| format!("libvirt_volume_provisioner_{metric}");
    let rate = |selector: &str| format!("rate({}[5m])", of(selector));
    let panels = [
        (r#"up{job="libvirt-volume-provisioner"}"#.to_owned(), ""),
        (rate("requests_total"), ""),
        (rate(r#"requests_total{status=~"5.."}"#), ""),
        (of("active_jobs"), ""),
        (
            format!(
                "{} / {}",
                rate(r#"jobs_total{status="completed"}"#),
                rate("jobs_total")
            ),
            "always-one",
        ),
        (
            format!(
                "histogram_quantile(0.95, {})",
                rate("requests_duration_seconds_bucket")
            ),
            "missing-metric",
        ),
    ];
    for (expr, faults) in panels {
        let found = lint(&expr, &Reading::default(), &facts).unwrap();
        assert_eq!(names(&found), faults, "{expr}");
    }
}
