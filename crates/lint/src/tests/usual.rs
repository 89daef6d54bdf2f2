//! Idioms of rules and boards that are right: what is found wrong with them
//! would cost the trust in what is found elsewhere.

use crate::{Facts, Reading, lint};

#[test]
fn what_is_usual_and_right_is_left_alone() {
    let facts = Facts {
        scrape_interval_ms: Some(15_000),
        ..Facts::default()
    };
    for expr in [
        r#"100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100) > 80"#,
        r#"(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < 10) * on (instance) group_left (nodename) node_uname_info"#,
        r#"rate(node_network_receive_errs_total[2m]) / rate(node_network_receive_packets_total[2m]) > 0.01"#,
        r#"rate(node_context_switches_total[15m]) / rate(node_context_switches_total[1d]) > 2"#,
        r#"node_load1 / on (instance) count by (instance) (node_cpu_seconds_total{mode="idle"}) > 2"#,
        r#"predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs"}[1h], 24 * 3600) < 0"#,
        r#"deriv(node_filesystem_avail_bytes[1h]) < 0"#,
        r#"sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.03"#,
        r#"sum by (route) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (route) (rate(http_requests_total[5m])) > 0.05"#,
        r#"(sum without (code) (rate(http_requests_total{code="500"}[5m])) / sum without (code) (rate(http_requests_total[5m]))) * 100 > 1"#,
        r#"histogram_quantile(0.99, sum(rate(fsync_duration_seconds_bucket[5m])) by (instance, le)) > 0.5"#,
        r#"histogram_quantile(0.99, sum without (instance) (rate(handling_seconds_bucket[5m]))) > 0.15"#,
        r#"increase(compactions_failed_total[3h]) > 0"#,
        r#"replicas_available / replicas < 0.9"#,
        r#"rate(restarts_total[10m]) * 60 * 5 > 0"#,
        r#"(job_failed > 0) unless job_succeeded > 0"#,
        r#"1 - (sum(rate(hits_total[5m])) / (sum(rate(hits_total[5m])) + sum(rate(misses_total[5m])))) > 0.5"#,
        r#"rate(commands_duration_seconds_total[1m]) / rate(commands_processed_total[1m])"#,
        r#"connections{state="busy"} / ignoring (state) group_left sum without (state) (connections) > 0.8"#,
        r#"sum(rate(responses_total{code="5xx"}[1m])) by (server) > 0"#,
        r#"changes(process_start_time_seconds[15m]) > 2"#,
        r#"delta(temp_celsius[5m]) > 5"#,
        r#"avg_over_time(probe_success[5m]) < 0.95"#,
        r#"time() - process_start_time_seconds < 300"#,
        r#"sum(increase(job_runs_total{result="failure"}[1h])) > 0"#,
        r#"ALERTS{alertstate="firing"} == 1"#,
    ] {
        let found = lint(expr, &Reading::default(), &facts).unwrap();
        assert!(found.is_empty(), "{expr}: {found:?}");
    }
}
