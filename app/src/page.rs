//! What the server hands over to have a page rendered.

use crate::text::moment::Zone;
use wire::id::{BoardId, PanelId};
use wire::live::Snapshot;
use wire::url::LiveParams;

/// All that a page's HTML is made from.
#[derive(Clone, Debug)]
pub struct PageContext {
    /// The board and its data; embedded in the page for the browser to continue from.
    pub snapshot: Snapshot,
    /// What the page's URL asks for.
    pub params: LiveParams,
    /// The whole of the URL's query, without its `?`.
    pub query: String,
    /// The zone in which times are written, by its name: `browser`, `utc`, or IANA's.
    pub zone_name: String,
    /// That zone; UTC where only the browser knows it.
    pub zone: Zone,
    /// What stands around the panels.
    pub around: Around,
    /// Every board there is, for the navigation.
    pub boards: Vec<BoardLink>,
    /// Dark or light, see [`Theme::chosen`].
    pub theme: Theme,
    /// How much stands around the panels.
    pub chrome: Chrome,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// What the board's file and the reader's choices put around the panels.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The zone that the board's file names; empty where it names none.
    pub board_zone: String,
    /// What can be chosen.
    pub pickers: Vec<Picker>,
    /// The annotations that can be switched on and off.
    pub switches: Vec<Switch>,
    /// The rows, open and folded.
    pub rows: Vec<Row>,
    /// Pages that belong to the board.
    pub links: Vec<PageLink>,
    /// Pages that belong to panels, by the panel's id.
    pub panel_links: Vec<(PanelId, Vec<PageLink>)>,
    /// The range that is shown, as the URL would say it.
    pub range: (String, String),
    /// What the reader must know of the board, a sentence each.
    pub notices: Vec<String>,
    /// What is wrong with the queries of its panels.
    pub diagnostics: Vec<PanelDiagnostic>,
}

/// An annotation that can be switched on and off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The annotation's name.
    pub name: String,
    /// The class of its marks' colour.
    pub color_role: &'static str,
    /// Whether its marks are shown.
    pub is_on: bool,
    /// What `annotations=` is where it is the other way.
    pub other_way: String,
}

/// A row that folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The panel's id.
    pub id: PanelId,
    /// Whether what follows it is shown.
    pub is_open: bool,
    /// How many panels follow it.
    pub panels: usize,
}

/// A page elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// What is written.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Whether it opens beside the page.
    pub new_tab: bool,
}

/// A variable that the reader chooses.
#[derive(Clone, Debug)]
pub struct Picker {
    /// The variable's name.
    pub name: String,
    /// What is written beside it.
    pub label: String,
    /// How it is chosen.
    pub kind: PickerKind,
    /// What is chosen, in words.
    pub shown: String,
    /// Why there is nothing to choose.
    pub error: Option<String>,
}

/// How a variable is chosen.
#[derive(Clone, Debug)]
pub enum PickerKind {
    /// One of some.
    One(Choices),
    /// Any of some.
    Many(Choices),
    /// By writing.
    Text(String),
    /// By adding and removing label matchers.
    Filters(Filters),
}

/// What of a variable's choices is on the page.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Those that are chosen first, then those that match.
    pub items: Vec<PickerChoice>,
    /// How many there are in all.
    pub total: usize,
    /// How many of them match what is looked for, and are not on the page.
    pub more: usize,
    /// What is looked for.
    pub find: String,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerChoice {
    /// What the reader sees.
    pub text: String,
    /// What the URL says.
    pub value: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Label matchers on every query.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Those that hold: in words, and as the URL says them.
    pub held: Vec<(String, String)>,
    /// The labels that can be filtered by.
    pub labels: Vec<String>,
}

/// What is wrong with a query of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelDiagnostic {
    /// The panel's id.
    pub panel: PanelId,
    /// Why it is wrong.
    pub reason: String,
    /// The query as it should be, where that can be said.
    pub repaired: Option<String>,
}

/// An entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLink {
    /// The board's id.
    pub id: BoardId,
    /// Its title.
    pub title: String,
    /// What is left of the title beside its folder's name.
    pub short_title: String,
    /// The system or folder that it belongs to; empty where it belongs to none.
    pub folder: String,
}

/// The URLs of Trunk's hashed output, as the server serves them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleFiles {
    /// The JavaScript module of wasm-bindgen: `/assets/frontend-….js`.
    pub script: String,
    /// The WebAssembly module: `/assets/frontend-…_bg.wasm`.
    pub wasm: String,
    /// The JavaScript module of the stream that frames share: `/assets/streams-….js`.
    pub streams: String,
    /// The style sheet itself: it stands in the page, which paints without waiting for another answer.
    pub style: &'static str,
    /// The icon: `/assets/icon-….svg`.
    pub icon: String,
}

/// How much stands around the panels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chrome {
    /// Header, pickers and state line.
    #[default]
    Full,
    /// A wall: a clock and the state line, large; the panels fit the screen.
    Kiosk,
    /// A frame on somebody else's page: panels alone.
    Embed {
        /// Whether that page's background shows through.
        transparent: bool,
    },
}

impl Chrome {
    /// What a board's URL asks for: `kiosk` is a wall; `query` is without its `?`.
    pub fn of_board(query: &str) -> Self {
        if wire::url::pairs(query).any(|(name, _)| name == "kiosk") {
            Self::Kiosk
        } else {
            Self::Full
        }
    }

    /// What an embedded panel's URL asks for: `background=transparent`.
    pub fn of_embed(query: &str) -> Self {
        let transparent = wire::url::pairs(query)
            .any(|(name, value)| name == "background" && value == "transparent");
        Self::Embed { transparent }
    }
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the reader's system prefers.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The cookie in which the browser keeps the reader's choice.
    pub const COOKIE: &str = "andon-theme";

    /// The theme that a request asks for: `theme=` of its URL first, then the
    /// cookie; `query` is without its `?`, `cookies` is the `Cookie` header.
    pub fn chosen(query: &str, cookies: &str) -> Self {
        let in_url = wire::url::pairs(query)
            .filter(|(name, _)| name == "theme")
            .find_map(|(_, value)| Self::parse(&value));
        let in_cookie = || {
            cookies
                .split(';')
                .filter_map(|cookie| cookie.trim().split_once('='))
                .filter(|(name, _)| *name == Self::COOKIE)
                .find_map(|(_, value)| Self::parse(value))
        };
        in_url.or_else(in_cookie).unwrap_or_default()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// The value of `<html data-theme>`; the system's preference has none.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, cookies: &str, expected: Theme) {
        assert_eq!(
            Theme::chosen(query, cookies),
            expected,
            "{query:?} {cookies:?}"
        );
    }

    #[test]
    fn the_url_says_what_stands_around() {
        assert_eq!(Chrome::of_board("from=now-1h&kiosk"), Chrome::Kiosk);
        assert_eq!(Chrome::of_board("from=now-1h"), Chrome::Full);
        let transparent = |query| Chrome::of_embed(query) == Chrome::Embed { transparent: true };
        assert!(transparent("theme=dark&background=transparent"));
        assert!(!transparent("theme=dark"));
    }

    #[test]
    fn the_url_beats_the_cookie_beats_the_system() {
        check("", "", Theme::System);
        check("from=now-1h", "a=b; andon-theme=dark", Theme::Dark);
        check("theme=light", "andon-theme=dark", Theme::Light);
        check("theme=pink", "andon-theme=pink", Theme::System);
    }
}
