//! A path in a document to its line and column.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::FileError;

/// The error, with the place in the text that its path names; that of the
/// nearest parent where the path itself is not written.
pub fn error_at(text: &str, path: &str, message: String) -> FileError {
    let steps: Vec<&str> = path
        .split(['.', '[', ']'])
        .filter(|step| !step.is_empty())
        .collect();
    let place = (0..=steps.len())
        .rev()
        .find_map(|known| place(text, &steps[..known]));
    let (line, column) = place.unwrap_or_default();
    FileError {
        line,
        column,
        path: path.to_owned(),
        message,
    }
}

fn place(text: &str, steps: &[&str]) -> Option<(u64, u64)> {
    let mut found = None;
    let walk = |deserializer: serde_saphyr::Deserializer| {
        Walk {
            steps,
            found: &mut found,
        }
        .deserialize(deserializer)
    };
    // What is found is found, whatever the rest of the text is.
    let _ended = serde_saphyr::with_deserializer_from_str(text, walk);
    found
}

/// Goes one step down the path, and past everything else.
struct Walk<'a> {
    steps: &'a [&'a str],
    found: &'a mut Option<(u64, u64)>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.steps.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let spanned = <Spanned<IgnoredAny> as serde::Deserialize>::deserialize(deserializer)?;
        let place = spanned.referenced;
        *self.found = Some((place.line(), place.column()));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.steps[0] {
                let steps = &self.steps[1..];
                let found = &mut *self.found;
                map.next_value_seed(Walk { steps, found })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let there = if self.steps[0].parse() == Ok(index) {
                let steps = &self.steps[1..];
                let found = &mut *self.found;
                seq.next_element_seed(Walk { steps, found })?
            } else {
                seq.next_element::<IgnoredAny>()?.map(|_| ())
            };
            if there.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
}
