//! What sources export -> the boards of the systems behind them.
//!
//! Sources are looked at side by side, each again after a pause of its own, and
//! each is shown as it answers: one that is away holds up no other, and keeps
//! the boards that it had. Looks come soon and often until something is
//! recognised, then rarely, since new systems appear under a running board too.
//! What the configuration says of jobs comes before what packs recognise.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use dashboard::Board;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use packs::{Inventory, JobModel, Packs, System, Targets};
use query::SourceName;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use wire::id::BoardId;

use super::inventory::{RECENT_MS, facts, inventory};
use super::notices::{
    LOOKING, NOTHING_IS_WATCHED, nothing_is_recognised, notice, source_is_silent,
};
use super::packs::PackFiles;
use super::system_boards::{Found, ListedBoard, configured, ordered};
use super::{BoardEntry, Boards};
use crate::ingest::scrape::Scraper;
use crate::live::hub::Hub;
use crate::query::{QueryError, QueryFrontend, QueryFrontends};

const LOOK_AGAIN_SOON: Duration = Duration::from_secs(2);
/// Right after the start, the first samples may come at any moment, and not all
/// at once: then there is another look even where something is found.
const LOOK_AGAIN_AT_START: Duration = Duration::from_millis(200);
const STARTING: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// The first look goes back so far: a system that fell silent before Andon
/// started is still there.
const FIRST_LOOK_BACK_MS: i64 = 6 * 3_600 * 1_000;
/// A system that exports nothing and has no target is forgotten after so long:
/// it was taken away.
const FORGET_AFTER: Duration = Duration::from_secs(6 * 3_600);
/// Looking at a source takes at most one part in so many of the time.
const LOOKS_IN_SHARE: u32 = 1_000;

/// What looking for job systems needs.
#[derive(Clone)]
pub struct Discovery {
    /// The sources, the default one first.
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

/// A look at one source.
struct Look {
    source: usize,
    took: Duration,
    outcome: Outcome,
}

enum Outcome {
    /// Our own store is being opened or filled.
    Opening,
    Seen {
        inventory: Inventory,
        interval_ms: Option<i64>,
    },
    Silent(QueryError),
}

/// What is known of one source.
#[derive(Default)]
struct Known {
    inventory: Option<Inventory>,
    systems: Vec<System>,
    /// Since when those export nothing that do not.
    silent_since: HashMap<String, Instant>,
    /// Why there is none, once that is known.
    reason: Option<String>,
}

/// Keeps the boards in step with what the sources export, until the server ends.
pub async fn run(discovery: Discovery, files: Arc<Mutex<PackFiles>>) {
    let mut files = files.lock().await;
    discovery.publish(&BoardId::overview(), notice(LOOKING));
    let sources: Vec<&QueryFrontend> = discovery.frontends.iter().map(|(_, one)| one).collect();
    let mut known: Vec<Known> = sources.iter().map(|_| Known::default()).collect();
    let mut shown = HashSet::new();
    discovery.show(&known, &mut shown);
    let mut looks = FuturesUnordered::new();
    for (place, source) in sources.iter().enumerate() {
        looks.push(discovery.look_after(place, source, Duration::ZERO, FIRST_LOOK_BACK_MS));
    }
    loop {
        let packs = files.packs().clone();
        {
            let mut changed = pin!(files.changed());
            loop {
                tokio::select! {
                    Some(look) = looks.next() => {
                        let (source, took) = (look.source, look.took);
                        let is_silent = matches!(look.outcome, Outcome::Silent(_));
                        discovery.take_over(&mut known[source], sources[source], look, &packs);
                        let is_found = discovery.show(&known, &mut shown);
                        let pause = discovery.pause(is_found, is_silent, took);
                        let back_ms = known[source].look_back_ms();
                        looks.push(discovery.look_after(source, sources[source], pause, back_ms));
                    }
                    () = &mut changed => break,
                    () = discovery.shutdown.cancelled() => return,
                }
            }
        }
        for known in &mut known {
            known.recognise(files.packs());
        }
        // Boards that the new packs do not show go.
        let before = std::mem::take(&mut shown);
        discovery.show(&known, &mut shown);
        for id in before.difference(&shown) {
            discovery.boards.remove_found(id);
        }
    }
}

impl Known {
    fn look_back_ms(&self) -> i64 {
        match self.inventory {
            None => FIRST_LOOK_BACK_MS,
            Some(_) => RECENT_MS,
        }
    }

    /// A system that exports nothing any more is still there: that it is silent
    /// is what its page must say.
    fn recognise(&mut self, packs: &Packs) {
        let Some(inventory) = &self.inventory else {
            return;
        };
        let mut systems = packs.recognise(inventory);
        for before in std::mem::take(&mut self.systems) {
            match systems.iter_mut().find(|now| now.name == before.name) {
                Some(now) => {
                    self.silent_since.remove(&now.name);
                    *now = now.clone().with_targets(inventory, &before.targets);
                }
                None if before.is_silent(inventory) => {
                    let targets = before.targets.clone();
                    let silent = before.with_targets(inventory, &targets);
                    let since = self.silent_since.entry(silent.name.clone());
                    let since = *since.or_insert_with(Instant::now);
                    if silent.targets.up().is_some() || since.elapsed() < FORGET_AFTER {
                        systems.push(silent);
                    }
                }
                // Its metrics are there, and mean something else by now.
                None => {}
            }
        }
        let targets: Vec<Targets> = systems.iter().map(|one| one.targets.clone()).collect();
        for system in &mut systems {
            targets
                .iter()
                .for_each(|others| system.targets.leave(others));
        }
        self.systems = ordered(systems);
    }
}

impl Discovery {
    async fn look_after(
        &self,
        source: usize,
        frontend: &QueryFrontend,
        pause: Duration,
        back_ms: i64,
    ) -> Look {
        tokio::time::sleep(pause).await;
        let began = Instant::now();
        Look {
            source,
            outcome: self.look_at(frontend, back_ms).await,
            took: began.elapsed(),
        }
    }

