//! The scraper before exporters that behave in every way they do.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod exporter;

use std::io::Write;

use exporter::{Answer, Exporter, Rig};
use flate2::Compression;
use flate2::write::GzEncoder;
use series::is_stale_nan;
use server::ingest::scrape::{Health, Targets};

/// A job of one target, scraped often.
fn job(name: &str, exporter: &Exporter, keys: &str) -> String {
    let address = exporter.address;
    format!(
        "- {{job_name: {name}, scrape_interval: 200ms, \
         static_configs: [{{targets: ['{address}']}}], {keys}}}\n"
    )
}

/// A target that answers so has this to say.
async fn check_fails(answer: Answer, keys: &str, expected: &str) {
    let exporter = Exporter::start(answer).await;
    let rig = Rig::start(&job("j", &exporter, keys));
    let target = rig.scraped("j").await;
    assert_eq!(target.health, Health::Down, "{expected}");
    assert!(
        target.last_error.contains(expected),
        "{}",
        target.last_error
    );
    let up = rig.samples("up", ("job", "j"));
    assert_eq!(up[0].value, 0.0, "{expected}");
}

async fn check_succeeds(answer: Answer, keys: &str) {
    let exporter = Exporter::start(answer).await;
    let rig = Rig::start(&job("j", &exporter, keys));
    let target = rig.scraped("j").await;
    assert_eq!(target.last_error, "");
    assert_eq!(rig.samples("a", ("job", "j"))[0].value, 1.0);
}

fn gzip(text: &str) -> Answer {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    Answer::Gzip(encoder.finish().unwrap().into())
}

#[tokio::test]
async fn says_why_a_scrape_failed() {
    let html = "<!DOCTYPE html><html></html>".to_owned();
    check_fails(
        Answer::Other(500, "text/plain", "boom".to_owned()),
        "",
        "server returned HTTP status 500 Internal Server Error",
    )
    .await;
    check_fails(
        Answer::Other(200, "text/html", html),
        "",
        "line 1, column 1: expected a metric name, found '<' (content type \"text/html\")",
    )
    .await;
    check_fails(
        Answer::Other(200, "application/json", "{}".to_owned()),
        "",
        "content type \"application/json\" is no metrics page",
    )
    .await;
    check_fails(Answer::Silence, "", "not complete after 200ms").await;
    check_fails(Answer::Drip, "", "not complete after 200ms").await;
    check_fails(
        Answer::Page("a 1\n".repeat(300)),
        "body_size_limit: 1KB",
        "more than 1024 bytes",
    )
    .await;
    check_fails(
        gzip(&"a 1\n".repeat(300)),
        "body_size_limit: 1KB",
        "more than 1024 bytes",
    )
    .await;
}

#[tokio::test]
async fn says_that_nobody_listens() {
    let exporter = Exporter::of("").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    exporter.answer(Answer::Elsewhere(format!("http://{address}/metrics")));
    let rig = Rig::start(&job("j", &exporter, ""));
    let target = rig.scraped("j").await;
    assert!(
        target.last_error.contains("refused"),
        "{}",
        target.last_error
    );
}

#[tokio::test]
async fn reads_compressed_redirected_and_openmetrics_pages() {
    check_succeeds(gzip("a 1\n"), "").await;
    let openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let page = "a 1\n# EOF\n".to_owned();
    check_succeeds(Answer::Other(200, openmetrics, page.clone()), "").await;
    let fallback = "fallback_scrape_protocol: OpenMetricsText1.0.0";
    check_succeeds(Answer::Other(200, "image/png", page), fallback).await;
    check_fails(
        Answer::Other(200, "image/png", "a 1\n".to_owned()),
        fallback,
        "EOF",
    )
    .await;
    let elsewhere = Exporter::of("a 1\n").await;
    let to = format!("http://{}/elsewhere", elsewhere.address);
    check_succeeds(Answer::Elsewhere(to.clone()), "").await;
    check_fails(
        Answer::Elsewhere(to),
        "follow_redirects: false",
        "server returned HTTP status 307",
    )
    .await;
}

