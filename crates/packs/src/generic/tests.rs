//! What well-known exporters export, and what is guessed of it.

use exposition::{Entry, Format, Parser};

use super::*;

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

/// The metrics of each system's signals, by their names without the namespace.
fn check(page: &str, expected: &[&str]) {
    let systems = recognise(&inventory(page), |_| true);
    let got: Vec<String> = systems
        .iter()
        .map(|system| {
            let short = |metric: &Selector| {
                let name = metric.name();
                name.split_once('_')
                    .map_or(name, |(_, rest)| rest)
                    .to_owned()
            };
            let job = &system.jobs[0];
            let mut signals: Vec<String> = signals(job)
                .iter()
                .map(|(signal, metric)| format!("{signal}={}", short(metric)))
                .collect();
            let capacity = job
                .workers
                .as_ref()
                .and_then(|workers| workers.capacity.as_ref());
            signals.extend(capacity.map(|metric| format!("of={}", short(metric))));
            format!("{}: {}", system.name, signals.join(" "))
        })
        .collect();
    assert_eq!(got, expected);
}

#[test]
fn the_middleware_of_fastapi_counts_requests() {
    check(
        r#"
# TYPE http_requests_total counter
http_requests_total{handler="/items",method="GET",status="2xx"} 5.0
http_requests_total{handler="/items",method="GET",status="5xx"} 1.0
# TYPE http_requests_created gauge
http_requests_created{handler="/items",method="GET",status="2xx"} 1.7e9
# TYPE http_request_size_bytes summary
http_request_size_bytes_count{handler="/items"} 6.0
# TYPE http_request_duration_highr_seconds histogram
http_request_duration_highr_seconds_bucket{le="+Inf"} 6.0
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{handler="/items",method="GET",le="+Inf"} 6.0
# TYPE http_requests_inprogress gauge
http_requests_inprogress 1.0
"#,
        &[
            "http: latency=request_duration_highr_seconds success=requests_total \
           workers=requests_inprogress",
        ],
    );
}

#[test]
fn celery_counts_tasks_that_succeeded_and_failed() {
    check(
        r#"
# TYPE celery_active_consumer_count gauge
celery_active_consumer_count{queue_name="celery"} 2
# TYPE celery_active_worker_count gauge
celery_active_worker_count{queue_name="celery"} 2
# TYPE celery_queue_length gauge
celery_queue_length{queue_name="celery"} 3
# TYPE celery_task_failed_total counter
celery_task_failed_total{exception="KeyError",name="add"} 1
# TYPE celery_task_received_total counter
celery_task_received_total{name="add"} 9
# TYPE celery_task_runtime histogram
celery_task_runtime_bucket{name="add",le="+Inf"} 8
# TYPE celery_task_succeeded_total counter
celery_task_succeeded_total{name="add"} 7
# TYPE celery_worker_tasks_active gauge
celery_worker_tasks_active{hostname="a"} 1
"#,
        &["celery: latency=task_runtime success=task_succeeded_total \
           workers=worker_tasks_active queue=queue_length"],
    );
}

#[test]
fn gitlabs_runner_counts_jobs_and_not_the_calls_of_its_api() {
    check(
        r#"
# TYPE gitlab_runner_api_request_statuses_total counter
gitlab_runner_api_request_statuses_total{endpoint="request_job",status="204"} 99
# TYPE gitlab_runner_concurrent gauge
gitlab_runner_concurrent 10
# TYPE gitlab_runner_errors_total counter
gitlab_runner_errors_total{level="error"} 1
# TYPE gitlab_runner_failed_jobs_total counter
gitlab_runner_failed_jobs_total{failure_reason="script_failure"} 2
# TYPE gitlab_runner_job_duration_seconds histogram
gitlab_runner_job_duration_seconds_bucket{le="+Inf"} 8
# TYPE gitlab_runner_job_queue_duration_seconds histogram
gitlab_runner_job_queue_duration_seconds_bucket{le="+Inf"} 8
# TYPE gitlab_runner_jobs gauge
gitlab_runner_jobs{state="running",stage="build"} 3
# TYPE gitlab_runner_jobs_total counter
gitlab_runner_jobs_total{runner="a"} 12
# TYPE go_goroutines gauge
go_goroutines 20
"#,
        &["gitlab: latency=runner_job_duration_seconds success=runner_jobs_total"],
    );
}

#[test]
fn what_runs_no_jobs_is_no_system() {
    // The exporters of NATS, PostgreSQL, Redis and Kubernetes.
    check(
        r#"
# TYPE gnatsd_varz_connections gauge
gnatsd_varz_connections{server_id="a"} 3
# TYPE gnatsd_varz_slow_consumers gauge
gnatsd_varz_slow_consumers{server_id="a"} 0
# TYPE kube_state_metrics_list_total counter
kube_state_metrics_list_total{resource="*v1.Pod",result="success"} 1
# TYPE pg_exporter_last_scrape_duration_seconds gauge
pg_exporter_last_scrape_duration_seconds 0.1
# TYPE pg_stat_activity_count gauge
pg_stat_activity_count{datname="a",state="active"} 1
# TYPE pg_stat_archiver_failed_count counter
pg_stat_archiver_failed_count 0
# TYPE pg_stat_database_xact_commit counter
pg_stat_database_xact_commit{datname="a"} 10
# TYPE pg_settings_max_connections gauge
pg_settings_max_connections 100
# TYPE redis_exporter_scrape_duration_seconds summary
redis_exporter_scrape_duration_seconds_count 3
# TYPE redis_commands_failed_calls_total counter
redis_commands_failed_calls_total{cmd="get"} 0
# TYPE rabbitmq_auth_attempts_failed_total counter
rabbitmq_auth_attempts_failed_total 0
# TYPE rabbitmq_auth_attempts_succeeded_total counter
rabbitmq_auth_attempts_succeeded_total 9
"#,
        &[],
    );
}

