//! A source's metrics -> the boards of the systems behind them.
//!
//! Looks soon and often until something is recognised, then rarely, since new
//! systems appear under a running board too. What the configuration says of
//! jobs comes before what packs recognise.

use std::collections::HashSet;
use std::time::Duration;

use dashboard::{Board, Grid, Kind, Panel, TextOptions};
use packs::{Inventory, JobModel, Packs, System, overview};
use series::{MetricKind, TimeRange};

use super::OVERVIEW;
use crate::clock::now_ms;
use crate::source::{SeriesQuery, Source, SourceError};
use crate::state::AppState;

const LOOK_AGAIN_SOON: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Metrics that were exported within this time count as there.
const RECENT_MS: i64 = 10 * 60 * 1_000;
/// Label names are looked up for sources of at most so many metrics: beyond,
/// the answer would be large, and packs recognise by names alone.
const METRICS_WITH_LABELS: usize = 3_000;
/// So many series tell which labels there are.
const SERIES_LOOKED_AT: usize = 20_000;
/// Packs of what runs beside a job system: theirs is the board only where
/// there is no other.
const SIDE_SYSTEMS: [&str; 3] = ["node-exporter", "prometheus", "andon"];

/// Keeps the boards in step with what the source exports, until the server ends.
pub async fn keep(state: AppState, packs: Packs) {
    loop {
        let found = look(&state, &packs).await;
        let pause = if found { LOOK_AGAIN } else { LOOK_AGAIN_SOON };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = state.shutdown().cancelled() => return,
        }
    }
}

/// Looks once; returns whether there is a job system to show.
async fn look(state: &AppState, packs: &Packs) -> bool {
    let Some(source) = state.source("") else {
        return false;
    };
    let configured = &state.config().job_models;
    let recognised = match inventory(source).await {
        Ok(inventory) => packs.recognise(&inventory),
        Err(error) if configured.is_empty() => {
            tracing::warn!(%error, "cannot look for job systems");
            return nothing_yet(state, &source_is_silent(source, &error));
        }
        Err(_) => Vec::new(),
    };
    let details = details(&recognised);
    let mut jobs: Vec<JobModel> = configured.iter().cloned().chain(jobs(recognised)).collect();
    let mut names = HashSet::new();
    jobs.retain(|job| names.insert(job.name.clone()));
    let first_of_details = || details.first().map(|(_, board)| board.clone());
    let Some(main) = jobs.first().map(overview).or_else(first_of_details) else {
        return nothing_yet(state, &nothing_is_recognised(source));
    };
    publish(state, OVERVIEW, main);
    for job in &jobs {
        publish(state, &job.name, overview(job));
    }
    for (id, board) in details {
        publish(state, &id, board);
    }
    state.boards().set_ready();
    true
}

/// Says why there is no board; one that is up stays up.
fn nothing_yet(state: &AppState, markdown: &str) -> bool {
    if !state.boards().is_ready() {
        publish(state, OVERVIEW, notice(markdown));
    }
    false
}

/// The boards that ship for systems, beside the overviews of their jobs.
fn details(systems: &[System]) -> Vec<(String, Board)> {
    let detail = |system: &System| {
        let is_taken = system.jobs.iter().any(|job| job.name == system.name);
        let suffix = if is_taken { "-details" } else { "" };
        Some((format!("{}{suffix}", system.name), system.board.clone()?))
    };
    systems.iter().filter_map(detail).collect()
}

/// Every job of every system, job systems before what runs beside them.
fn jobs(mut systems: Vec<System>) -> Vec<JobModel> {
    systems.sort_by_key(|system| SIDE_SYSTEMS.iter().position(|side| *side == system.name));
    systems.into_iter().flat_map(|system| system.jobs).collect()
}

fn publish(state: &AppState, id: &str, board: Board) {
    if state.boards().put(id, board) {
        tracing::info!(board = id, "board is up");
        state.hub().board_changed(id);
    }
}

async fn inventory(source: &Source) -> Result<Inventory, SourceError> {
    let now_ms = now_ms();
    let range = TimeRange {
        start_ms: now_ms - RECENT_MS,
        end_ms: now_ms,
    };
    let all = SeriesQuery {
        selectors: Vec::new(),
        range,
        limit: 0,
    };
    let names = source.label_values(series::METRIC_NAME, &all).await?.items;
    let mut inventory = Inventory::default();
    for name in &names {
        inventory.declare(name, MetricKind::Unknown);
    }
    if names.len() <= METRICS_WITH_LABELS {
        let selectors = vec![r#"{__name__!=""}"#.to_owned()];
        let some = SeriesQuery {
            selectors,
            range,
            limit: SERIES_LOOKED_AT,
        };
        for labels in source
            .series(&some)
            .await?
            .items
            .iter()
            .take(SERIES_LOOKED_AT)
        {
            inventory.add_series(labels);
        }
    }
    for metric in source.metadata(None).await? {
        inventory.declare(&metric.name, metric.metadata.kind);
    }
    Ok(inventory)
}

fn source_is_silent(source: &Source, error: &SourceError) -> String {
    format!(
        "## The source does not answer\n\n\
         Andon reads from **{}**: {error}.\n\n\
         It asks again every few seconds, and this page changes by itself.",
        source.describe()
    )
}

fn nothing_is_recognised(source: &Source) -> String {
    format!(
        "## No job system is recognised yet\n\n\
         Andon reads from **{}** and finds no metrics there of which it knows what they mean. \
         It keeps looking, and this page changes by itself.\n\n\
         To say which metrics mean latency, success, workers and queue, add a `[[job]]` table \
         to `andon.toml`.",
        source.describe()
    )
}

/// A board that is one text.
fn notice(markdown: &str) -> Board {
    let panel = Panel {
        grid: Grid {
            x: 0,
            y: 0,
            w: 24,
            h: 6,
        },
        kind: Kind::Text(TextOptions {
            markdown: markdown.to_owned(),
        }),
        ..Panel::default()
    };
    Board {
        title: "Overview".to_owned(),
        panels: vec![panel],
        ..Board::default()
    }
    .numbered()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(name: &str) -> System {
        let toml = format!("name = \"{name}\"\ntitle = \"\"\nqueue = \"q\"");
        let job = toml::from_str(&toml);
        System {
            name: name.to_owned(),
            title: String::new(),
            about: String::new(),
            jobs: job.into_iter().collect(),
            limits: Vec::new(),
            quirks: Vec::new(),
            board: None,
        }
    }

    #[test]
    fn job_systems_come_before_what_runs_beside_them() {
        let found = ["andon", "node-exporter", "farm"].map(system).to_vec();
        let names: Vec<String> = jobs(found).into_iter().map(|job| job.name).collect();
        assert_eq!(names, ["farm", "node-exporter", "andon"]);
    }
}
