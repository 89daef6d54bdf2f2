//! Chunks in order, shared between a series and its snapshots; a series
//! without chunks takes no memory for them.

use std::ops::Deref;
use std::sync::Arc;

use super::sealed::Chunk;

/// Chunks; cloning shares them, and changing a shared list copies it first.
#[derive(Clone, Debug, Default)]
pub struct Chunks(Option<Arc<Vec<Chunk>>>);

impl Chunks {
    /// Adds a chunk after the others.
    pub(crate) fn push(&mut self, chunk: Chunk) {
        let chunks = self.make_mut();
        // A chunk comes every few minutes: room for several would lie idle.
        chunks.reserve_exact(1);
        chunks.push(chunk);
    }

    /// The chunks, to be changed.
    pub(crate) fn make_mut(&mut self) -> &mut Vec<Chunk> {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl Deref for Chunks {
    type Target = [Chunk];

    fn deref(&self) -> &[Chunk] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl From<Vec<Chunk>> for Chunks {
    fn from(mut chunks: Vec<Chunk>) -> Self {
        chunks.shrink_to_fit();
        Self((!chunks.is_empty()).then(|| Arc::new(chunks)))
    }
}
