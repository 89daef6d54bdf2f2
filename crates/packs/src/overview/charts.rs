//! The evidence: how the signals went over time, and in parts.

use dashboard::{DrawStyle, Field, Kind, Legend, Palette, Panel, PanelQuery, TimeSeriesOptions};
use wire::id::RefId;

use super::{latency_field, query, success_field};
use crate::expr::rate;
use crate::job::{JobModel, Success};

const QUANTILES: [f64; 4] = [0.5, 0.9, 0.95, 0.99];
const RANGE: &str = "$__rate_interval";

/// A chart for each signal that the model has.
pub(crate) fn charts(model: &JobModel) -> Vec<Panel> {
    let charts = [
        latency_chart(model),
        success_chart(model),
        workers_chart(model),
        queue_chart(model),
        throughput_chart(model),
        failures_chart(model),
    ];
    charts.into_iter().flatten().collect()
}

fn success_chart(model: &JobModel) -> Option<Panel> {
    let ratio = model.success.as_ref()?.success_ratio(RANGE);
    let options = TimeSeriesOptions {
        legend: no_legend(),
        ..TimeSeriesOptions::default()
    };
    Some(Panel {
        field: Field {
            max: Some(1.0),
            ..success_field(model.objective.success)
        },
        ..chart(
            "Success rate",
            vec![query(RefId('A'), ratio, "success")],
            options,
        )
    })
}

fn workers_chart(model: &JobModel) -> Option<Panel> {
    let options = TimeSeriesOptions {
        draw: DrawStyle::Step,
        ..TimeSeriesOptions::default()
    };
    let workers = model.workers.as_ref()?;
    let min = (!workers.drifts).then_some(0.0);
    Some(Panel {
        field: Field {
            min,
            ..Field::default()
        },
        ..chart("Workers and capacity", workers.queries(), options)
    })
}

fn queue_chart(model: &JobModel) -> Option<Panel> {
    let expr = format!("sum({})", model.queue.as_ref()?);
    let options = TimeSeriesOptions {
        draw: DrawStyle::Area,
        legend: no_legend(),
        ..TimeSeriesOptions::default()
    };
    Some(Panel {
        field: from_zero(""),
        ..chart("Queue", vec![query(RefId('A'), expr, "queue")], options)
    })
}

fn latency_chart(model: &JobModel) -> Option<Panel> {
    let latency = model.latency.as_ref()?;
    let quantiles: Vec<PanelQuery> = QUANTILES
        .into_iter()
        .zip(RefId::all())
        .filter_map(|(q, ref_id)| {
            let expr = latency.quantile(q, RANGE)?;
            Some(query(ref_id, expr, &format!("p{}", q * 100.0)))
        })
        .collect();
    let (title, queries, palette) = if quantiles.is_empty() {
        let by = latency.by.as_deref();
        let legend = by.map_or("mean".to_owned(), |label| format!("{{{{{label}}}}}"));
        let mean = query(RefId('A'), latency.mean(by, RANGE), &legend);
        ("Latency, mean", vec![mean], Palette::Categorical)
    } else {
        ("Latency", quantiles, Palette::Steps)
    };
    let options = TimeSeriesOptions {
        palette,
        ..TimeSeriesOptions::default()
    };
    Some(Panel {
        field: Field {
            min: Some(0.0),
            ..latency_field(model, latency)
        },
        ..chart(title, queries, options)
    })
}

fn throughput_chart(model: &JobModel) -> Option<Panel> {
    let throughput = model.throughput.as_ref()?;
    let by = throughput.by.as_deref();
    let title = by.map_or("Throughput".to_owned(), |label| {
        format!("Throughput by {}", label.replace('_', " "))
    });
    let legend = by.map_or(model.noun.clone(), |label| format!("{{{{{label}}}}}"));
    let expr = rate(&throughput.metric, by, RANGE);
    Some(Panel {
        field: from_zero(&format!("{}/s", model.noun)),
        ..chart(
            &title,
            vec![query(RefId('A'), expr, &legend)],
            stacked(Palette::Categorical),
        )
    })
}

fn failures_chart(model: &JobModel) -> Option<Panel> {
    let beside = model.success.as_ref().map(Success::present);
    let queries: Vec<PanelQuery> = model
        .failures
        .iter()
        .zip(RefId::all())
        .map(|(failures, ref_id)| {
            let by = failures.by.as_deref();
            let rates = rate(&failures.metric, by, RANGE);
            let expr = match beside {
                Some(beside) => {
                    let zero = format!("{} * 0", rate(beside, None, RANGE));
                    let zero = match by {
                        // So that what is not there has a name in the legend.
                        Some(label) => {
                            format!("label_replace({zero}, \"{label}\", \"none\", \"\", \"\")")
                        }
                        None => zero,
                    };
                    format!("{rates} or on () {zero}")
                }
                None => rates,
            };
            let name = failures.name.clone();
            let legend = name.or_else(|| by.map(|label| format!("{{{{{label}}}}}")));
            query(ref_id, expr, &legend.unwrap_or("failures".to_owned()))
        })
        .collect();
    if queries.is_empty() {
        return None;
    }
    Some(Panel {
        field: from_zero(&format!("{}/s", model.noun)),
        ..chart("Failures by reason", queries, stacked(Palette::Failures))
    })
}

fn no_legend() -> Legend {
    Legend {
        hidden: true,
        ..Legend::default()
    }
}

fn from_zero(unit: &str) -> Field {
    Field {
        unit: unit.to_owned(),
        min: Some(0.0),
        ..Field::default()
    }
}

fn stacked(palette: Palette) -> TimeSeriesOptions {
    TimeSeriesOptions {
        draw: DrawStyle::Area,
        stacked: true,
        palette,
        ..TimeSeriesOptions::default()
    }
}

fn chart(title: &str, queries: Vec<PanelQuery>, options: TimeSeriesOptions) -> Panel {
    Panel {
        title: title.to_owned(),
        kind: Kind::TimeSeries(options),
        queries,
        ..Panel::default()
    }
}