#[test]
fn servers_of_requests_are_known_by_their_codes() {
    check(
        r#"
# TYPE http_server_requests_seconds histogram
http_server_requests_seconds_bucket{outcome="SUCCESS",status="200",uri="/",le="+Inf"} 3
# TYPE grpc_server_started_total counter
grpc_server_started_total{grpc_method="Get"} 3
# TYPE grpc_server_handled_total counter
grpc_server_handled_total{grpc_code="OK",grpc_method="Get"} 3
# TYPE grpc_server_handling_seconds histogram
grpc_server_handling_seconds_bucket{grpc_method="Get",le="+Inf"} 3
# TYPE traefik_config_reloads_total counter
traefik_config_reloads_total 1
# TYPE traefik_entrypoint_requests_total counter
traefik_entrypoint_requests_total{code="200",entrypoint="web"} 3
# TYPE traefik_entrypoint_request_duration_seconds histogram
traefik_entrypoint_request_duration_seconds_bucket{code="200",le="+Inf"} 3
# TYPE traefik_open_connections gauge
traefik_open_connections 3
"#,
        &[
            "grpc: latency=server_handling_seconds success=server_handled_total",
            "http: latency=server_requests_seconds success=server_requests_seconds_count",
            "traefik: latency=entrypoint_request_duration_seconds \
             success=entrypoint_requests_total",
        ],
    );
    // A client's fault is no failure: codes tell more than words.
    let page = "# TYPE a_requests_total counter\na_requests_total{outcome=\"CLIENT_ERROR\",status=\"404\"} 1\n";
    let systems = recognise(&inventory(page), |_| true);
    assert_eq!(systems[0].jobs[0].failures[0].by.as_deref(), Some("status"));
}

#[test]
fn a_label_without_outcomes_tells_nothing() {
    check(
        "# TYPE shop_orders_total counter\nshop_orders_total{state=\"ZH\"} 1\n",
        &[],
    );
    check(
        "# TYPE shop_orders_total counter\nshop_orders_total{state=\"paid\"} 1\n\
         shop_orders_total{state=\"failed\"} 1\n",
        &["shop: success=orders_total"],
    );
}

#[test]
fn a_guess_says_so() {
    let page = "# TYPE farm_jobs_total counter\nfarm_jobs_total{status=\"done\"} 1\n";
    let system = recognise(&inventory(page), |_| true).remove(0);
    assert!(
        system
            .about
            .ends_with("let guess: success from `farm_jobs_total`.")
    );
    assert_eq!(system.known_issues[0].metrics, ["farm_jobs_total"]);
}

#[test]
fn jobs_in_the_words_of_their_exporters_have_success() {
    check(
        "# TYPE sidekiq_processed_jobs_total counter\nsidekiq_processed_jobs_total 5123\n\
         # TYPE sidekiq_failed_jobs_total counter\nsidekiq_failed_jobs_total 17\n",
        &["sidekiq: success=processed_jobs_total"],
    );
    check(
        "# TYPE ruby_gc_duration_seconds summary\nruby_gc_duration_seconds_count 5\n\
         # TYPE ruby_sidekiq_jobs_total counter\nruby_sidekiq_jobs_total{job_name=\"Mail\"} 400\n\
         # TYPE ruby_sidekiq_failed_jobs_total counter\nruby_sidekiq_failed_jobs_total{job_name=\"Mail\"} 2\n",
        &["ruby-sidekiq: success=sidekiq_jobs_total"],
    );
    check(
        "# TYPE argo_workflows_total_count counter\n\
         argo_workflows_total_count{phase=\"Succeeded\"} 30\n\
         argo_workflows_total_count{phase=\"Failed\"} 2\n",
        &["argo: success=workflows_total_count"],
    );
    check(
        "# TYPE flower_events_total counter\n\
         flower_events_total{type=\"task-succeeded\"} 90\n\
         flower_events_total{type=\"task-failed\"} 4\n\
         flower_events_total{type=\"task-started\"} 95\n",
        &["flower: success=events_total"],
    );
    check(
        "# TYPE gha_completed_jobs_total counter\n\
         gha_completed_jobs_total{job_result=\"succeeded\"} 30\n\
         gha_completed_jobs_total{job_result=\"canceled\"} 2\n",
        &["gha: success=completed_jobs_total"],
    );
}

#[test]
fn a_label_that_holds_kinds_of_things_is_no_outcome() {
    check(
        "# TYPE app_messages_total counter\n\
         app_messages_total{type=\"error\"} 30\napp_messages_total{type=\"note\"} 2\n",
        &[],
    );
}

#[test]
fn what_runs_jobs_is_busy_before_other_things_that_are() {
    check(
        "# TYPE sidekiq_active_processes gauge\nsidekiq_active_processes 2\n\
         # TYPE sidekiq_active_workers_count gauge\nsidekiq_active_workers_count 7\n\
         # TYPE sidekiq_processed_jobs_total counter\nsidekiq_processed_jobs_total 5123\n\
         # TYPE sidekiq_failed_jobs_total counter\nsidekiq_failed_jobs_total 17\n",
        &["sidekiq: success=processed_jobs_total workers=active_workers_count"],
    );
}

#[test]
fn a_job_that_was_cancelled_or_left_out_neither_failed_nor_succeeded() {
    check(
        "# TYPE argo_workflows_total_count counter\n\
         argo_workflows_total_count{phase=\"Succeeded\"} 30\n\
         argo_workflows_total_count{phase=\"Skipped\"} 3\n\
         argo_workflows_total_count{phase=\"Omitted\"} 1\n",
        &["argo: success=workflows_total_count"],
    );
}
