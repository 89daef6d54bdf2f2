//! The big figures: success, latency, workers, queue.

use dashboard::{Field, Kind, Panel, Query, StatNote, StatOptions};

use super::{latency_field, query, success_field};
use crate::job::{JobModel, Latency, LatencyType, Success, Workers};

/// A figure is read in passing: it shall not jump with every scrape.
const RANGE: &str = "5m";

/// A figure for each signal that the model has.
pub(crate) fn figures(model: &JobModel) -> Vec<Panel> {
    let success = model
        .success
        .as_ref()
        .map(|success| success_figure(model, success));
    let latency = model
        .latency
        .as_ref()
        .map(|latency| latency_figure(model, latency));
    let workers = model.workers.as_ref().map(workers_figure);
    let queue = model.queue.as_ref().map(|queue| {
        figure(
            "Queue",
            "Jobs that wait for a worker",
            vec![query('A', format!("sum({queue})"), "queue")],
        )
    });
    [success, latency, workers, queue]
        .into_iter()
        .flatten()
        .collect()
}

fn success_figure(model: &JobModel, success: &Success) -> Panel {
    let objective = &model.objective;
    let budget = success.budget_left(objective.success, &objective.window);
    let queries = vec![
        query('A', success.success_ratio(RANGE), "success"),
        Query {
            instant: true,
            ..query('B', budget, "budget left")
        },
    ];
    let words = format!("error budget left ({})", objective.window);
    Panel {
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            notes: vec![StatNote {
                query: 'B',
                words,
                unit: "percentunit".to_owned(),
            }],
            ..StatOptions::default()
        }),
        field: Field {
            max: Some(1.0),
            ..success_field(objective.success)
        },
        ..figure(
            "Success rate",
            "Jobs that ended well over all that ended, in the last 5 minutes",
            queries,
        )
    }
}

fn latency_figure(model: &JobModel, latency: &Latency) -> Panel {
    let (title, expr) = match latency.quantile(0.95, RANGE) {
        Some(expr) => ("Latency p95", expr),
        None => ("Latency, mean", latency.mean(None, RANGE)),
    };
    let description = match latency.latency_type {
        LatencyType::Histogram => "95 of 100 jobs took no longer, in the last 5 minutes",
        LatencyType::Summary => "95 of 100 jobs took no longer, on the slowest instance",
        LatencyType::Mean => "The system exports no quantiles: the mean of the last 5 minutes",
    };
    Panel {
        field: latency_field(model, latency),
        ..figure(title, description, vec![query('A', expr, title)])
    }
}

fn workers_figure(workers: &Workers) -> Panel {
    let capacity_query = workers.capacity_expr().map(|_| 'B');
    Panel {
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            capacity_query,
            ..StatOptions::default()
        }),
        ..figure(
            "Workers busy",
            "Workers that run a job, of all there are",
            workers.queries(),
        )
    }
}

fn figure(title: &str, description: &str, queries: Vec<Query>) -> Panel {
    Panel {
        title: title.to_owned(),
        description: description.to_owned(),
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            ..StatOptions::default()
        }),
        queries,
        ..Panel::default()
    }
}
