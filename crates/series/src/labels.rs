//! A label set in one allocation: name/value pairs sorted by name.
//!
//! Invariants: names are unique and ascending (byte order), no value is empty
//! (an empty value is an absent label, as in Prometheus). Two equal sets have
//! equal bytes, so equality and hashing never decode.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The label that holds the metric's name.
pub const METRIC_NAME: &str = "__name__";

/// One pair of a label set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label<'a> {
    /// The label's name.
    pub name: &'a str,
    /// The label's value, never empty inside a [`Labels`].
    pub value: &'a str,
}

/// An immutable label set; cloning shares the allocation.
///
/// Encoded as `len(name) name len(value) value …`, each length in groups of
/// six bits so that the whole stays valid UTF-8 and slices need no check.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Labels(Arc<str>);

impl Labels {
    /// The set without labels.
    pub fn empty() -> Self {
        Self(Arc::from(""))
    }

    /// Collects pairs in any order; of equal names the last wins, empty values
    /// are left out.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut builder = LabelsBuilder::default();
        for (name, value) in pairs {
            builder.set(name.as_ref(), value.as_ref());
        }
        builder.build()
    }

    /// Encodes pairs that are already sorted by unique name and have no empty
    /// value: the parser's and the store's fast path. The order is the
    /// caller's promise (checked in debug builds).
    pub fn from_sorted<'a>(pairs: impl IntoIterator<Item = Label<'a>>) -> Self {
        let mut encoded = String::new();
        let mut previous: Option<&str> = None;
        for Label { name, value } in pairs {
            debug_assert!(
                previous.is_none_or(|before| before < name),
                "unsorted label {name}"
            );
            debug_assert!(!value.is_empty(), "empty value of label {name}");
            push_field(&mut encoded, name);
            push_field(&mut encoded, value);
            previous = Some(name);
        }
        Self(Arc::from(encoded))
    }

    /// The pairs in ascending order of name.
    pub fn iter(&self) -> LabelsIter<'_> {
        LabelsIter { rest: &self.0 }
    }

    /// The value of `name`, or `None` where the set has no such label.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .take_while(|label| label.name <= name)
            .find(|label| label.name == name)
            .map(|label| label.value)
    }

    /// The metric's name, `""` where there is none.
    pub fn metric_name(&self) -> &str {
        self.get(METRIC_NAME).unwrap_or("")
    }

    /// How many labels the set has.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether the set has no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The set as one string, for a log or a file; [`Self::from_encoded`] reads
    /// it back.
    pub fn as_encoded(&self) -> &str {
        &self.0
    }

    /// The set that [`Self::as_encoded`] gave, `None` where `encoded` is none:
    /// it may come from a damaged file.
    pub fn from_encoded(encoded: &str) -> Option<Self> {
        let mut rest = encoded;
        let mut previous: Option<&str> = None;
        while !rest.is_empty() {
            let name = checked_field(&mut rest)?;
            let value = checked_field(&mut rest)?;
            if value.is_empty() || previous.is_some_and(|before| before >= name) {
                return None;
            }
            previous = Some(name);
        }
        Some(Self(Arc::from(encoded)))
    }

    /// Bytes of the encoded set, for memory accounting.
    pub fn size_bytes(&self) -> usize {
        self.0.len()
    }

    /// Keeps the labels that `keep` approves of.
    pub fn filtered(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        Self::from_sorted(self.iter().filter(|label| keep(label.name)))
    }

    /// The set without its metric name.
    pub fn without_metric_name(&self) -> Self {
        self.filtered(|name| name != METRIC_NAME)
    }

    /// A builder that starts from this set.
    pub fn to_builder(&self) -> LabelsBuilder {
        LabelsBuilder {
            pairs: self
                .iter()
                .map(|label| (label.name.to_owned(), label.value.to_owned()))
                .collect(),
        }
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self::empty()
    }
}

impl Ord for Labels {
    /// Pair by pair, name before value, a prefix before its extension: the
    /// order in which Prometheus sorts series.
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Labels {
    /// As PromQL writes a selector: `name{a="b", c="d"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric_name())?;
        let mut labels = self
            .iter()
            .filter(|label| label.name != METRIC_NAME)
            .peekable();
        if labels.peek().is_none() && !self.metric_name().is_empty() {
            return Ok(());
        }
        f.write_str("{")?;
        for (index, label) in labels.enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}={:?}", label.name, label.value)?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Walks a label set in ascending order of name.
#[derive(Clone)]
pub struct LabelsIter<'a> {
    rest: &'a str,
}

impl<'a> Iterator for LabelsIter<'a> {
    type Item = Label<'a>;

    fn next(&mut self) -> Option<Label<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let name = take_field(&mut self.rest);
        let value = take_field(&mut self.rest);
        Some(Label { name, value })
    }
}

/// Collects labels in any order, sorted and free of duplicates at all times.
#[derive(Clone, Debug, Default)]
pub struct LabelsBuilder {
    pairs: Vec<(String, String)>,
}

impl LabelsBuilder {
    /// Sets `name` to `value`; an empty value removes the label.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        match (self.position(name), value.is_empty()) {
            (Ok(index), true) => {
                self.pairs.remove(index);
            }
            (Ok(index), false) => value.clone_into(&mut self.pairs[index].1),
            (Err(_), true) => {}
            (Err(index), false) => self
                .pairs
                .insert(index, (name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Removes `name` where it is there.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        self.set(name, "")
    }

    /// The value of `name`, or `None`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.position(name)
            .ok()
            .map(|index| self.pairs[index].1.as_str())
    }

