//! A source's metrics -> the boards of the systems behind them.
//!
//! Looks soon and often until something is recognised, then rarely, since new
//! systems appear under a running board too. What the configuration says of
//! jobs comes before what packs recognise.

use std::time::{Duration, Instant};

use dashboard::{Board, Grid, Kind, Panel, TextOptions};
use packs::{JobModel, Packs, System, overview};

use super::OVERVIEW;
use super::inventory::inventory;
use crate::source::{Source, SourceError};
use crate::state::AppState;

const LOOK_AGAIN_SOON: Duration = Duration::from_secs(2);
/// Right after the start, the first samples may come at any moment, and not all
/// at once: then there is another look even where something is found.
const LOOK_AGAIN_AT_START: Duration = Duration::from_millis(200);
const STARTING: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Looking takes at most one part in so many of the time.
const LOOKS_IN_SHARE: u32 = 100;
const LOOKING: &str = "## Looking for job systems\n\nThis page changes by itself.";
/// Packs of what runs beside a job system: theirs is the board only where
/// there is no other.
const SIDE_SYSTEMS: [&str; 3] = ["node-exporter", "prometheus", "andon"];

/// Keeps the boards in step with what the sources export, until the server ends.
pub async fn keep(state: AppState, packs: Packs) {
    publish(&state, OVERVIEW, notice(LOOKING));
    loop {
        let began = Instant::now();
        let found = look(&state, &packs).await;
        let is_starting = state.booted().elapsed() < STARTING;
        let pause = match (found, is_starting) {
            (false, true) => LOOK_AGAIN_AT_START,
            (false, false) | (true, true) => LOOK_AGAIN_SOON,
            (true, false) => LOOK_AGAIN,
        };
        // A look over many series costs something, and must cost little in all;
        // waiting for a source that is away costs nothing.
        let is_away = state
            .planes()
            .iter()
            .any(|(_, plane)| plane.outage().is_some());
        let share = if is_away {
            Duration::ZERO
        } else {
            began.elapsed() * LOOKS_IN_SHARE
        };
        let pause = pause.max(share).min(LOOK_AGAIN);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = state.shutdown().cancelled() => return,
        }
    }
}

/// Looks at every source once; returns whether there is something to show.
async fn look(state: &AppState, packs: &Packs) -> bool {
    let mut found = Found::default();
    let mut reasons = Vec::new();
    for job in &state.config().job_models {
        found.add(&job.name, overview(job));
    }
    for (name, source) in state.sources() {
        if matches!(source, Source::Embedded(_)) && state.scraper().is_none() {
            reasons.push(LOOKING.to_owned()); // its store is being opened or filled
            continue;
        }
        let looked = inventory(source).await;
        if let Some(plane) = state.planes().get(name) {
            plane.report(looked.as_ref().err());
        }
        match looked {
            Ok(inventory) => {
                let known = found.0.len();
                found.add_systems(packs.recognise(&inventory), name);
                if found.0.len() == known {
                    reasons.push(nothing_is_recognised(source));
                }
            }
            Err(error) => {
                tracing::debug!(source = name, %error, "cannot look for job systems");
                reasons.push(source_is_silent(source, &error));
            }
        }
    }
    let Some((_, main)) = found.0.first() else {
        return nothing_yet(state, &reasons.join("\n\n"));
    };
    publish(state, OVERVIEW, main.clone());
    for (id, board) in found.0 {
        publish(state, &id, board);
    }
    state.boards().set_ready();
    true
}

/// Boards by id, the most telling first.
#[derive(Default)]
struct Found(Vec<(String, Board)>);

impl Found {
    /// Takes a board in, unless one of its id is there.
    fn add(&mut self, id: &str, board: Board) {
        if self.0.iter().all(|(known, _)| known != id) {
            self.0.push((id.to_owned(), board));
        }
    }

    /// Takes in the boards of what was recognised behind `source`.
    fn add_systems(&mut self, systems: Vec<System>, source: &str) {
        let details = details(&systems);
        let jobs = jobs(systems)
            .into_iter()
            .map(|job| (job.name.clone(), overview(&job)));
        for (id, mut board) in jobs.chain(details) {
            for panel in &mut board.panels {
                source.clone_into(&mut panel.source);
            }
            self.add(&id, board);
        }
    }
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
