//! A recognised system: what a pack, or the names of metrics, say of what a
//! source exports.

use std::collections::BTreeSet;

use dashboard::Board;
use wire::id::BoardId;

use crate::inventory::Inventory;
use crate::job::JobModel;
use crate::pack::{KnownIssue, Limit, Watch};
use crate::targets::Targets;

/// A recognised system: its pack, without what this source does not export.
#[derive(Clone, Debug)]
pub struct System {
    /// The pack's name.
    pub name: String,
    /// What people call the system.
    pub title: String,
    /// What it is.
    pub about: String,
    /// Its jobs, of which at least latency, success, workers or queue is there.
    pub jobs: Vec<JobModel>,
    /// Its limits.
    pub limits: Vec<Limit>,
    /// What must not go missing.
    pub watches: Vec<Watch>,
    /// What is to be known about the metrics that are there.
    pub known_issues: Vec<KnownIssue>,
    /// The board that ships for it, beside the overviews of its jobs.
    pub board: Option<ShippedBoard>,
    /// The targets that export it.
    pub targets: Targets,
    /// Metrics of which one at least is there as long as the system is.
    pub signs: Vec<String>,
}

/// The board that ships for a system.
#[derive(Clone, Debug)]
pub struct ShippedBoard {
    /// Its name in URLs, whichever jobs of the system are there.
    pub id: BoardId,
    /// The board.
    pub board: Board,
    /// Whether it is seen before the overviews of jobs.
    pub is_first: bool,
}

impl System {
    /// The system with the targets that `inventory` tells, and of those known
    /// `before` the ones that are still scraped.
    #[must_use]
    pub fn with_targets(mut self, inventory: &Inventory, before: &Targets) -> Self {
        self.targets = Targets::of(inventory, &self.metrics(), before);
        self
    }

    /// Whether none of its metrics is exported any more.
    pub fn is_silent(&self, inventory: &Inventory) -> bool {
        self.metrics().iter().all(|name| !inventory.has(name))
    }

    /// The metrics that it is known by.
    fn metrics(&self) -> BTreeSet<String> {
        self.signs.iter().cloned().collect()
    }
}
