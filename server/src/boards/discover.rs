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
use packs::{Inventory, JobModel, Packs};
use query::SourceName;
use tokio::sync::Mutex;
use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;
use wire::id::BoardId;

use super::inventory::{facts, inventory};
use super::known::{FIRST_LOOK_BACK_MS, Known};
use super::notices::{
    LOOKING, NOTHING_IS_WATCHED, nothing_is_recognised, notice, source_is_silent,
};
use super::packs::PackFiles;
use super::system_boards::{Found, ListedBoard, configured};
use super::{BoardEntry, Boards};
use crate::ingest::scrape::Scraper;
use crate::live::hub::Hub;
use crate::query::{NamedFrontend, QueryError, QueryFrontend, QueryFrontends};

const LOOK_AGAIN_SOON: Duration = Duration::from_secs(2);
/// Right after the start, the first samples may come at any moment, and not all
/// at once: then there is another look even where something is found.
const LOOK_AGAIN_AT_START: Duration = Duration::from_millis(200);
const STARTING: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Looking at a source takes at most one part in so many of the time.
const LOOKS_IN_SHARE: u32 = 1_000;

/// What the configuration says of job systems; a reload may change it.
pub struct DiscoverySettings {
    /// The jobs of the configuration.
    pub job_models: Vec<JobModel>,
    /// The packs in use, which follow their files.
    pub packs: Mutex<PackFiles>,
}

/// What looking for job systems needs.
#[derive(Clone)]
pub struct Discovery {
    /// The sources, the default one first.
    pub frontends: QueryFrontends,
    /// What the configuration says, as of the newest reload.
    pub settings: Receiver<Arc<DiscoverySettings>>,
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

/// What is known of all sources, whatever the configuration says of them.
#[derive(Default)]
struct Seen {
    sources: HashMap<SourceName, Known>,
    /// The boards that are up.
    shown: HashSet<BoardId>,
    /// Boards that were up before a reload or other packs, and go unless they are
    /// shown again.
    outdated: HashSet<BoardId>,
}

/// Keeps the boards in step with what the sources export, until the server ends.
pub async fn run(discovery: Discovery) {
    discovery.publish(&BoardId::overview(), notice(LOOKING));
    let mut told = discovery.frontends.subscribe();
    let mut settings = discovery.settings.clone();
    let mut seen = Seen::default();
    loop {
        let round = Round {
            discovery: &discovery,
            sources: Arc::clone(&told.borrow_and_update()),
            settings: Arc::clone(&settings.borrow_and_update()),
        };
        tokio::select! {
            () = round.follow(&mut seen) => {}
            Ok(()) = told.changed() => {}
            Ok(()) = settings.changed() => {}
            () = discovery.shutdown.cancelled() => return,
        }
    }
}

/// Looking for as long as the configuration stays what it is.
struct Round<'a> {
    discovery: &'a Discovery,
    sources: Arc<[NamedFrontend]>,
    settings: Arc<DiscoverySettings>,
}