#[tokio::test]
async fn asks_as_it_is_configured() {
    let exporter = Exporter::of("a 1\n").await;
    let keys = "metrics_path: /probe, params: {module: [x]}, \
                basic_auth: {username: u, password: p}, \
                http_headers: {X-Scope: {values: [a], secrets: [b]}}, \
                scrape_protocols: [PrometheusProto, PrometheusText0.0.4]";
    let rig = Rig::start(&job("j", &exporter, keys));
    rig.scraped("j").await;
    let (path, headers) = exporter.requests().remove(0);
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(path, "/probe?module=x");
    assert_eq!(header("authorization"), "Basic dTpw");
    assert_eq!(
        header("accept"),
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
         encoding=delimited;escaping=allow-utf-8;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1"
    );
    let scopes: Vec<_> = headers.get_all("x-scope").iter().collect();
    assert_eq!(scopes, ["a", "b"]);
    assert!(header("user-agent").starts_with("Andon/"));
    assert_eq!(header("accept-encoding"), "gzip");
    assert_eq!(header("x-prometheus-scrape-timeout-seconds"), "0.2");
}

#[tokio::test]
async fn a_token_is_read_from_its_file_each_time() {
    let exporter = Exporter::of("a 1\n").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "first\n").unwrap();
    let keys = format!("authorization: {{credentials_file: '{}'}}", file.display());
    let rig = Rig::start(&job("j", &exporter, &keys));
    rig.scraped("j").await;
    assert_eq!(exporter.request(1).await["authorization"], "Bearer first");
    std::fs::write(&file, "second\n").unwrap();
    // The next scrape may have read the file already; the one after it has not.
    let after = exporter.requests().len() + 2;
    assert_eq!(
        exporter.request(after).await["authorization"],
        "Bearer second"
    );
}

#[tokio::test]
async fn a_target_that_goes_is_marked_stale() {
    let exporter = Exporter::of("a 1\n").await;
    let rig = Rig::start(&job("j", &exporter, ""));
    rig.scraped("j").await;
    rig.run("");
    let ends_stale =
        |samples: &[series::Sample]| samples.last().is_some_and(|last| is_stale_nan(last.value));
    rig.samples_until("a", ("job", "j"), ends_stale).await;
    rig.samples_until("up", ("job", "j"), ends_stale).await;
    assert!(rig.scraper.targets().active_targets.is_empty());
}

#[tokio::test]
async fn jobs_that_stay_as_they_are_go_on_undisturbed() {
    let exporter = Exporter::of("a 1\n").await;
    let (stays, changes) = (job("stays", &exporter, ""), job("changes", &exporter, ""));
    let rig = Rig::start(&(stays.clone() + &changes));
    rig.scraped("stays").await;
    rig.scraped("changes").await;
    let before = rig.samples("up", ("job", "changes")).len();
    rig.run(&(stays + &job("changes", &exporter, "honor_labels: true")));
    rig.samples_until("up", ("job", "changes"), |samples| {
        samples.len() > before + 3
    })
    .await;
    // Of the job that is configured anew the targets that it still has go on.
    for job in ["stays", "changes"] {
        let samples = rig.samples("up", ("job", job));
        assert!(samples.iter().all(|sample| sample.value == 1.0), "{job}");
    }
}

#[tokio::test]
async fn what_a_changed_job_has_no_more_is_marked_stale() {
    let (exporter, other) = (
        Exporter::of("a 1\nb 2\n").await,
        Exporter::of("c 3\n").await,
    );
    let rig = Rig::start(&job("j", &exporter, ""));
    rig.samples_until("b", ("job", "j"), |samples| !samples.is_empty())
        .await;
    let drop_a = "metric_relabel_configs: [{source_labels: [__name__], regex: a, action: drop}]";
    rig.run(&job("j", &exporter, drop_a));
    let ends_stale =
        |samples: &[series::Sample]| samples.last().is_some_and(|last| is_stale_nan(last.value));
    rig.samples_until("a", ("job", "j"), ends_stale).await;
    let kept = rig.samples("b", ("job", "j"));
    assert!(kept.iter().all(|sample| sample.value == 2.0));
    // A target that the job names no more.
    rig.run(&job("j", &other, drop_a));
    rig.samples_until("b", ("job", "j"), ends_stale).await;
    rig.samples_until("c", ("job", "j"), |samples| !samples.is_empty())
        .await;
}

#[tokio::test]
async fn every_scrape_of_a_job_that_has_too_many_targets_fails() {
    let exporter = Exporter::of("a 1\n").await;
    let rig = Rig::start(
        "- {job_name: j, target_limit: 1, static_configs: [{targets: ['a:1', 'b:1']}]}\n\
         - {job_name: k, static_configs: [{targets: ['c:1']}], relabel_configs: [{action: drop}]}\n",
    );
    let targets = rig
        .targets_until(|targets| {
            let scraped = targets.active_targets.iter();
            let failed = scraped.filter(|target| !target.last_error.is_empty());
            failed.count() == 2 && !targets.dropped_targets.is_empty()
        })
        .await;
    let expected = "target_limit exceeded (number of targets: 2, limit: 1)";
    assert_eq!(targets.problems["j"], [expected]);
    for target in &targets.active_targets {
        assert_eq!(target.last_error, expected);
        assert_eq!(target.health, Health::Down);
    }
    let down = |samples: &[series::Sample]| samples.first().is_some_and(|first| first.value == 0.0);
    rig.samples_until("up", ("instance", "a:1"), down).await;
    assert_eq!(targets.dropped_target_counts["k"], 1);
    let dropped = &targets.dropped_targets[0].discovered_labels;
    assert_eq!(dropped["__address__"], "c:1");
    drop(exporter);
}

