//! A source's metrics -> the boards of the systems behind them.
//!
//! Looks soon and often until something is recognised, then rarely, since new
//! systems appear under a running board too. What the configuration says of
//! jobs comes before what packs recognise.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use dashboard::{Board, Grid, Kind, Panel, TextOptions};
use packs::{
    FoundSystem, Inventory, JobModel, Packs, System, explain, limits_board, overview,
    systems_board, with_systems_beside,
};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::inventory::{facts, inventory};
use super::packs::PackFiles;
use super::{Boards, OVERVIEW, OVERVIEW_TITLE};
use crate::clock::now_ms;
use crate::ingest::scrape::Scraper;
use crate::live::hub::Hub;
use crate::query::QueryFrontends;
use crate::query::scrape_interval::learn;
use crate::source::{Source, SourceError};

const LOOK_AGAIN_SOON: Duration = Duration::from_secs(2);
/// Right after the start, the first samples may come at any moment, and not all
/// at once: then there is another look even where something is found.
const LOOK_AGAIN_AT_START: Duration = Duration::from_millis(200);
const STARTING: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Looking takes at most one part in so many of the time.
const LOOKS_IN_SHARE: u32 = 1_000;
const LOOKING: &str = "## Looking for job systems\n\nThis page changes by itself.";
/// Packs of what runs beside a job system: theirs is the board only where
/// there is no other.
const SIDE_SYSTEMS: [&str; 4] = ["span-metrics", "node-exporter", "prometheus", "andon"];
/// The board of all systems.
const SYSTEMS: &str = "systems";

/// What looking for job systems needs.
#[derive(Clone)]
pub struct Discovery {
    /// The sources by their names, the default one first.
    pub sources: Vec<(String, Source)>,
    /// What stands before them.
    pub frontends: QueryFrontends,
    /// The jobs of the configuration.
    pub job_models: Vec<JobModel>,
    /// Where boards go.
    pub boards: Boards,
    /// Who is told of them.
    pub hub: Hub,
    /// Whoever scrapes into the engine of our own, once its store is open.
    pub scraper: Arc<OnceLock<Scraper>>,
    /// When the server started.
    pub booted: tokio::time::Instant,
    /// Ends the looking.
    pub shutdown: CancellationToken,
}

/// Keeps the boards in step with what the sources export, until the server ends.
pub async fn run(discovery: Discovery, files: Arc<Mutex<PackFiles>>) {
    let mut files = files.lock().await;
    publish(&discovery, OVERVIEW, notice(LOOKING));
    let mut shown = HashSet::new();
    let mut is_changed = false;
    loop {
        let began = Instant::now();
        let found = look(&discovery, files.packs(), &mut shown, is_changed).await;
        let is_starting = discovery.booted.elapsed() < STARTING;
        let pause = match (found, is_starting) {
            (false, true) => LOOK_AGAIN_AT_START,
            (false, false) | (true, true) => LOOK_AGAIN_SOON,
            (true, false) => LOOK_AGAIN,
        };
        // A look over many series costs something, and must cost little in all;
        // waiting for a source that is away costs nothing.
        let is_away = discovery
            .frontends
            .iter()
            .any(|(_, frontend)| frontend.outage().is_some());
        let share = if is_away {
            Duration::ZERO
        } else {
            began.elapsed() * LOOKS_IN_SHARE
        };
        let pause = pause.max(share).min(LOOK_AGAIN);
        tokio::select! {
            () = tokio::time::sleep(pause) => is_changed = false,
            () = files.changed() => is_changed = true,
            () = discovery.shutdown.cancelled() => return,
        }
    }
}

