//! The series of a job that is configured anew -> the job that comes in its place:
//! what a target still shows goes on without a gap, and what it shows no more is
//! marked stale by whoever scrapes it next.
//!
//! Contract: series are left by one scrape loop and claimed by one; those that nobody
//! claims are for the pool to end.

use hashbrown::{HashMap, HashSet};
use parking_lot::Mutex;
use series::Labels;
use tsdb::SeriesRef;

/// What scrape loops left behind, by the labels of their targets.
#[derive(Debug, Default)]
pub struct Estate(Mutex<HashMap<Labels, Vec<SeriesRef>>>);

impl Estate {
    /// Leaves the series of a target to whoever scrapes it next.
    pub fn leave(&self, target: &Labels, series: Vec<SeriesRef>) {
        self.0.lock().insert(target.clone(), series);
    }

    /// The series that were left for the target, once.
    pub fn claim(&self, target: &Labels) -> Inherited {
        Inherited(self.0.lock().remove(target).unwrap_or_default())
    }

    /// The series of targets that nobody scrapes, once.
    pub fn unclaimed(&self, is_scraped: impl Fn(&Labels) -> bool) -> Vec<SeriesRef> {
        let mut left = self.0.lock();
        let gone = left.extract_if(|target, _| !is_scraped(target));
        gone.flat_map(|(_, series)| series).collect()
    }
}

/// Series that another loop scraped before.
#[derive(Debug, Default)]
pub struct Inherited(Vec<SeriesRef>);

impl Inherited {
    /// Those that are not among the series that the first scrape has stored.
    pub fn take_gone(&mut self, stored: impl Iterator<Item = SeriesRef>) -> Vec<SeriesRef> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let stored: HashSet<SeriesRef> = stored.collect();
        let mut gone = std::mem::take(&mut self.0);
        gone.retain(|series| !stored.contains(series));
        gone
    }
}
