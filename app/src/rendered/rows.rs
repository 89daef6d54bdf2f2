//! Two states of a panel's markup to what of its rows has changed.
//!
//! Contract: a patch is given only where it makes the later markup out of the
//! earlier one exactly, in fewer bytes than half of it; see [`RowPlacement`] for
//! what rows are. Rows are found in the text by how they begin, which no text
//! of a source can, since every `<`, `>` and `"` of it is escaped.

use std::collections::HashMap;

use wire::data::RowPlacement;

/// Ends the opening tag of the element that holds the rows.
pub const HOLDER: &str = " data-rows>";
const KEY: &str = " data-row-key=\"";

/// Begins a row, an element of the name `tag`.
pub fn push_row(html: &mut String, tag: &str, key: &str) {
    for part in ["<", tag, KEY, key, "\">"] {
        html.push_str(part);
    }
}

/// Gives each row a key made of the texts that tell it from others.
#[derive(Default)]
pub struct RowKeys {
    uses: HashMap<u32, usize>,
}

impl RowKeys {
    /// The key of the next row; rows with the same texts are counted.
    pub fn next<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> String {
        // FNV-1a: a key needs to be short and the same at every step, nothing else.
        let mut hash = 0x811c_9dc5_u32;
        for text in texts {
            for byte in text.bytes().chain([0xff]) {
                hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
        }
        let uses = self.uses.entry(hash).or_default();
        *uses += 1;
        if *uses == 1 {
            format!("{hash:x}")
        } else {
            format!("{hash:x}-{uses}")
        }
    }
}

/// Markup apart: what is around its rows, and the rows with their keys.
struct Parts<'a> {
    head: &'a str,
    rows: Vec<(&'a str, &'a str)>,
    tail: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` where the markup has no rows, or several lists of them.
    fn of(html: &'a str) -> Option<Self> {
        let (before, after) = html.split_once(HOLDER)?;
        if after.contains(HOLDER) {
            return None;
        }
        let (head, rest) = html.split_at(before.len() + HOLDER.len());
        let tag = rest.strip_prefix('<')?.split(' ').next()?;
        let (begin, end) = (["<", tag, KEY].concat(), ["</", tag, ">"].concat());
        let len = rest.rfind(&end)? + end.len();
        let (rows, tail) = rest.split_at(len);
        let rows = rows.split(begin.as_str()).skip(1);
        // The beginning stands before each part: take it in again.
        let mut at = 0;
        let mut parts = Vec::new();
        for row in rows {
            let start = at;
            at += begin.len() + row.len();
            parts.push((row.split('"').next()?, rest.get(start..at)?));
        }
        Some(Self {
            head,
            rows: parts,
            tail,
        })
    }
}

/// Rows that are new or changed, one after the other, and where they go; `None` where more has, or where the whole
/// markup says it in hardly more bytes.
pub fn row_patch(before: &str, after: &str) -> Option<(String, RowPlacement)> {
    let (old, new) = (Parts::of(before)?, Parts::of(after)?);
    if old.head != new.head || old.tail != new.tail {
        return None;
    }
    let held: HashMap<&str, &str> = old.rows.iter().copied().collect();
    let rows = new.rows.iter().copied();
    let changed = rows.filter(|(key, html)| held.get(key) != Some(html));
    let changed: Vec<(&str, &str)> = changed.collect();
    let ends = [new.rows.first(), new.rows.last()];
    let is_new = ends.map(|row| row.is_some_and(|(key, _)| !held.contains_key(key)));
    let placement = RowPlacement {
        at_start: is_new == [true, false],
        keep: new.rows.len(),
    };
    let html: String = changed.iter().map(|(_, html)| *html).collect();
    let is_exact = patched(&old.rows, &changed, placement) == new.rows;
    (2 * html.len() < after.len() && is_exact).then_some((html, placement))
}

/// The rows after a patch: what `document/markup.js` does in the page.
fn patched<'a>(
    rows: &[(&'a str, &'a str)],
    changed: &[(&'a str, &'a str)],
    placement: RowPlacement,
) -> Vec<(&'a str, &'a str)> {
    let mut rows = rows.to_vec();
    let mut inserted: Vec<(&str, &str)> = Vec::new();
    for (key, html) in changed {
        match rows.iter_mut().find(|(held, _)| held == key) {
            Some(held) => held.1 = html,
            None => inserted.push((key, html)),
        }
    }
    let at = if placement.at_start { 0 } else { rows.len() };
    rows.splice(at..at, inserted);
    let surplus = rows.len().saturating_sub(placement.keep);
    if placement.at_start {
        rows.truncate(placement.keep);
    } else {
        rows.drain(..surplus);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&str], foot: &str) -> String {
        let mut html = format!("<table><thead></thead><tbody{HOLDER}");
        for row in rows {
            push_row(&mut html, "tr", &row[..1]);
            html.push_str(&format!("<td>{row} of a row that is long enough</td></tr>"));
        }
        html + "</tbody>" + foot + "</table>"
    }

    /// The keys of the patch's rows, whether they go first, and how many stay.
    fn check(before: &[&str], after: &[&str], expected: Option<(&[&str], bool)>) {
        let patch = row_patch(&table(before, ""), &table(after, ""));
        let said = patch.as_ref().map(|(html, placement)| {
            let keys = html.split(KEY).skip(1).filter_map(|row| row.get(..1));
            assert_eq!(placement.keep, after.len());
            (keys.collect::<Vec<_>>(), placement.at_start)
        });
        let expected = expected.map(|(keys, at_start)| (keys.to_vec(), at_start));
        assert_eq!(said, expected, "{before:?} to {after:?}");
    }

    #[test]
    fn rows_that_are_new_or_changed_are_told() {
        let four = ["a1", "b1", "c1", "d1"];
        check(&four, &four, Some((&[], false)));
        check(&four, &["a1", "b2", "c1", "d1"], Some((&["b"], false)));
        check(
            &four,
            &["a1", "b1", "c1", "d1", "e1"],
            Some((&["e"], false)),
        );
        check(&four, &["b1", "c1", "d1", "e1"], Some((&["e"], false)));
        check(&four, &["e1", "a1", "b1", "c1"], Some((&["e"], true)));
        check(&four, &["b1", "c1", "d1"], Some((&[], false)));
    }

    #[test]
    fn what_a_patch_cannot_say_is_sent_whole() {
        let four = ["a1", "b1", "c1", "d1"];
        check(&four, &["a1", "e1", "b1", "c1", "d1"], None);
        check(&four, &["b1", "a1", "c1", "d1"], None);
        check(&four, &["a1", "c1", "d1"], None);
        check(&four, &["a2", "b2", "c2", "d1"], None);
        check(&[], &four, None);
        assert_eq!(row_patch(&table(&four, ""), &table(&four, "<tfoot>")), None);
        assert_eq!(row_patch("<p>1</p>", "<p>2</p>"), None);
        let two = table(&four, "") + &table(&four, "");
        assert_eq!(row_patch(&two, &two), None);
    }

    #[test]
    fn equal_rows_have_keys_of_their_own() {
        let mut keys = RowKeys::default();
        let mut key = |texts: &[&str]| keys.next(texts.iter().copied());
        let all = [key(&["a", "b"]), key(&["ab"]), key(&["ab"]), key(&[])];
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert_eq!(all[1].clone() + "-2", all[2]);
    }
}
