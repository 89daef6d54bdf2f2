//! Configurations as people have them.

use std::path::Path;
use std::time::Duration;

use super::*;

fn jobs(yaml: &str) -> Result<Vec<Job>, ScrapeConfigError> {
    read_prometheus_yaml(yaml)?
        .scrape
        .jobs(Path::new("/etc/andon"))
}

fn check_error(yaml: &str, expected: &[&str]) {
    let error = jobs(yaml).expect_err(yaml).to_string();
    for part in expected {
        assert!(error.contains(part), "{yaml}\n{error}");
    }
}

#[test]
fn reads_prometheus_sample_configuration() {
    let yaml = "
global:
  scrape_interval: 15s
  evaluation_interval: 15s
  external_labels: {monitor: example}
alerting:
  alertmanagers:
  - static_configs:
    - targets: ['localhost:9093']
rule_files:
scrape_configs:
  - job_name: 'prometheus'
    scrape_interval: 5s
    static_configs:
      - targets: ['localhost:9090']
        labels: {env: test}
  - job_name: node
    static_configs:
";
    let file = read_prometheus_yaml(yaml).unwrap();
    assert_eq!(file.warnings.len(), 2, "{:?}", file.warnings);
    let jobs = jobs(yaml).unwrap();
    assert_eq!(jobs[0].interval, Duration::from_secs(5));
    assert_eq!(jobs[0].timeout, Duration::from_secs(5));
    assert_eq!(jobs[1].interval, Duration::from_secs(15));
    assert_eq!(jobs[1].timeout, Duration::from_secs(10));
    assert_eq!(jobs[1].limits, Limits::default());
}

#[test]
fn reads_the_same_keys_from_toml() {
    let toml = r#"
[global]
scrape_interval = "30s"
[[scrape_configs]]
job_name = "maestro"
hold_values_for = "5m"
body_size_limit = "1MB"
sample_limit = 0
[[scrape_configs.static_configs]]
targets = ["exporter:9120"]
[[scrape_configs.relabel_configs]]
source_labels = ["__address__"]
target_label = "exporter"
"#;
    let settings: ScrapeSettings = toml::from_str(toml).unwrap();
    let job = &settings.jobs(Path::new("/")).unwrap()[0];
    assert_eq!(job.staleness_hold, Duration::from_secs(300));
    assert_eq!(job.interval, Duration::from_secs(60), "slower than global");
    assert_eq!(job.limits.body_bytes, 1 << 20);
    assert_eq!(job.limits.samples, usize::MAX);
    assert_eq!(job.relabel_rules.len(), 1);
}

#[test]
fn makes_paths_absolute() {
    let job = &jobs(
        "
scrape_configs:
- job_name: a
  scheme: https
  tls_config: {ca_file: ca.pem, cert_file: /c.pem, key_file: k.pem}
  authorization: {credentials_file: token}
  file_sd_configs: [{files: ['targets/*.json']}]
",
    )
    .unwrap()[0];
    let tls = &job.http.tls;
    assert_eq!(tls.ca_file.as_deref(), Some(Path::new("/etc/andon/ca.pem")));
    assert_eq!(tls.cert_file.as_deref(), Some(Path::new("/c.pem")));
    let Discovery::Files { patterns, refresh } = &job.discovery[0] else {
        panic!("{:?}", job.discovery);
    };
    assert_eq!(patterns[0], Path::new("/etc/andon/targets/*.json"));
    assert_eq!(*refresh, Duration::from_secs(300));
}

