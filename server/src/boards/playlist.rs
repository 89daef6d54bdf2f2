//! `[[playlist]]`: which boards a display shows in turn, and when it is dark.

use serde::Deserialize;
use wire::id::BoardId;

use crate::ingest::scrape::config::PromDuration;

/// The boards of a display.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Table")]
pub struct Playlist {
    /// Its part of the URL: `/kiosk/{name}`.
    pub name: String,
    /// Dark or light by day.
    pub theme: DisplayTheme,
    /// From which minute of the day to which it is dark, by the clock of the display.
    pub night: Option<(u16, u16)>,
    /// The boards, in turn.
    pub boards: Vec<Slide>,
}

/// The colours of a display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisplayTheme {
    /// Read from afar, and it does not light the room.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
}

impl DisplayTheme {
    /// The theme as URLs name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// A board, for as long as it is shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// The board's id; `overview` is the first page.
    pub board: BoardId,
    /// What else its URL says, such as `from=now-1h&var-site=LON`.
    #[serde(default)]
    pub query: String,
    /// How long it stays.
    #[serde(rename = "for", default = "half_a_minute")]
    pub stays: PromDuration,
}

fn half_a_minute() -> PromDuration {
    PromDuration(std::time::Duration::from_secs(30))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    #[serde(default)]
    theme: DisplayTheme,
    night: Option<Night>,
    boards: Vec<Slide>,
}

/// `{ from = "20:00", to = "07:00" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Night {
    from: String,
    to: String,
}

/// A playlist that makes no sense.
#[derive(Debug, thiserror::Error)]
enum PlaylistError {
    #[error(
        "`name = \"{0}\"`: use lower-case letters, digits, `-` and `_`, since it is part of a URL"
    )]
    Name(String),
    #[error("the playlist `{0}` names no board")]
    Nothing(String),
    #[error("the board `{0}` stays for no time: write `for = \"30s\"`")]
    NoTime(BoardId),
    #[error("{0:?} is no time of day: write hours and minutes, such as \"20:00\"")]
    Time(String),
}

impl TryFrom<Table> for Playlist {
    type Error = PlaylistError;

    fn try_from(table: Table) -> Result<Self, PlaylistError> {
        if !is_url_part(&table.name) {
            return Err(PlaylistError::Name(table.name));
        }
        if table.boards.is_empty() {
            return Err(PlaylistError::Nothing(table.name));
        }
        if let Some(slide) = table.boards.iter().find(|slide| slide.stays.0.is_zero()) {
            return Err(PlaylistError::NoTime(slide.board.clone()));
        }
        let night = table
            .night
            .map(|night| Ok::<_, PlaylistError>((minute(&night.from)?, minute(&night.to)?)));
        Ok(Self {
            night: night.transpose()?,
            name: table.name,
            theme: table.theme,
            boards: table.boards,
        })
    }
}

/// Whether the text can stand in a URL as it is.
fn is_url_part(text: &str) -> bool {
    let mut chars = text.chars();
    !text.is_empty() && chars.all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_'))
}

/// The minute of the day.
fn minute(text: &str) -> Result<u16, PlaylistError> {
    let parsed = text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    parsed.ok_or_else(|| PlaylistError::Time(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: Result<Option<(u16, u16)>, &str>) {
        match (toml::from_str::<Playlist>(toml), expected) {
            (Ok(playlist), Ok(night)) => assert_eq!(playlist.night, night),
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.contains(part), "{error}");
            }
            (got, _) => panic!("{toml} became {got:?}"),
        }
    }

    #[test]
    fn playlists_make_sense_or_say_why_not() {
        let boards = "boards = [{ board = \"overview\" }]";
        let with = |more: &str| format!("name = \"hall\"\n{more}\n{boards}");
        check(&with(""), Ok(None));
        check(
            &with("night = { from = \"20:30\", to = \"07:00\" }"),
            Ok(Some((1230, 420))),
        );
        check(
            &with("night = { from = \"24:00\", to = \"07:00\" }"),
            Err("no time of day"),
        );
        check(&with("theme = \"pink\""), Err("pink"));
        check("name = \"hall\"\nboards = []", Err("names no board"));
        check("name = \"Hall 1\"\nboards = []", Err("part of a URL"));
        check(
            "name = \"hall\"\nboards = [{ board = \"a\", for = \"0s\" }]",
            Err("stays for no time"),
        );
    }
}
