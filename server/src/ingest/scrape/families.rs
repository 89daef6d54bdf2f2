//! What a page says of its metric families, kept in the store where it is news.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::HashMap;
use series::{Metadata, MetricKind};
use storage::Store;

/// The TYPE, HELP and UNIT lines of a page by family, repeated ones merged.
#[derive(Debug, Default)]
pub struct Families(HashMap<String, Metadata>);

impl Families {
    /// What is said of a family so far.
    pub fn of(&mut self, family: &str) -> &mut Metadata {
        self.0.entry_ref(family).or_insert_with(|| Metadata {
            kind: MetricKind::Unknown,
            ..Metadata::default()
        })
    }

    /// How many families there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// By the family's hash the hash of what a target's latest page said of it.
/// Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct KnownFamilies(Arc<HashMap<u64, u64>>);

impl KnownFamilies {
    /// Whether the latest page described the family.
    pub fn contains(&self, family: &str) -> bool {
        self.0.contains_key(&self.0.hasher().hash_one(family))
    }

    /// How many families the latest page described.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Takes what the latest page says, and stores what it did not say before;
    /// gives how many families are new.
    pub fn store(&mut self, store: &Store, Families(page): Families) -> usize {
        let hasher = self.0.hasher().clone();
        let mut known = HashMap::with_capacity_and_hasher(page.len(), hasher.clone());
        let mut new = 0;
        for (family, metadata) in page {
            let (key, said) = (hasher.hash_one(family.as_str()), hasher.hash_one(&metadata));
            let before = self.0.get(&key);
            new += usize::from(before.is_none());
            if before != Some(&said) {
                store.set_metadata(&family, &metadata);
            }
            known.insert(key, said);
        }
        self.0 = Arc::new(known);
        new
    }
}
