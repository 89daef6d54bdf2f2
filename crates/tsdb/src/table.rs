//! From references to series. References are handed out in ascending order and
//! series of one target come together: slots in the order of references make
//! looking a batch up a walk along memory.

use std::sync::Arc;

use series::Labels;

use crate::memory::MemorySeries;

/// Slots that come and go together.
const PAGE_SLOTS: u32 = 1024;

type Page = Box<[Option<Arc<MemorySeries>>]>;

/// The series by reference.
#[derive(Default)]
pub(crate) struct Table {
    /// The reference that the next new series gets.
    pub next_id: u32,
    /// `None` where all series of a page have gone.
    pages: Vec<Option<Page>>,
}

impl Table {
    /// Adds a new series.
    pub fn create(&mut self, id: u32, hash: u64, labels: &Labels) -> Arc<MemorySeries> {
        let series = Arc::new(MemorySeries::new(id, hash, labels.clone()));
        self.insert(id, Arc::clone(&series));
        series
    }

    /// Lets `id` name this series, too.
    pub fn insert(&mut self, id: u32, series: Arc<MemorySeries>) {
        let (page, slot) = place(id);
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        let slots = self.pages[page].get_or_insert_with(|| vec![None; PAGE_SLOTS as usize].into());
        slots[slot] = Some(series);
        self.next_id = self.next_id.max(id.saturating_add(1));
    }

    /// The series with this reference.
    pub fn get(&self, id: u32) -> Option<&Arc<MemorySeries>> {
        let (page, slot) = place(id);
        self.pages.get(page)?.as_ref()?[slot].as_ref()
    }

    /// Every series, by its own reference only.
    pub fn series(&self) -> impl Iterator<Item = &Arc<MemorySeries>> {
        let pages = (0..).step_by(PAGE_SLOTS as usize).zip(&self.pages);
        let slots = pages.flat_map(|(first, page)| (first..).zip(page.iter().flatten()));
        slots.filter_map(|(id, series)| series.as_ref().filter(|series| series.id == id))
    }

    /// Forgets the series that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&MemorySeries) -> bool) {
        for page in &mut self.pages {
            for slot in page.iter_mut().flatten() {
                slot.take_if(|series| !keep(series));
            }
            page.take_if(|slots| slots.iter().all(Option::is_none));
        }
    }
}

fn place(id: u32) -> (usize, usize) {
    ((id / PAGE_SLOTS) as usize, (id % PAGE_SLOTS) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_found_until_they_go() {
        let mut table = Table::default();
        let labels = |id: u32| Labels::from_pairs([("id", id.to_string())]);
        let ids = [0, 1023, 1024, 5_000_000];
        for id in ids {
            table.create(id, 0, &labels(id));
        }
        let first = table.get(0).cloned().unwrap();
        table.insert(7, first);
        assert_eq!(table.next_id, 5_000_001);
        assert_eq!(table.get(7).map(|series| series.id), Some(0));
        assert_eq!(table.get(8).map(|series| series.id), None);
        assert_eq!(table.get(u32::MAX).map(|series| series.id), None);
        let all = |table: &Table| table.series().map(|series| series.id).collect::<Vec<_>>();
        assert_eq!(all(&table), ids);
        table.retain(|series| series.id == 1024);
        assert_eq!(all(&table), [1024]);
        assert!(table.get(7).is_none());
        assert_eq!(table.pages.iter().flatten().count(), 1);
    }
}