/// A job's keys, and what is said of them.
const REFUSED: &[(&str, &[&str])] = &[
    ("kubernetes_sd_config: []", &["kubernetes_sd_config"]),
    (
        "consul_sd_configs: [{server: 'a:1'}], shceme: https",
        &["line 1", "shceme"],
    ),
    ("scrape_intervall: 5s", &["scrape_intervall"]),
    ("oauth2: {}", &["missing field `client_id`"]),
    (
        "oauth2: {client_id: a, client_secret: b, token_url: c}",
        &["scrape_configs[0].oauth2.token_url", "no URL"],
    ),
    (
        "oauth2: {client_id: a, token_url: 'http://a'}",
        &["scrape_configs[0].oauth2", "client_secret"],
    ),
    (
        "http_headers: {Host: {values: [a]}}",
        &["scrape_configs[0].http_headers.Host", "cannot be set"],
    ),
    (
        "scrape_protocols: []",
        &["scrape_configs[0].scrape_protocols", "names no format"],
    ),
    ("scrape_protocols: [JSON]", &["JSON"]),
    ("scrape_interval: 5", &["is not a duration"]),
    ("body_size_limit: 10 parrots", &["is not a size"]),
    ("scheme: ftp", &["scrape_configs[0].scheme", "ftp"]),
    (
        "scrape_interval: 5s, scrape_timeout: 6s",
        &["scrape_configs[0].scrape_timeout", "6s is longer"],
    ),
    (
        "static_configs: [{targets: ['http://a:1/metrics']}]",
        &["scrape_configs[0].static_configs[0].targets", "host:port"],
    ),
    (
        "static_configs: [{targets: ['a:1'], labels: {'': x}}]",
        &["scrape_configs[0].static_configs[0].labels", "needs a name"],
    ),
    (
        "tls_config: {cert_file: a.pem}",
        &["tls_config.cert_file", "add key_file"],
    ),
    (
        "tls_config: {server_name: 127.0.0.1}",
        &[
            "scrape_configs[0].tls_config.server_name",
            "no name of a host",
        ],
    ),
    (
        "tls_config: {server_name: a}, proxy_url: 'http://p'",
        &["scrape_configs[0].tls_config.server_name", "proxy_url"],
    ),
    ("tls_config: {min_version: TLS10}", &["TLS10", "TLS12"]),
    (
        "tls_config: {min_version: TLS13, max_version: TLS12}",
        &["scrape_configs[0].tls_config.min_version", "newer"],
    ),
    ("tls_config: {renegotiation: a}", &["renegotiation"]),
    (
        "bearer_token: a, basic_auth: {username: b}",
        &["give one of basic_auth, authorization, oauth2 and bearer_token"],
    ),
    (
        "basic_auth: {password: a, password_file: b}",
        &["scrape_configs[0].basic_auth.password_file"],
    ),
    (
        "relabel_configs: [{action: hashmod, target_label: x}]",
        &["modulus"],
    ),
    (
        "dns_sd_configs: [{names: [a], type: A}]",
        &["dns_sd_configs[0].port"],
    ),
    ("dns_sd_configs: [{names: [a], type: MX}]", &["MX"]),
    (
        "file_sd_configs: [{files: [a.txt]}]",
        &["file_sd_configs[0].files"],
    ),
    (
        "http_sd_configs: [{url: 'a.json'}]",
        &["http_sd_configs[0].url"],
    ),
];

#[test]
fn names_the_key_that_it_refuses() {
    for (keys, expected) in REFUSED {
        let flow = format!("scrape_configs: [{{job_name: j, {keys}}}]");
        check_error(&flow, expected);
    }
    check_error("remote_writes: []", &["remote_writes"]);
    check_error(
        "global: {scrape_interval: 10s, scrape_timeout: 20s}",
        &["global.scrape_timeout", "20s is longer"],
    );
    check_error("global: {external_labels: {'': a}}", &["needs a name"]);
    check_error(
        "scrape_configs: [{job_name: a}, {job_name: a}]",
        &["scrape_configs[1].job_name"],
    );
}

#[test]
fn says_what_is_sent_and_read_nowhere() {
    for key in ["remote_write", "remote_read", "otlp", "tracing"] {
        let warnings = read_prometheus_yaml(&format!("{key}: []"))
            .unwrap()
            .warnings;
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].starts_with(&format!("{key}: ")), "{warnings:?}");
    }
}

#[test]
fn a_target_that_is_a_url_is_refused_without_its_password() {
    let yaml = "scrape_configs: [{job_name: a, static_configs: \
                [{targets: ['http://u:hush@a:1/metrics']}]}]";
    let error = jobs(yaml).unwrap_err().to_string();
    assert!(
        error.contains("host:port") && !error.contains("hush"),
        "{error}"
    );
}

#[test]
fn shows_no_secret() {
    let settings = read_prometheus_yaml(
        "scrape_configs: [{job_name: a, basic_auth: {username: u, password: hush}}]",
    )
    .unwrap()
    .scrape;
    let json = serde_json::to_string(&settings).unwrap();
    assert!(
        json.contains("<secret>") && !json.contains("hush"),
        "{json}"
    );
    assert!(!format!("{settings:?}").contains("hush"));
}