/// Looks at every source once; returns whether there is something to show.
/// `shown` are the ids of the boards so far: what is away for a while keeps its
/// boards, what other packs show no more does not.
async fn look(
    discovery: &Discovery,
    packs: &Packs,
    shown: &mut HashSet<String>,
    packs_changed: bool,
) -> bool {
    let mut found = Found::default();
    let mut reasons = Vec::new();
    for job in &discovery.job_models {
        found.add_system(configured(job), "");
    }
    for (name, source) in &discovery.sources {
        reasons.extend(look_at(discovery, packs, name, source, &mut found).await);
    }
    let configured = discovery.job_models.len();
    let Some(main) = found.overview(configured) else {
        return nothing_yet(discovery, &reasons.join("\n\n"));
    };
    publish(discovery, OVERVIEW, main);
    let before = match packs_changed {
        true => std::mem::take(shown),
        false => HashSet::new(),
    };
    for ListedBoard { folder, id, board } in found.boards(configured) {
        publish_in(discovery, &folder, &id, board);
        shown.insert(id);
    }
    for id in before.difference(shown) {
        discovery.boards.remove(id);
    }
    discovery.boards.set_ready();
    true
}

/// Looks at one source; returns why nothing was found.
async fn look_at(
    discovery: &Discovery,
    packs: &Packs,
    name: &str,
    source: &Source,
    found: &mut Found,
) -> Option<String> {
    if matches!(source, Source::Embedded(_)) && discovery.scraper.get().is_none() {
        return Some(LOOKING.to_owned()); // its store is being opened or filled
    }
    let looked = inventory(source).await;
    if let Some(frontend) = discovery.frontends.get(name) {
        frontend.report(looked.as_ref().err());
    }
    match looked {
        Ok(inventory) => {
            let known = found.systems.len();
            for system in ordered(packs.recognise(&inventory)) {
                found.add_system(system, name);
            }
            inform_linter(discovery, name, source, inventory, packs).await;
            (found.systems.len() == known).then(|| nothing_is_recognised(source))
        }
        Err(error) => {
            tracing::debug!(source = name, %error, "cannot look for job systems");
            Some(source_is_silent(source, &error))
        }
    }
}

/// Has the queries of boards checked against what the source exports, once its first
/// samples had time to come.
async fn inform_linter(
    discovery: &Discovery,
    name: &str,
    source: &Source,
    inventory: Inventory,
    packs: &Packs,
) {
    if discovery.booted.elapsed() >= STARTING {
        let interval_ms = learn(source, now_ms()).await;
        let facts = facts(inventory, packs, interval_ms);
        discovery.boards.linter().know(name, facts);
    }
}

/// A job of the configuration as a system of its own.
fn configured(job: &JobModel) -> System {
    System {
        name: job.name.clone(),
        title: job.title.clone(),
        about: String::new(),
        jobs: vec![job.clone()],
        limits: Vec::new(),
        known_issues: Vec::new(),
        board: None,
    }
}

/// Job systems before what runs beside them.
fn ordered(mut systems: Vec<System>) -> Vec<System> {
    systems.sort_by_key(|system| side(&system.name));
    systems
}

/// The place of a system that runs beside others.
fn side(name: &str) -> Option<usize> {
    SIDE_SYSTEMS.iter().position(|side| *side == name)
}

/// A board, and the system that it is listed under.
struct ListedBoard {
    folder: String,
    id: String,
    board: Board,
}

/// What was recognised, the most telling first, with its boards.
#[derive(Default)]
struct Found {
    systems: Vec<FoundSystem>,
    boards: Vec<ListedBoard>,
}

impl Found {
    /// Takes in a system that was recognised behind `source`. Of boards of one
    /// id the first counts; a system of none but such boards is left out.
    fn add_system(&mut self, system: System, source: &str) {
        let jobs = system.jobs.iter().map(|job| {
            let mut board = overview(job);
            explain(&mut board, &system.known_issues);
            (job.name.clone(), board)
        });
        let is_new = |(id, _): &(String, Board)| self.boards.iter().all(|known| known.id != *id);
        let all = jobs.chain(details(&system)).filter(is_new);
        let mut boards: Vec<(String, Board)> = all.collect();
        if let Some(shipped) = system.board.as_ref().filter(|shipped| shipped.is_first) {
            boards.sort_by_key(|(id, _)| *id != shipped.id); // stable: the others stay
        }
        if boards.is_empty() {
            return;
        }
        let title = |(id, board): &(String, Board)| (id.clone(), board.title.clone());
        let titles = boards.iter().map(title).collect();
        let listed = boards.into_iter().map(|(id, board)| ListedBoard {
            folder: system.title.clone(),
            id,
            board: asked_of(source, board),
        });
        self.boards.extend(listed);
        self.systems.push(FoundSystem {
            boards: titles,
            source: source.to_owned(),
            system,
        });
    }

