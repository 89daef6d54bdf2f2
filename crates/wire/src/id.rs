//! What boards, panels and queries are called, from a board's file to the page.
//!
//! Contract: on the wire and in files an id is its bare text or number.

#[cfg(feature = "board_file")]
mod board_file;

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a panel is called on its board; 0 where it is not numbered yet.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct PanelId(pub u32);

/// What a query is called on its panel: `A`, `B`, …; `\0` where it has no name yet.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct RefId(pub char);

impl FromStr for PanelId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

impl RefId {
    /// The first one that is given out.
    pub const FIRST: Self = Self('A');

    /// All there are, in the order in which they are given out: `A` to `Z`, `a`
    /// to `z`, then whatever letters there are.
    pub fn all() -> impl Iterator<Item = Self> {
        let letters = ('A'..='Z').chain('a'..='z').chain('\u{c0}'..);
        letters.map(Self)
    }
}

impl fmt::Display for PanelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for RefId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_its_bare_value() {
        let check = |json: String, expected: &str| assert_eq!(json, expected);
        check(serde_json::to_string(&PanelId(3)).unwrap(), "3");
        check(serde_json::to_string(&RefId('A')).unwrap(), r#""A""#);
        assert_eq!(serde_json::from_str::<RefId>(r#""A""#).unwrap(), RefId('A'));
    }

    #[test]
    fn queries_are_called_by_letters() {
        let text: String = RefId::all().take(54).map(|RefId(letter)| letter).collect();
        assert_eq!(
            text,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÀÁ"
        );
    }
}
