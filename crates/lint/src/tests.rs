//! Queries, what is exported, and what is to be said of them.

mod documented;
mod usual;

use exposition::{Entry, Format, Parser};
use packs::Inventory;

use crate::{Diagnostic, Facts, Reading, lint, lint_board, read_rules};

const PAGE: &str = r#"
# TYPE farm_request_duration_seconds histogram
farm_request_duration_seconds_bucket{endpoint="/a",le="1"} 1
farm_request_duration_seconds_bucket{endpoint="/a",le="10"} 1
farm_request_duration_seconds_bucket{endpoint="/a",le="+Inf"} 1
# TYPE farm_requests_total counter
farm_requests_total{endpoint="/a",status="200"} 1
# TYPE farm_jobs_total counter
farm_jobs_total{status="started"} 3
farm_jobs_total{status="completed"} 1
farm_jobs_total{status="failed"} 1
# TYPE farm_active_jobs gauge
farm_active_jobs 1
# TYPE farm_done counter
farm_done 1
"#;

fn facts(page: &str) -> Facts {
    let mut inventory = Inventory::default();
    for entry in Parser::new(page.as_bytes(), Format::Text).unwrap() {
        match entry.unwrap() {
            Entry::Sample(sample) => inventory.add_series(&sample.series.to_labels()),
            Entry::Type { family, kind } => inventory.declare(family.as_ref(), kind),
            _ => {}
        }
    }
    Facts {
        exported: Some(inventory),
        scrape_interval_ms: Some(15_000),
        ..Facts::default()
    }
}

fn names(diagnostics: &[Diagnostic]) -> String {
    let names: Vec<&str> = diagnostics.iter().map(|one| one.check.as_str()).collect();
    names.join(" ")
}

/// The faults of a query, and how it is repaired.
fn check(text: &str, faults: &str, repaired: &str) {
    check_read(text, &Reading::default(), faults, repaired);
}

fn check_read(text: &str, reading: &Reading, faults: &str, repaired: &str) {
    let diagnostics = lint(text, reading, &facts(PAGE)).unwrap();
    assert_eq!(names(&diagnostics), faults, "{text}: {diagnostics:?}");
    let got = diagnostics.iter().find_map(|one| one.repaired.as_deref());
    assert_eq!(got.unwrap_or(""), repaired, "{text}");
    if let Some(repaired) = got {
        let again = lint(repaired, reading, &facts(PAGE)).unwrap();
        assert!(again.is_empty(), "{repaired}: {again:?}");
    }
}

#[test]
fn names_that_nothing_exports_are_told_with_the_nearest() {
    check(
        "rate(farm_request_total[5m])",
        "missing-metric",
        "rate(farm_requests_total[5m])",
    );
    check("farm_weather", "missing-metric", "");
    check(
        "rate(farm_jobs[5m])",
        "missing-metric",
        "rate(farm_jobs_total[5m])",
    );
    check(
        "farm_active_jobs_total",
        "missing-metric",
        "farm_active_jobs",
    );
    check("farm_inactive_jobs", "missing-metric", "");
    check(
        "absent(farm_weather) or up == 0 or scrape_samples_scraped",
        "",
        "",
    );
    check(
        "farm_active_job + farm_active_job",
        "missing-metric",
        "farm_active_jobs + farm_active_jobs",
    );
}

#[test]
fn ratios_of_a_series_with_itself_are_always_one() {
    check(
        r#"rate(farm_jobs_total{status="completed"}[5m]) / rate(farm_jobs_total[5m])"#,
        "always-one",
        r#"sum without (status) (rate(farm_jobs_total{status="completed"}[5m])) / sum without (status) (rate(farm_jobs_total{status!="started"}[5m]))"#,
    );
    check(
        "sum(farm_jobs_total) / sum(farm_jobs_total)",
        "always-one",
        r#"sum(farm_jobs_total{status!~"failed|started"}) / sum(farm_jobs_total{status!="started"})"#,
    );
    check("farm_active_jobs / farm_active_jobs", "always-one", "");
    check(
        r#"sum by (status) (farm_requests_total{status="200"}) / sum by (status) (farm_requests_total)"#,
        "always-one",
        r#"sum without (status) (sum by (status) (farm_requests_total{status="200"})) / sum without (status) (sum by (status) (farm_requests_total))"#,
    );
}