    /// Keeps the labels that `keep` approves of.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) -> &mut Self {
        self.pairs.retain(|(name, _)| keep(name));
        self
    }

    /// The pairs so far, in ascending order of name.
    pub fn iter(&self) -> impl Iterator<Item = Label<'_>> {
        self.pairs.iter().map(|(name, value)| Label { name, value })
    }

    /// The finished set.
    pub fn build(&self) -> Labels {
        Labels::from_sorted(self.iter())
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.pairs
            .binary_search_by(|(candidate, _)| candidate.as_str().cmp(name))
    }
}

const GROUP_BITS: u32 = 6;
const MORE_GROUPS: u8 = 1 << GROUP_BITS;
/// No field is longer than this many groups can say: 2^36 bytes.
const MAX_GROUPS: usize = 6;

fn push_field(encoded: &mut String, field: &str) {
    let mut length = field.len();
    while length >= usize::from(MORE_GROUPS) {
        encoded.push(char::from(length as u8 & (MORE_GROUPS - 1) | MORE_GROUPS));
        length >>= GROUP_BITS;
    }
    encoded.push(char::from(length as u8));
    encoded.push_str(field);
}

/// As [`take_field`], of a string that may not be an encoded set.
fn checked_field<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let groups = rest.bytes().take_while(|byte| byte & MORE_GROUPS != 0);
    let header = groups.count() + 1;
    let lengths = rest
        .as_bytes()
        .get(..header)
        .filter(|header| header.is_ascii())?;
    let mut length = 0_usize;
    for (byte, shift) in lengths.iter().zip((0..usize::BITS - GROUP_BITS).step_by(6)) {
        length |= usize::from(byte & (MORE_GROUPS - 1)) << shift;
    }
    let end = header.checked_add(length)?;
    let field = rest.get(header..end)?;
    // A number has one encoding, as equality compares bytes.
    let is_shortest = header == 1 || lengths[header - 1] & (MORE_GROUPS - 1) != 0;
    if !is_shortest || header > MAX_GROUPS {
        return None;
    }
    *rest = &rest[end..];
    Some(field)
}

fn take_field<'a>(rest: &mut &'a str) -> &'a str {
    let mut length = 0;
    let mut shift = 0;
    let mut header = 0;
    for byte in rest.bytes() {
        header += 1;
        length |= usize::from(byte & (MORE_GROUPS - 1)) << shift;
        shift += GROUP_BITS;
        if byte & MORE_GROUPS == 0 {
            break;
        }
    }
    let (field, after) = rest[header..].split_at(length);
    *rest = after;
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_names_keeps_the_last_and_drops_empty_values() {
        let labels = Labels::from_pairs([("z", "1"), ("a", "2"), ("z", "3"), ("m", "")]);
        assert_eq!(labels.to_string(), r#"{a="2", z="3"}"#);
        assert_eq!(labels.len(), 2);
    }

    #[test]
    fn keeps_names_and_values_of_every_length() {
        for length in [1, 63, 64, 65, 4095, 4096, 300_000] {
            let value = "ä".repeat(length);
            let labels = Labels::from_pairs([(METRIC_NAME, "up"), ("long", &value)]);
            assert_eq!(labels.get("long"), Some(value.as_str()));
            assert_eq!(labels.metric_name(), "up");
        }
    }

    #[test]
    fn orders_pair_by_pair() {
        let set = |pairs: &[(&str, &str)]| Labels::from_pairs(pairs.iter().copied());
        let ascending = [
            set(&[]),
            set(&[("a", "1")]),
            set(&[("a", "1"), ("b", "1")]),
            set(&[("a", "10")]),
            set(&[("a", "2")]),
            set(&[("b", "0")]),
        ];
        assert!(ascending.is_sorted());
    }

    #[test]
    fn finds_absent_and_present_labels() {
        let labels = Labels::from_pairs([("job", "node"), ("instance", "a:1")]);
        assert_eq!(labels.get("job"), Some("node"));
        assert_eq!(labels.get("jo"), None);
        assert_eq!(labels.without_metric_name(), labels);
        assert_eq!(labels.filtered(|name| name == "job").len(), 1);
    }

    #[test]
    fn only_encoded_sets_are_read_back() {
        let long = "v".repeat(70);
        let labels = Labels::from_pairs([(METRIC_NAME, "up"), ("ä", "ö"), ("long", &long)]);
        let encoded = labels.as_encoded();
        assert_eq!(Labels::from_encoded(encoded), Some(labels.clone()));
        assert_eq!(Labels::from_encoded(""), Some(Labels::empty()));
        for end in encoded.char_indices().map(|(index, _)| index).skip(1) {
            if let Some(labels) = Labels::from_encoded(&encoded[..end]) {
                assert!(labels.iter().all(|label| !label.value.is_empty()));
            }
        }
        let twice = "\u{1}a\u{1}1\u{1}a\u{1}2";
        let empty_value = "\u{1}a\u{0}";
        let beyond = "\u{1}a\u{9}1";
        let longer_than_needed = "\u{41}\u{0}a\u{1}1";
        for damaged in [
            twice,
            empty_value,
            beyond,
            longer_than_needed,
            "ä",
            "~~~~~~~~~",
        ] {
            assert_eq!(Labels::from_encoded(damaged), None, "{damaged:?}");
        }
    }

    #[test]
    fn a_builder_changes_and_removes() {
        let mut builder = Labels::from_pairs([("a", "1"), ("b", "2")]).to_builder();
        builder.set("a", "9").remove("b").set("c", "3");
        assert_eq!(builder.build().to_string(), r#"{a="9", c="3"}"#);
    }
}