    async fn look_at(&self, frontend: &QueryFrontend, back_ms: i64) -> Outcome {
        if frontend.is_own_store() && self.scraper.get().is_none() {
            return Outcome::Opening;
        }
        match inventory(frontend, back_ms).await {
            Ok(inventory) => Outcome::Seen {
                inventory,
                interval_ms: frontend.scrape_interval_ms().await,
            },
            Err(error) => Outcome::Silent(error),
        }
    }

    /// Takes over what a look has seen. A source that is away is still what it was.
    fn take_over(&self, known: &mut Known, frontend: &QueryFrontend, look: Look, packs: &Packs) {
        let (inventory, interval_ms) = match look.outcome {
            Outcome::Seen {
                inventory,
                interval_ms,
            } => (inventory, interval_ms),
            Outcome::Opening => {
                known.reason = Some(LOOKING.to_owned());
                return;
            }
            Outcome::Silent(error) => {
                let source = frontend.describe();
                tracing::debug!(source, %error, "cannot look for job systems");
                known.reason = Some(source_is_silent(&source, &error));
                return;
            }
        };
        // Queries of boards are judged by what the source exports once its first
        // samples had time to come.
        if self.booted.elapsed() >= STARTING
            && let Some((name, _)) = self.frontends.iter().nth(look.source)
        {
            let facts = facts(inventory.clone(), packs, interval_ms);
            self.boards.linter().learn(name, facts);
        }
        let is_fed = !frontend.is_own_store() || !inventory.is_empty();
        known.inventory = Some(inventory);
        known.recognise(packs);
        known.reason = known.systems.is_empty().then(|| {
            if is_fed {
                nothing_is_recognised(&frontend.describe())
            } else {
                NOTHING_IS_WATCHED.to_owned()
            }
        });
    }

    /// How long the next look at a source can wait.
    fn pause(&self, is_found: bool, is_silent: bool, took: Duration) -> Duration {
        let is_starting = self.booted.elapsed() < STARTING;
        let pause = match (is_found && !is_silent, is_starting) {
            (false, true) => LOOK_AGAIN_AT_START,
            (false, false) | (true, true) => LOOK_AGAIN_SOON,
            (true, false) => LOOK_AGAIN,
        };
        // A look over many series costs something, and must cost little in all;
        // waiting for a source that is away costs nothing.
        let share = if is_silent {
            Duration::ZERO
        } else {
            took * LOOKS_IN_SHARE
        };
        pause.max(share).min(LOOK_AGAIN)
    }

    /// Puts up the boards of what is known so far, and adds their ids to `shown`;
    /// returns whether there are any.
    fn show(&self, known: &[Known], shown: &mut HashSet<BoardId>) -> bool {
        let mut found = Found::default();
        for job in &self.job_models {
            found.add_system(configured(job), &SourceName::default_source());
        }
        for ((name, _), known) in self.frontends.iter().zip(known) {
            for system in &known.systems {
                found.add_system(system.clone(), name);
            }
        }
        let Some(main) = found.overview(self.job_models.len()) else {
            self.show_reasons(known);
            return false;
        };
        self.publish(&BoardId::overview(), main);
        let mut order = Vec::new();
        for ListedBoard { folder, id, board } in found.boards(self.job_models.len()) {
            self.publish_in(&folder, &id, board);
            order.push(id.clone());
            shown.insert(id);
        }
        self.boards.arrange(&order);
        self.boards.set_ready();
        true
    }

    /// Says why there is no board; one that is up stays up.
    fn show_reasons(&self, known: &[Known]) {
        let reasons = known.iter().filter_map(|known| known.reason.as_deref());
        let reasons: Vec<&str> = reasons.collect();
        if !reasons.is_empty() && !self.boards.is_ready() {
            self.publish(&BoardId::overview(), notice(&reasons.join("\n\n")));
        }
    }

    fn publish(&self, id: &BoardId, board: Board) {
        self.publish_in("", id, board);
    }

    fn publish_in(&self, folder: &str, id: &BoardId, board: Board) {
        if self.boards.put_found(folder, id, board) {
            tracing::info!(board = id.as_str(), "board is up");
            self.hub.board_changed(id);
        }
    }
}

impl Boards {
    /// Has the boards of these ids stand in this order, in the places that they
    /// have together: whichever source answers first, the navigation is the same.
    fn arrange(&self, ids: &[BoardId]) {
        let mut entries = self.entries.write();
        let mut places: HashMap<&BoardId, usize> = HashMap::new();
        for (place, id) in ids.iter().enumerate() {
            places.entry(id).or_insert(place);
        }
        let (at, mut arranged): (Vec<usize>, Vec<Arc<BoardEntry>>) = entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| places.contains_key(&entry.id))
            .map(|(at, entry)| (at, Arc::clone(entry)))
            .unzip();
        arranged.sort_by_key(|entry| places.get(&entry.id).copied());
        for (at, entry) in at.into_iter().zip(arranged) {
            entries[at] = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_stand_in_the_order_of_their_sources() {
        let boards = Boards::default();
        for id in ["", "b", "file", "a", "c"] {
            boards.put_found("", &id.into(), Board::default());
        }
        boards.arrange(&["a", "b", "c"].map(BoardId::from));
        let ids: Vec<BoardId> = boards.all().iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(ids, ["", "a", "file", "b", "c"].map(BoardId::from));
    }
}