#[test]
fn ratios_of_a_part_and_its_whole_are_in_order() {
    for text in [
        r#"sum(rate(farm_jobs_total{status="failed"}[5m])) / sum(rate(farm_jobs_total[5m]))"#,
        r#"sum without (status) (farm_jobs_total{status="failed"}) / sum without (status) (farm_jobs_total)"#,
        r#"farm_jobs_total{status="failed"} / ignoring (status) group_left sum without (status) (farm_jobs_total)"#,
        "rate(farm_jobs_total[5m]) / rate(farm_jobs_total[5m] offset 1h)",
        "farm_active_jobs / (farm_active_jobs + 1)",
    ] {
        check(text, "", "");
    }
}

#[test]
fn functions_for_counters_are_not_for_gauges() {
    check(
        "sum(rate(farm_active_jobs[5m]))",
        "rate-of-gauge",
        "sum(deriv(farm_active_jobs[5m]))",
    );
    check(
        "increase(farm_active_jobs[5m])",
        "rate-of-gauge",
        "delta(farm_active_jobs[5m])",
    );
    check("rate(farm_done[5m])", "", "");
}

#[test]
fn quantiles_need_their_buckets_apart() {
    let bucket = "rate(farm_request_duration_seconds_bucket[5m])";
    let quantile = |buckets: &str| format!("histogram_quantile(0.95, {buckets})");
    let check = |before: &str, after: &str| {
        let fault = if after.is_empty() {
            ""
        } else {
            "quantile-without-le"
        };
        let after = if after.is_empty() {
            String::new()
        } else {
            quantile(after)
        };
        check(&quantile(before), fault, &after);
    };
    check(
        &format!("sum({bucket})"),
        &format!("sum by (le) ({bucket})"),
    );
    check(
        &format!("sum by (endpoint) ({bucket})"),
        &format!("sum by (endpoint, le) ({bucket})"),
    );
    check(
        &format!("sum({bucket}) by (endpoint)"),
        &format!("sum({bucket}) by (endpoint, le)"),
    );
    check(
        &format!("sum without (le, endpoint) ({bucket})"),
        &format!("sum without (endpoint) ({bucket})"),
    );
    check(&format!("sum by (le) ({bucket})"), "");
    check(bucket, "");
}

#[test]
fn windows_hold_four_scrapes() {
    check(
        "rate(farm_done[30s]) + rate(farm_done{a=\"[1m]\"}[59s] offset 1h)",
        "short-window short-window",
        "rate(farm_done[1m]) + rate(farm_done{a=\"[1m]\"}[1m] offset 1h)",
    );
    check("rate(farm_done[1m]) + max_over_time(farm_done[5s])", "", "");
}

#[test]
fn levels_above_the_last_bucket_are_never_reached() {
    let p95 = "histogram_quantile(0.95, rate(farm_request_duration_seconds_bucket[5m]))";
    for beyond in ["> 30", "> 10", ">= 10.5"] {
        check(
            &format!("{p95} {beyond}"),
            "beyond-last-bucket",
            &format!("{p95} >= 10"),
        );
    }
    check(
        &format!("30 < {p95}"),
        "beyond-last-bucket",
        &format!("10 <= {p95}"),
    );
    check(&format!("{p95} > 5"), "", "");
    check(&format!("{p95} >= 10"), "", "");
    let levels = |level: f64| Reading {
        levels: vec![level],
        ..Reading::default()
    };
    check_read(p95, &levels(30.0), "beyond-last-bucket", "");
    check_read(p95, &levels(10.0), "", "");
}

#[test]
fn failures_a_second_are_no_share() {
    let share = r#"sum without (status) (rate(farm_requests_total{status=~"5.."}[5m])) / sum without (status) (rate(farm_requests_total[5m]))"#;
    check(
        r#"rate(farm_requests_total{status=~"5.."}[5m]) > 0.1"#,
        "rate-as-share",
        &format!("{share} > 0.1"),
    );
    check(
        r#"rate(farm_requests_total{status=~"5.."}[5m]) > 5"#,
        "",
        "",
    );
    check("rate(farm_requests_total[5m]) > 0.1", "", "");
    let percent = Reading {
        is_percent: true,
        ..Reading::default()
    };
    let sums = r#"sum(rate(farm_requests_total{status="500"}[5m]))"#;
    check_read(
        sums,
        &percent,
        "rate-as-share",
        &format!("{sums} / sum(rate(farm_requests_total[5m]))"),
    );
}

