//! The store as one evaluation sees it, which takes note of the times that it asks for
//! -> a remark for each lost block that has samples of them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use parking_lot::Mutex;
use series::{Matcher, SeriesReader, SeriesStore, StoreError, TimeRange};
use storage::Store;

/// A store of which some blocks are damaged or were removed.
pub struct NotingLosses<'a> {
    store: &'a Store,
    /// Places in the list of lost blocks.
    touched: Mutex<BTreeSet<usize>>,
}

impl<'a> NotingLosses<'a> {
    /// The store, of which nothing has been asked yet.
    pub fn new(store: &'a Store) -> Self {
        Self {
            store,
            touched: Mutex::default(),
        }
    }

    /// What is said of the lost blocks whose times were asked for.
    pub fn remarks(self) -> Vec<String> {
        let lost = &self.store.recovery().lost_ranges;
        let touched = self.touched.into_inner().into_iter();
        let touched = touched.filter_map(|place| lost.get(place));
        touched
            .map(|(path, range)| {
                let (start, end) = (time(range.start_ms), time(range.end_ms));
                let path = path.display();
                format!("samples from {start} to {end} are lost: {path} is damaged or was removed")
            })
            .collect()
    }

    fn note(&self, range: TimeRange) {
        let lost = &self.store.recovery().lost_ranges;
        if lost.is_empty() {
            return;
        }
        let overlapping = lost.iter().enumerate();
        let overlapping = overlapping.filter(|(_, (_, of_block))| of_block.overlaps(range));
        let places = overlapping.map(|(place, _)| place);
        self.touched.lock().extend(places);
    }
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string())
}

impl SeriesStore for NotingLosses<'_> {
    fn select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError> {
        self.note(range);
        self.store.select(matchers, range)
    }

    fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        self.store.label_names(matchers, range, limit)
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        self.store.label_values(name, matchers, range, limit)
    }
}
