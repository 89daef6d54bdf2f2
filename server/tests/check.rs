//! `andon check` as it is used: files and a source in, a line a fault and a
//! status out.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

use support::command;

/// What an exporter of the libvirt volume provisioner's later version has.
const PAGE: &str = r#"# TYPE libvirt_volume_provisioner_requests_total counter
libvirt_volume_provisioner_requests_total{endpoint="/api/v1/jobs",method="POST",status="202"} 36
# TYPE libvirt_volume_provisioner_jobs_total counter
libvirt_volume_provisioner_jobs_total{status="started"} 39
libvirt_volume_provisioner_jobs_total{status="completed"} 33
libvirt_volume_provisioner_jobs_total{status="failed"} 3
# TYPE libvirt_volume_provisioner_active_jobs gauge
libvirt_volume_provisioner_active_jobs 3
# TYPE libvirt_volume_provisioner_job_duration_seconds histogram
libvirt_volume_provisioner_job_duration_seconds_bucket{status="completed",le="+Inf"} 33
# TYPE libvirt_volume_provisioner_request_duration_seconds histogram
libvirt_volume_provisioner_request_duration_seconds_bucket{method="POST",le="10"} 36
libvirt_volume_provisioner_request_duration_seconds_bucket{method="POST",le="+Inf"} 36
"#;

/// Serves the page under every path of a port until the test ends; its URL.
fn exporter() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n";
            let _ = write!(
                &stream,
                "{head}Content-Length: {}\r\n\r\n{PAGE}",
                PAGE.len()
            );
        }
    });
    url
}

/// Status and lines of `andon check ARGS`.
fn check(args: &[&str]) -> (Option<i32>, Vec<String>) {
    let output = command(&[&["check"], args].concat()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    (
        output.status.code(),
        text.lines().map(str::to_owned).collect(),
    )
}

/// Where the file is, from the crate's folder.
fn file(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path)
        .display()
        .to_string()
}

/// The command ends with `status`; its lines hold these words, one line each.
fn expect(args: &[&str], status: i32, words: &[&[&str]]) {
    let (code, lines) = check(args);
    assert_eq!(code, Some(status), "{args:?}: {lines:#?}");
    assert_eq!(lines.len(), words.len(), "{args:?}: {lines:#?}");
    for (line, words) in lines.iter().zip(words) {
        for word in *words {
            assert!(line.contains(word), "no {word:?} in {line}");
        }
    }
}

#[test]
fn the_documented_panels_have_exactly_their_faults() {
    let url = exporter();
    let board = file("end2end/documented/libvirt.yaml");
    expect(
        &[&board, "--source", &url],
        1,
        &[
            &[
                "libvirt.yaml:23:",
                "panels[4].queries[0].expr: always-one: ",
                "write `sum without (status) (rate(libvirt_volume_provisioner_jobs_total{status=\"completed\"}[5m])) \
                 / sum without (status) (rate(libvirt_volume_provisioner_jobs_total{status!=\"started\"}[5m]))`",
            ],
            &[
                "libvirt.yaml:26:",
                "panels[5].queries[0].expr: missing-metric: ",
                "write `histogram_quantile(0.95, rate(libvirt_volume_provisioner_request_duration_seconds_bucket[5m]))`",
            ],
        ],
    );
}

#[test]
fn the_documented_rules_have_exactly_their_faults() {
    let url = exporter();
    let rules = file("end2end/documented/rules.yml");
    let latency = "write `histogram_quantile(0.95, rate(libvirt_volume_provisioner_request_duration_seconds_bucket[5m])) >= 10`";
    expect(
        &[&rules, "--source", &url],
        1,
        &[
            &[
                "rules.yml:",
                "groups[0].rules[1].expr: rate-as-share: ",
                "0.1 a second and not 10 %",
            ],
            &[
                "rules.yml:",
                "groups[0].rules[3].expr: missing-metric: ",
                latency,
            ],
            &[
                "rules.yml:",
                "groups[0].rules[3].expr: beyond-last-bucket: ",
                latency,
            ],
        ],
    );
}

#[test]
fn without_a_source_form_alone_is_judged() {
    let folder = file("end2end/documented");
    expect(&[&folder], 1, &[&["always-one"], &["rate-as-share"]]);
}

#[test]
fn what_is_in_order_says_so_and_what_is_away_is_another_status() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yml");
    let text = "groups:\n  - name: a\n    rules:\n      - record: jobs:rate\n        \
                expr: sum(rate(libvirt_volume_provisioner_jobs_total[5m]))\n      \
                - alert: NoJobs\n        expr: jobs:rate == 0 or absent(never_exported)\n";
    std::fs::write(&rules, text).unwrap();
    let rules = rules.display().to_string();
    expect(
        &[&rules, "--source", &exporter()],
        0,
        &[&["1 file is in order"]],
    );
    expect(
        &[&rules, "--source", "http://127.0.0.1:9/metrics"],
        2,
        &[&["127.0.0.1:9"]],
    );
}

#[test]
fn a_pack_of_ones_own_is_checked_with_the_place_and_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farm.toml");
    let pack = |key: &str| {
        format!(
            "name = \"farm\"\ntitle = \"Farm\"\n[recognise]\nall = [\"farm_jobs_total\"]\n\
             [[job]]\nname = \"farm\"\n{key}\n"
        )
    };
    let name = path.display().to_string();
    std::fs::write(&path, pack("queue = \"farm_queue_length\"")).unwrap();
    expect(&[&name], 0, &[&["1 file is in order"]]);
    std::fs::write(&path, pack("queu = \"farm_queue_length\"")).unwrap();
    expect(
        &[&name],
        1,
        &[&[
            "farm.toml:7:1: ",
            "unknown key `queu`; did you mean `queue`?",
        ]],
    );
    std::fs::write(&path, pack("queue = \"sum(x\"")).unwrap();
    expect(
        &[&name],
        1,
        &[&["farm.toml:7:9: ", "is no metric selector"]],
    );
}

/// The example of the documentation is a pack that works.
#[test]
fn the_documented_pack_is_in_order() {
    let docs = std::fs::read_to_string(file("docs/boards.md")).unwrap();
    let after = docs.split_once("## Packs").unwrap().1;
    let (_, after) = after.split_once("```toml\n").unwrap();
    let (pack, _) = after.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farm.toml");
    std::fs::write(&path, pack).unwrap();
    expect(
        &[&path.display().to_string()],
        0,
        &[&["1 file is in order"]],
    );
}
