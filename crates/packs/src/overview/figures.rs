//! The big figures: success, latency, workers, queue.

use dashboard::{
    Field, Health, Kind, MappedValue, Mapping, Panel, PanelQuery, SpecialValue, StatNote,
    StatOptions,
};
use wire::id::RefId;

use super::{latency_field, query, success_field};
use crate::job::{JobModel, Latency, LatencyType, Success, Workers};
use crate::systems::capital;

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
            &format!("{} that wait for a worker", capital(&model.noun)),
            vec![query(RefId('A'), format!("sum({queue})"), "queue")],
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
        query(RefId('A'), success.success_ratio(RANGE), "success"),
        PanelQuery {
            instant: true,
            ..query(RefId('B'), budget, "budget left")
        },
    ];
    let words = format!("error budget left ({})", objective.window);
    Panel {
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            notes: vec![StatNote {
                query: RefId('B'),
                words,
                unit: "percentunit".to_owned(),
            }],
            ..StatOptions::default()
        }),
        field: Field {
            max: Some(1.0),
            mappings: vec![idle(&model.noun)],
            ..success_field(objective.success)
        },
        ..figure(
            "Success rate",
            &format!(
                "{} that ended well over all that ended, in the last 5 minutes",
                capital(&model.noun)
            ),
            queries,
        )
    }
}

fn latency_figure(model: &JobModel, latency: &Latency) -> Panel {
    let (title, expr) = match latency.quantile(0.95, RANGE) {
        Some(expr) => ("Latency p95", expr),
        None => ("Latency, mean", latency.mean(None, RANGE)),
    };
    let noun = &model.noun;
    let description = match latency.latency_type {
        LatencyType::Histogram => {
            format!("95 of 100 {noun} took no longer, in the last 5 minutes")
        }
        LatencyType::Summary => format!("95 of 100 {noun} took no longer, on the slowest instance"),
        LatencyType::Mean => {
            "The system exports no quantiles: the mean of the last 5 minutes".to_owned()
        }
    };
    let mut field = latency_field(model, latency);
    field.mappings.push(idle(noun));
    Panel {
        field,
        ..figure(title, &description, vec![query(RefId('A'), expr, title)])
    }
}

/// Words for 0 / 0: a ratio or a mean of jobs where none ended.
fn idle(noun: &str) -> Mapping {
    Mapping {
        of: MappedValue::Special(SpecialValue::Nan),
        text: format!("No {noun} ended"),
        status: Health::Unknown,
    }
}

fn workers_figure(workers: &Workers) -> Panel {
    let capacity_query = workers.capacity_expr().map(|_| RefId('B'));
    let mut queries = workers.queries();
    let mut notes = Vec::new();
    if workers.drifts {
        notes.push(StatNote {
            query: RefId('N'),
            words: "is below zero: this count drifts".to_owned(),
            unit: String::new(),
        });
        queries.push(PanelQuery {
            instant: true,
            ..query(
                RefId('N'),
                format!("sum({}) < 0", workers.busy),
                "below zero",
            )
        });
    }
    Panel {
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            capacity_query,
            notes,
            ..StatOptions::default()
        }),
        ..figure(
            "Workers busy",
            "Workers that run a job, of all there are",
            queries,
        )
    }
}

fn figure(title: &str, description: &str, queries: Vec<PanelQuery>) -> Panel {
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