#[tokio::test]
async fn files_of_targets_are_read_again() {
    let (first, second) = (Exporter::of("a 1\n").await, Exporter::of("a 2\n").await);
    let folder = tempfile::tempdir().unwrap();
    let write = |text: String| std::fs::write(folder.path().join("targets.json"), text).unwrap();
    let list = |exporter: &Exporter, rack: &str| {
        let address = exporter.address;
        format!(r#"[{{"targets": ["{address}"], "labels": {{"rack": "{rack}"}}}}]"#)
    };
    write(list(&first, "one"));
    let rig = Rig::start(&format!(
        "- {{job_name: j, scrape_interval: 200ms, \
         file_sd_configs: [{{files: ['{}/*.json'], refresh_interval: 100ms}}]}}\n",
        folder.path().display()
    ));
    let target = rig.scraped("j").await;
    assert_eq!(target.labels["rack"], "one");
    assert!(target.discovered_labels["__meta_filepath"].ends_with("targets.json"));

    write("[{".to_owned());
    let broken = |targets: &Targets| targets.problems.contains_key("j");
    let targets = rig.targets_until(broken).await;
    assert_eq!(targets.active_targets.len(), 1, "the last good list stays");

    write(list(&second, "two"));
    rig.samples_until("a", ("rack", "two"), |samples| !samples.is_empty())
        .await;
    rig.samples_until("a", ("rack", "one"), |samples| {
        samples.last().is_some_and(|last| is_stale_nan(last.value))
    })
    .await;
    rig.targets_until(|targets| targets.problems.is_empty())
        .await;
}

#[tokio::test]
async fn a_server_lists_targets() {
    let exporter = Exporter::of("a 1\n").await;
    let list = format!(
        r#"[{{"targets": ["{}"], "labels": {{"rack": "one"}}}}]"#,
        exporter.address
    );
    let server = Exporter::start(Answer::Other(200, "application/json", list)).await;
    let rig = Rig::start(&format!(
        "- {{job_name: j, scrape_interval: 200ms, \
         http_sd_configs: [{{url: 'http://{}/list', refresh_interval: 100ms}}]}}\n",
        server.address
    ));
    let target = rig.scraped("j").await;
    assert_eq!(target.labels["rack"], "one");
    assert!(target.discovered_labels["__meta_url"].ends_with("/list"));
    server.answer(Answer::Other(503, "text/plain", String::new()));
    let targets = rig
        .targets_until(|targets| targets.problems.contains_key("j"))
        .await;
    assert!(
        targets.problems["j"][0].contains("503"),
        "{:?}",
        targets.problems
    );
    assert_eq!(targets.active_targets.len(), 1, "the last good list stays");
}

#[tokio::test]
async fn the_state_of_targets_has_prometheus_shape() {
    let exporter = Exporter::of("a 1\n").await;
    let rig = Rig::start(&job("j", &exporter, ""));
    rig.scraped("j").await;
    let json = serde_json::to_value(rig.scraper.targets()).unwrap();
    let target = &json["activeTargets"][0];
    let url = format!("http://{}/metrics", exporter.address);
    assert_eq!(target["scrapeUrl"], url.as_str());
    assert_eq!(target["globalUrl"], url.as_str());
    assert_eq!(target["scrapePool"], "j");
    assert_eq!(target["health"], "up");
    assert_eq!(target["lastError"], "");
    assert_eq!(target["scrapeInterval"], "200ms");
    assert_eq!(target["scrapeTimeout"], "200ms");
    assert_eq!(target["labels"]["instance"], exporter.address.to_string());
    assert_eq!(target["discoveredLabels"]["__scheme__"], "http");
    assert!(target["lastScrape"].as_str().unwrap().ends_with('Z'));
    assert!(target["lastScrapeDuration"].as_f64().unwrap() > 0.0);
    assert_eq!(json["droppedTargets"], serde_json::json!([]));
    assert_eq!(json["droppedTargetCounts"]["j"], 0);
}