    /// Whether the first page is that of all systems: where there are several
    /// job systems, unless the configuration names the one that is meant.
    fn is_shared(&self, configured: usize) -> bool {
        let mains = self.systems.iter();
        let mains = mains.filter(|found| side(&found.system.name).is_none());
        mains.count() > 1 && configured != 1
    }

    /// The first page.
    fn overview(&self, configured: usize) -> Option<Board> {
        if self.is_shared(configured) {
            return Some(Board {
                title: OVERVIEW_TITLE.to_owned(),
                ..systems_board(&self.systems)
            });
        }
        let board = self.boards.first()?.board.clone();
        let title = format!("{OVERVIEW_TITLE}: {}", board.title);
        let board = with_systems_beside(board, self.systems.get(1..).unwrap_or_default());
        Some(Board { title, ..board })
    }

    /// Every board in the order of the navigation; that of all systems where
    /// the first page is another.
    fn boards(self, configured: usize) -> Vec<ListedBoard> {
        let several = self.systems.len() > 1 && !self.is_shared(configured);
        let systems = several.then(|| ListedBoard {
            folder: String::new(),
            id: SYSTEMS.to_owned(),
            board: systems_board(&self.systems),
        });
        systems.into_iter().chain(self.boards).collect()
    }
}

/// The board with its panels and variables asking `source`.
fn asked_of(source: &str, mut board: Board) -> Board {
    for panel in &mut board.panels {
        source.clone_into(&mut panel.source);
    }
    for variable in &mut board.variables {
        source.clone_into(&mut variable.source);
    }
    board
}

/// Says why there is no board; one that is up stays up.
fn nothing_yet(discovery: &Discovery, markdown: &str) -> bool {
    if !discovery.boards.is_ready() {
        publish(discovery, OVERVIEW, notice(markdown));
    }
    false
}

/// What there is beside the overviews of a system's jobs: the board that ships
/// for it, and that of its limits.
fn details(system: &System) -> Vec<(String, Board)> {
    let shipped = system
        .board
        .clone()
        .map(|shipped| (shipped.id, shipped.board));
    let limits = limits_board(system).map(|board| (format!("{}-limits", system.name), board));
    shipped.into_iter().chain(limits).collect()
}

fn publish(discovery: &Discovery, id: &str, board: Board) {
    publish_in(discovery, "", id, board);
}

fn publish_in(discovery: &Discovery, folder: &str, id: &str, board: Board) {
    if discovery.boards.put_in(folder, id, board) {
        tracing::info!(board = id, "board is up");
        discovery.hub.board_changed(id);
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
            ..TextOptions::default()
        }),
        ..Panel::default()
    };
    Board {
        title: OVERVIEW_TITLE.to_owned(),
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
            title: name.to_owned(),
            about: String::new(),
            jobs: job.into_iter().collect(),
            limits: Vec::new(),
            known_issues: Vec::new(),
            board: None,
        }
    }

    fn check(configured: usize, names: &[&str], first: &str, boards: &[&str]) {
        let mut found = Found::default();
        for system in ordered(names.iter().map(|name| system(name)).collect()) {
            found.add_system(system, "prometheus");
        }
        let main = found.overview(configured).unwrap();
        assert_eq!(main.panels[0].title, first, "{names:?}");
        let ids: Vec<String> = found
            .boards(configured)
            .into_iter()
            .map(|listed| listed.id)
            .collect();
        assert_eq!(ids, boards);
    }

    #[test]
    fn job_systems_come_before_what_runs_beside_them() {
        let all = ["systems", "farm", "node-exporter", "andon"];
        check(0, &["andon", "node-exporter", "farm"], "Queue", &all);
        check(0, &["farm", "farm"], "Queue", &["farm"]);
    }

    #[test]
    fn several_job_systems_share_the_first_page_unless_one_is_configured() {
        let all = ["farm", "mill"];
        check(0, &["farm", "mill"], "farm", &all);
        check(1, &["farm", "mill"], "Queue", &["systems", "farm", "mill"]);
        check(2, &["farm", "mill"], "farm", &all);
    }
}