/// Keys of Prometheus that are read, and what is said of them.
const ACCEPTED: &[(&str, &str)] = &[
    ("metric_name_validation_scheme: utf8", ""),
    (
        "metric_name_validation_scheme: legacy",
        "metric_name_validation_scheme: exporters are asked",
    ),
    ("metric_name_escaping_scheme: dots", ""),
    ("always_scrape_classic_histograms: true", ""),
    ("convert_classic_histograms_to_nhcb: false", ""),
    ("convert_classic_histograms_to_nhcb: true", ""),
    ("scrape_native_histograms: true", ""),
    (
        "scrape_failure_log_file: f.log",
        "scrape_failure_log_file: failures are written",
    ),
];

const ACCEPTED_OF_JOBS: &[(&str, &str)] = &[
    ("native_histogram_bucket_limit: 10", ""),
    ("native_histogram_min_bucket_factor: 1.1", ""),
    (
        "kubernetes_sd_configs: [{role: pod, namespaces: {names: [a]}}]",
        "kubernetes_sd_configs: Andon does not find targets this way; let a Prometheus",
    ),
    ("proxy_from_environment: true", ""),
    ("proxy_url: 'http://p:1', no_proxy: localhost", ""),
];

const ACCEPTED_OF_GLOBAL: &[(&str, &str)] = &[
    ("query_log_file: q.log", "query_log_file: Andon does not"),
    ("rule_query_offset: 1m", "rule_query_offset: rules are not"),
    ("external_labels: {a: b}", "external_labels: Andon adds"),
];

fn check_accepted(yaml: &str, place: &str, warning: &str) {
    let file = read_prometheus_yaml(yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"));
    file.scrape.jobs(Path::new("/")).unwrap();
    if warning.is_empty() {
        assert_eq!(file.warnings, [""; 0], "{yaml}");
    } else {
        let expected = format!("{place}{warning}");
        assert_eq!(file.warnings.len(), 1, "{yaml}");
        assert!(
            file.warnings[0].starts_with(&expected),
            "{:?}",
            file.warnings
        );
    }
}

#[test]
fn says_what_it_does_not_do() {
    for (keys, warning) in ACCEPTED.iter().chain(ACCEPTED_OF_JOBS) {
        let yaml = format!("scrape_configs: [{{job_name: j, {keys}}}]");
        check_accepted(&yaml, "scrape_configs[0].", warning);
    }
    for (keys, warning) in ACCEPTED.iter().chain(ACCEPTED_OF_GLOBAL) {
        check_accepted(&format!("global: {{{keys}}}"), "global.", warning);
    }
    check_accepted("rule_files: []", "", "");
    check_accepted(
        "rule_files: ['a.yml']",
        "",
        "rule_files: rules are not evaluated yet",
    );
}

#[test]
fn a_job_that_finds_targets_in_other_ways_scrapes_those_that_are_named() {
    let yaml = "scrape_configs: [{job_name: j, docker_sd_configs: [{host: 'unix:///d'}], \
                static_configs: [{targets: ['a:1']}], gce_sd_configs: [], scrape_interval: 7s}]";
    let job = &jobs(yaml).unwrap()[0];
    assert_eq!(
        job.other_discoveries,
        ["docker_sd_configs", "gce_sd_configs"]
    );
    assert_eq!((job.discovery.len(), job.interval.as_secs()), (1, 7));
    let toml =
        "[[scrape_configs]]\njob_name = 'j'\n[[scrape_configs.ec2_sd_configs]]\nregion = 'x'";
    let settings: ScrapeSettings = toml::from_str(toml).unwrap();
    assert_eq!(settings.warnings().len(), 1);
}

#[test]
fn asks_for_names_as_the_configuration_wants_them() {
    let accept = |keys: &str| {
        let yaml = format!("global: {{{keys}}}\nscrape_configs: [{{job_name: j}}]");
        jobs(&yaml).unwrap()[0].formats.accept.clone()
    };
    for (keys, expected) in [
        ("", "escaping=allow-utf-8"),
        ("metric_name_escaping_scheme: dots", "escaping=dots"),
        (
            "metric_name_validation_scheme: legacy",
            "escaping=underscores",
        ),
        (
            "metric_name_escaping_scheme: values, scrape_protocols: [OpenMetricsText1.0.0]",
            "escaping=values",
        ),
    ] {
        assert!(accept(keys).contains(expected), "{keys}: {}", accept(keys));
    }
}
