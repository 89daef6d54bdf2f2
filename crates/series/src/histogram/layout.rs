//! Buckets by index, as spans and counts <-> pairs of index and count.

use super::same_bits;

/// A run of buckets without a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Buckets between the end of the span before and this one's start; of the
    /// first span the index of its first bucket.
    pub offset: i32,
    /// How many buckets there are.
    pub length: u32,
}

/// The buckets of one sign: which there are, and the observations in each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buckets {
    /// Which buckets there are.
    pub spans: Vec<Span>,
    /// The observations in each, as many as the spans say.
    pub counts: Vec<f64>,
}

impl Buckets {
    /// Buckets from pairs of ascending index and count; neighbours share a span.
    pub fn from_indexed(pairs: impl IntoIterator<Item = (i32, f64)>) -> Self {
        let mut buckets = Self::default();
        let mut next: i32 = 0;
        for (index, count) in pairs {
            match buckets.spans.last_mut() {
                Some(span) if index == next => span.length += 1,
                _ => buckets.spans.push(Span {
                    offset: index.saturating_sub(next),
                    length: 1,
                }),
            }
            buckets.counts.push(count);
            next = index.saturating_add(1);
        }
        buckets
    }

    /// Buckets without a gap from `first` on.
    pub fn contiguous(first: i32, counts: Vec<f64>) -> Self {
        let spans = match u32::try_from(counts.len()) {
            Ok(length) if length > 0 => vec![Span {
                offset: first,
                length,
            }],
            _ => Vec::new(),
        };
        Self { spans, counts }
    }

    /// The index and the count of each bucket, ascending.
    pub fn indexed(&self) -> impl Iterator<Item = (i32, f64)> + '_ {
        indices(&self.spans).zip(self.counts.iter().copied())
    }

    /// Whether there is no bucket, not even an empty one.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// What the two lists take in memory.
    pub fn size_bytes(&self) -> usize {
        size_of_val(&*self.spans) + size_of_val(&*self.counts)
    }

    /// Takes out empty buckets, and spans that only continue another.
    pub fn compact(&mut self) {
        let has_empty = self.counts.contains(&0.0);
        let mut spans = self.spans.iter().enumerate();
        if has_empty || spans.any(|(place, span)| span.length == 0 || place > 0 && span.offset == 0)
        {
            *self = Self::from_indexed(self.indexed().filter(|(_, count)| *count != 0.0));
        }
    }

    /// The same observations in the buckets of a schema that is `coarser` by so
    /// many steps.
    #[must_use]
    pub fn coarser(&self, coarser: u32) -> Self {
        if coarser == 0 {
            return self.clone();
        }
        let mut merged: Vec<(i32, f64)> = Vec::with_capacity(self.counts.len());
        for (index, count) in self.indexed() {
            let index = coarser_index(index, coarser);
            match merged.last_mut() {
                Some((last, sum)) if *last == index => *sum += count,
                _ => merged.push((index, count)),
            }
        }
        Self::from_indexed(merged)
    }

    /// Adds the counts of `other`, multiplied by `factor`, to those of the same
    /// index; buckets that are not there are put in.
    pub(super) fn add_scaled(&mut self, other: &Self, factor: f64) {
        if self.spans == other.spans && self.counts.len() == other.counts.len() {
            for (count, more) in self.counts.iter_mut().zip(&other.counts) {
                *count += more * factor;
            }
            return;
        }
        let mut theirs = other.indexed().peekable();
        let mut merged = Vec::with_capacity(self.counts.len() + other.counts.len());
        for (index, count) in self.indexed() {
            while let Some((before, more)) = theirs.next_if(|(their, _)| *their < index) {
                merged.push((before, more * factor));
            }
            let more = theirs.next_if(|(their, _)| *their == index);
            merged.push((index, count + more.map_or(0.0, |(_, more)| more * factor)));
        }
        merged.extend(theirs.map(|(index, more)| (index, more * factor)));
        *self = Self::from_indexed(merged);
    }

    pub(super) fn scale(&mut self, of: impl Fn(f64) -> f64) {
        for count in &mut self.counts {
            *count = of(*count);
        }
    }

    pub(super) fn same_data(&self, other: &Self) -> bool {
        let layout = self.spans == other.spans || indices(&self.spans).eq(indices(&other.spans));
        layout
            && self.counts.len() == other.counts.len()
            && self
                .counts
                .iter()
                .zip(&other.counts)
                .all(|(a, b)| same_bits(*a, *b))
    }
}

/// The index of the bucket that a bucket falls into where two neighbours are
/// joined `coarser` times.
pub(super) fn coarser_index(index: i32, coarser: u32) -> i32 {
    // By 31 steps only the sign is left.
    (index.saturating_sub(1) >> coarser.min(31)).saturating_add(1)
}

/// The indices of all buckets of the spans.
fn indices(spans: &[Span]) -> impl Iterator<Item = i32> + '_ {
    let mut next: i32 = 0;
    spans.iter().flat_map(move |span| {
        let first = next.saturating_add(span.offset);
        next = first.saturating_add_unsigned(span.length);
        first..next
    })
}
