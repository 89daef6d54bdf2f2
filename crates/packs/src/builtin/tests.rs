//! Every pack against what its system exports.

use exposition::{Entry, Format, Parser};
use series::MetricKind;

use super::*;

/// Reads an exporter's page; `None`, and says so, where the fixtures are not here.
fn fixture(path: &str) -> Option<Inventory> {
    testdata::text(&format!("fixtures/{path}")).map(|page| inventory(&page))
}

fn inventory(page: &str) -> Inventory {
    let mut inventory = Inventory::default();
    for entry in Parser::new(page.as_bytes(), Format::Text).unwrap() {
        match entry.unwrap() {
            Entry::Sample(sample) => inventory.add_series(&sample.series.to_labels()),
            Entry::Type { family, kind } => inventory.declare(family.as_ref(), kind),
            _ => {}
        }
    }
    inventory
}

/// What is seen of a system: `name: job(signals) … | known_issues`.
fn summary(system: &System) -> String {
    let jobs: Vec<String> = system
        .jobs
        .iter()
        .map(|job| {
            let signals = [
                (job.latency.is_some(), "latency"),
                (job.success.is_some(), "success"),
                (job.workers.is_some(), "workers"),
                (job.queue.is_some(), "queue"),
            ];
            let there = signals.iter().filter(|(is_there, _)| *is_there);
            let there: Vec<&str> = there.map(|(_, name)| *name).collect();
            format!("{}({})", job.name, there.join(" "))
        })
        .collect();
    format!("{}: {}", system.name, jobs.join(", "))
}

fn check(inventory: Option<Inventory>, expected: &[&str]) {
    let Some(inventory) = inventory else { return };
    let packs = Packs::builtin().unwrap();
    let systems = packs.recognise(&inventory);
    let got: Vec<String> = systems.iter().map(summary).collect();
    assert_eq!(got, expected);
}

#[test]
fn the_five_systems_are_recognised_by_their_own_pages() {
    check(
        fixture("choria/metrics_leader.synthetic.prom"),
        &["choria-provisioner: choria-provisioner(latency success workers queue)"],
    );
    check(
        fixture("choria/metrics_standby.synthetic.prom"),
        &["choria-provisioner: choria-provisioner(success queue)"],
    );
    check(
        fixture("libvirt/metrics_v0.11.synthetic.prom"),
        &["libvirt-volume-provisioner: \
           libvirt-volume-provisioner(latency success workers), \
           libvirt-volume-provisioner-api(latency success)"],
    );
    check(
        fixture("libvirt/metrics_v0.3.0.synthetic.prom"),
        &["libvirt-volume-provisioner-documented: \
           libvirt-volume-provisioner(success workers), \
           libvirt-volume-provisioner-api(success)"],
    );
    for page in ["documented", "v1.5.synthetic", "drained.synthetic"] {
        check(
            fixture(&format!("maestro/exporter_metrics_{page}.prom")),
            &["maestro: maestro(success)"],
        );
    }
    check(
        fixture("chall-manager/metrics.synthetic.prom"),
        &[
            "chall-manager: chall-manager(latency success)",
            "span-metrics: span-metrics(latency success)",
        ],
    );
    check(
        fixture("mlprod/metrics.synthetic.prom"),
        &["fastapi: fastapi(latency success workers)"],
    );
}

#[test]
fn conventions_give_unknown_systems_away() {
    let page = r#"
# TYPE farm_job_wait_seconds histogram
farm_job_wait_seconds_bucket{le="+Inf"} 1
# TYPE farm_jobs_total counter
farm_jobs_total{queue="a",status="done"} 1
# TYPE farm_workers_busy gauge
farm_workers_busy 1
# TYPE farm_workers_max gauge
farm_workers_max 1
# TYPE farm_queue_length gauge
farm_queue_length 1
# TYPE mail_sent_success_total counter
mail_sent_success_total 1
# TYPE mail_sent_errors_total counter
mail_sent_errors_total 1
# TYPE go_gc_duration_seconds summary
go_gc_duration_seconds_count 1
# TYPE weather_celsius gauge
weather_celsius 1
"#;
    check(
        Some(inventory(page)),
        &[
            "farm: farm(latency success workers queue)",
            "mail: mail(success)",
        ],
    );
}

#[test]
fn a_source_without_job_metrics_is_no_system() {
    let mut inventory = Inventory::default();
    inventory.declare("go_goroutines", MetricKind::Gauge);
    check(Some(inventory), &[]);
}

#[test]
fn a_users_pack_replaces_ours() {
    let mut packs = Packs::builtin().unwrap();
    let text = "name = \"demo\"\ntitle = \"Mine\"\n[recognise]\nall = [\"mine\"]";
    packs.add(Pack::from_toml(text).unwrap());
    assert_eq!(
        packs.get("demo").map(|pack| pack.title.as_str()),
        Some("Mine")
    );
}

#[test]
fn broken_packs_say_where() {
    let check = |toml: &str, expected: &str| {
        let text = format!("name = \"x\"\ntitle = \"X\"\n{toml}");
        let error = Pack::from_toml(&text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check("[recognise]", "3:1: `recognise` names no metric");
    check("[recognize]", "3:2: unknown field `recognize`");
    let all = "[recognise]\nall = [\"a\"]\n";
    check(
        &format!("{all}[[limit]]\ntitle = \"L\"\nexpr = \"sum(\""),
        "7:8: `sum(` is no PromQL: 1:5",
    );
    check(
        &format!("{all}[[job]]\nname = \"j\"\nqueue = \"q[5m]\""),
        "7:9: `q[5m]` is no metric selector",
    );
}

#[test]
fn every_board_that_ships_reads_and_asks_promql() {
    for (pack, text) in BOARDS {
        assert!(
            Packs::builtin().unwrap().get(pack).is_some(),
            "{pack} has no pack"
        );
        let board =
            dashboard::file::read(text).unwrap_or_else(|errors| panic!("{pack}: {errors:?}"));
        let mut scope = dashboard::Scope::built_in(&dashboard::BuiltIns {
            from_ms: 0,
            to_ms: 60_000,
            interval_ms: 1_000,
            rate_interval_ms: 4_000,
        });
        for variable in &board.variables {
            scope.set(&variable.name, dashboard::Value::plain("x"));
        }
        for (_, query) in board.queries() {
            let expr = scope.fill(&query.text, dashboard::Target::PromQl);
            promql::parse(&expr).unwrap_or_else(|error| panic!("{pack}: {expr}: {error}"));
        }
    }
}