#[test]
fn without_a_source_only_form_is_judged() {
    let faults = |text: &str| {
        let found = lint(text, &Reading::default(), &Facts::default());
        names(&found.unwrap())
    };
    assert_eq!(faults("rate(nothing_total[1s])"), "");
    assert_eq!(faults("rate(memory_used_bytes[5m])"), "rate-of-gauge");
    assert_eq!(faults("sum(a) / sum(a)"), "always-one");
}

const BOARD: &str = r#"
title: Farm
panels:
  - title: Errors
    queries: [{expr: 'rate(farm_request_total{endpoint="$endpoint"}[$__rate_interval])'}]
  - title: Latency
    field: {unit: s, thresholds: [{value: 30, status: bad}]}
    queries:
      - expr: histogram_quantile(0.95, sum by (le) (rate(farm_request_duration_seconds_bucket[$__rate_interval])))
"#;

#[test]
fn panels_keep_their_variables() {
    let board = dashboard::file::read(BOARD).unwrap();
    let facts = facts(PAGE);
    let found = lint_board(&board, |_| Some(&facts));
    let got: Vec<(&str, &str)> = found
        .iter()
        .map(|one| (&*one.path, one.diagnostic.check.as_str()))
        .collect();
    assert_eq!(
        got,
        [
            ("panels[0].queries[0].expr", "missing-metric"),
            ("panels[1].queries[0].expr", "beyond-last-bucket"),
        ]
    );
    assert_eq!(
        found[0].diagnostic.repaired.as_deref(),
        Some(r#"rate(farm_requests_total{endpoint="$endpoint"}[$__rate_interval])"#)
    );
    assert!(lint_board(&board, |_| None).is_empty());
}

/// What stands for a variable is neither missing nor to be seen.
#[test]
fn variables_outside_of_strings_are_not_judged() {
    let check = |expr: &str, faults: &str, repaired: &str| {
        let board = format!(
            "title: T\nvariables:\n  - {{name: metric, from: {{query: metrics(farm)}}}}\n  \
             - {{name: window, from: {{interval: [5m]}}}}\npanels:\n  - queries: [{{expr: '{expr}'}}]\n"
        );
        let board = dashboard::file::read(&board).unwrap();
        let facts = facts(PAGE);
        let found = lint_board(&board, |_| Some(&facts));
        let found: Vec<Diagnostic> = found.into_iter().map(|one| one.diagnostic).collect();
        assert_eq!(names(&found), faults, "{found:?}");
        let got = found.first().and_then(|one| one.repaired.as_deref());
        assert_eq!(got.unwrap_or(""), repaired);
    };
    check("rate($metric[5m])", "", "");
    check("rate(${metric}_total[$window])", "", "");
    check(
        "rate(farm_request_total[$window])",
        "missing-metric",
        "rate(farm_requests_total[$window])",
    );
    check(
        "$metric / farm_request_total",
        "missing-metric",
        "$metric / farm_requests_total",
    );
}

const RULES: &str = r#"
groups:
  - name: farm
    rules:
      - alert: Slow
        expr: histogram_quantile(0.95, rate(farm_requests_duration_seconds_bucket[5m])) > 30
      - record: farm:done
        expr: rate(farm_done[5m])
"#;

#[test]
fn rule_files_give_queries_with_their_places() {
    let rules = read_rules(RULES).unwrap();
    let paths: Vec<&str> = rules.iter().map(|rule| &*rule.path).collect();
    assert_eq!(
        paths,
        ["groups[0].rules[0].expr", "groups[0].rules[1].expr"]
    );
    check(
        &rules[0].expr,
        "missing-metric beyond-last-bucket",
        "histogram_quantile(0.95, rate(farm_request_duration_seconds_bucket[5m])) >= 10",
    );
    let broken = RULES.replace("rate(farm_done[5m])", "rate(");
    let errors = read_rules(&broken).unwrap_err();
    assert!(
        errors[0]
            .to_string()
            .starts_with("8:15: groups[0].rules[1].expr: no PromQL"),
        "{errors:?}"
    );
    let errors = read_rules("groups:\n  - name: a\n    rulez: []\n").unwrap_err();
    assert_eq!(errors[0].line, 3, "{errors:?}");
}
