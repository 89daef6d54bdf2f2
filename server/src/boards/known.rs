//! What looks at one source have shown -> the systems behind it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use packs::{Inventory, Packs, System, Targets};

use super::inventory::RECENT_MS;
use super::system_boards::ordered;
use crate::query::QueryFrontend;

/// The first look goes back so far: a system that fell silent before Andon
/// started is still there.
pub const FIRST_LOOK_BACK_MS: i64 = 6 * 3_600 * 1_000;
/// A system that exports nothing and has no target is forgotten after so long:
/// it was taken away.
const FORGET_AFTER: Duration = Duration::from_secs(6 * 3_600);

/// What is known of one source.
#[derive(Default)]
pub struct Known {
    /// Whatever stands before it: another source of its name is not known.
    frontend: Option<QueryFrontend>,
    /// What the newest look has shown.
    pub inventory: Option<Inventory>,
    /// What is recognised of it.
    pub systems: Vec<System>,
    /// Since when those export nothing that do not.
    silent_since: HashMap<String, Instant>,
    /// Why there is none, once that is known.
    pub reason: Option<String>,
}

impl Known {
    /// Nothing is known yet.
    pub fn of(frontend: &QueryFrontend) -> Self {
        Self {
            frontend: Some(frontend.clone()),
            ..Self::default()
        }
    }

    /// Whether it is of the source behind this frontend.
    pub fn is_of(&self, frontend: &QueryFrontend) -> bool {
        let own = self.frontend.as_ref();
        own.is_some_and(|own| own.is_same(frontend))
    }

    /// How far back the next look goes.
    pub fn look_back_ms(&self) -> i64 {
        match self.inventory {
            None => FIRST_LOOK_BACK_MS,
            Some(_) => RECENT_MS,
        }
    }

    /// A system that exports nothing any more is still there: that it is silent
    /// is what its page must say.
    pub fn recognise(&mut self, packs: &Packs) {
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
            let others = targets.iter();
            others.for_each(|others| system.targets.leave(others));
        }
        self.systems = ordered(systems);
    }
}