impl Round<'_> {
    /// Looks at every source again and again. Boards that are up stay until every
    /// source has answered, or could not.
    async fn follow(&self, seen: &mut Seen) {
        let mut files = self.settings.packs.lock().await;
        let kept = self.sources.iter().map(|(name, frontend)| {
            let known = seen.sources.remove(name);
            let known = known.filter(|known| known.is_of(frontend));
            (name.clone(), known.unwrap_or_else(|| Known::of(frontend)))
        });
        seen.sources = kept.collect();
        self.recognise(seen, files.packs());
        let mut unseen: HashSet<usize> = (0..self.sources.len()).collect();
        let mut looks = FuturesUnordered::new();
        for (place, (name, _)) in self.sources.iter().enumerate() {
            let back_ms = seen.look_back_ms(name);
            looks.push(self.look_after(place, Duration::ZERO, back_ms));
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
                            self.take_over(seen, look, &packs);
                            unseen.remove(&source);
                            let is_found = self.show(seen);
                            if unseen.is_empty() {
                                self.take_down_outdated(seen, is_found);
                            }
                            let pause = self.discovery.pause(is_found, is_silent, took);
                            let back_ms = seen.look_back_ms(&self.sources[source].0);
                            looks.push(self.look_after(source, pause, back_ms));
                        }
                        () = &mut changed => break,
                    }
                }
            }
            let is_found = self.recognise(seen, files.packs());
            self.take_down_outdated(seen, is_found);
        }
    }

    /// Shows what is known by other packs or another configuration; returns whether
    /// there is anything.
    fn recognise(&self, seen: &mut Seen, packs: &Packs) -> bool {
        for known in seen.sources.values_mut() {
            known.recognise(packs);
        }
        let before = std::mem::take(&mut seen.shown);
        seen.outdated.extend(before);
        self.show(seen)
    }

    /// Takes down the boards that are shown no more.
    fn take_down_outdated(&self, seen: &mut Seen, is_found: bool) {
        let outdated = std::mem::take(&mut seen.outdated);
        let gone: Vec<&BoardId> = outdated.difference(&seen.shown).collect();
        for id in &gone {
            self.discovery.boards.remove_found(id);
        }
        if !gone.is_empty() && !is_found {
            self.show_reasons(seen);
        }
    }
}

impl Seen {
    /// How far back the next look at a source goes.
    fn look_back_ms(&self, source: &SourceName) -> i64 {
        let known = self.sources.get(source);
        known.map_or(FIRST_LOOK_BACK_MS, Known::look_back_ms)
    }
}

impl Round<'_> {
    async fn look_after(&self, source: usize, pause: Duration, back_ms: i64) -> Look {
        tokio::time::sleep(pause).await;
        let began = Instant::now();
        Look {
            source,
            outcome: self.look_at(&self.sources[source].1, back_ms).await,
            took: began.elapsed(),
        }
    }

    async fn look_at(&self, frontend: &QueryFrontend, back_ms: i64) -> Outcome {
        if frontend.is_own_store() && self.discovery.scraper.get().is_none() {
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
    fn take_over(&self, seen: &mut Seen, look: Look, packs: &Packs) {
        let (name, frontend) = &self.sources[look.source];
        let known = seen.sources.entry(name.clone()).or_default();
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
        if self.discovery.booted.elapsed() >= STARTING {
            let facts = facts(inventory.clone(), packs, interval_ms);
            self.discovery.boards.linter().learn(name, facts);
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

    /// Puts up the boards of what is known so far; returns whether there are any.
    fn show(&self, seen: &mut Seen) -> bool {
        let job_models = &self.settings.job_models;
        let mut found = Found::default();
        for job in job_models {
            found.add_system(configured(job), &SourceName::default_source());
        }
        for (name, _) in &*self.sources {
            let known = seen.sources.get(name).into_iter();
            for system in known.flat_map(|known| &known.systems) {
                found.add_system(system.clone(), name);
            }
        }
        let Some(main) = found.overview(job_models.len()) else {
            if !self.discovery.boards.is_ready() {
                self.show_reasons(seen);
            }
            return false;
        };
        self.discovery.publish(&BoardId::overview(), main);
        let mut order = Vec::new();
        for ListedBoard { folder, id, board } in found.boards(job_models.len()) {
            self.discovery.publish_in(&folder, &id, board);
            order.push(id.clone());
            seen.shown.insert(id);
        }
        self.discovery.boards.arrange(&order);
        self.discovery.boards.set_ready();
        true
    }

    /// Says why there is no board.
    fn show_reasons(&self, seen: &Seen) {
        let known = self.sources.iter();
        let known = known.filter_map(|(name, _)| seen.sources.get(name));
        let reasons: Vec<&str> = known.filter_map(|one| one.reason.as_deref()).collect();
        if !reasons.is_empty() {
            let notice = notice(&reasons.join("\n\n"));
            self.discovery.publish(&BoardId::overview(), notice);
        }
    }
}

impl Discovery {
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
