//! What boards, panels and queries are called, from a board's file to the page.
//!
//! Contract: on the wire and in files an id is its bare text or number.

#[cfg(feature = "board_file")]
mod board_file;

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::url::OVERVIEW_NAME;

/// What a board is called in URLs: by default the overview, whose id is empty.
/// One panel of a board is a board as well.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BoardId(String);

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

impl BoardId {
    /// The overview.
    pub fn overview() -> Self {
        Self::default()
    }

    /// The board that a path calls so, see [`Self::name`].
    pub fn named(name: &str) -> Self {
        match name {
            OVERVIEW_NAME => Self::overview(),
            id => Self::from(id),
        }
    }

    /// One panel of a board, which is a board of its own: `farm/3`.
    pub fn of_panel(board: &str, panel: &str) -> Self {
        Self([board, "/", panel].concat())
    }

    /// Whether it is the overview.
    pub fn is_overview(&self) -> bool {
        self.0.is_empty()
    }

    /// The id as the wire has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a path calls it, where an empty id cannot stand.
    pub fn name(&self) -> &str {
        if self.is_overview() {
            OVERVIEW_NAME
        } else {
            &self.0
        }
    }

    /// The name of the board that it is one panel of, and the panel.
    pub fn board_and_panel(&self) -> Option<(&str, &str)> {
        self.0.rsplit_once('/')
    }

    /// The text, for a parameter of a URL to be read into.
    pub(crate) fn text_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

impl<T: Into<String>> From<T> for BoardId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

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

impl fmt::Display for BoardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        check(
            serde_json::to_string(&BoardId::from("farm")).unwrap(),
            r#""farm""#,
        );
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
    #[test]
    fn the_overview_has_a_name_where_a_path_needs_one() {
        for (id, name) in [("", "overview"), ("farm", "farm"), ("farm/3", "farm/3")] {
            assert_eq!(BoardId::from(id).name(), name);
            assert_eq!(BoardId::named(name), BoardId::from(id));
        }
        let panel = BoardId::of_panel("overview", "3");
        assert_eq!(panel.board_and_panel(), Some(("overview", "3")));
        assert_eq!(BoardId::from("farm").board_and_panel(), None);
    }
}
