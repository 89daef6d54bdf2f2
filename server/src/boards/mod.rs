//! Boards by id, and what a page asks for -> the [`ViewSpec`](crate::live::spec::ViewSpec) that shows it.

mod aliases;
pub mod check;
pub mod discover;
pub mod files;
pub mod folders;
mod intervals;
pub mod inventory;
mod known;
pub mod linter;
mod notices;
pub mod packs;
pub mod playlist;
mod put;
mod resolve;
mod rewrite;
mod system_boards;
mod title;
pub mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use dashboard::Board;
use dashboard::time::TimeError;
use parking_lot::RwLock;
use tokio::sync::watch;
use wire::id::{BoardId, PanelId};

pub use intervals::intervals;
use linter::{CachedDiagnostics, Linter};
pub use resolve::{FilledBoard, PageChrome, ResolvedView, ViewRequest};
use variables::Resolver;

/// Why a page cannot be shown as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// No such board.
    #[error("there is no board `{0}`")]
    NotFound(BoardId),
    /// Its file was never whole; says why, with the file and the place.
    #[error("the file of the board `{id}` is broken:\n{problem}")]
    Broken {
        /// The board.
        id: BoardId,
        /// A line for each thing that is wrong.
        problem: String,
    },
    /// `from=` or `to=` is wrong.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// `refresh=` is wrong.
    #[error("`refresh={0}` is no interval: write `5s`, `1m`, `auto` or `off`")]
    Refresh(String),
    /// `timezone=` is wrong.
    #[error(
        "`timezone={0}` is no time zone: write `browser`, `utc` or a name such as `Europe/Zurich`"
    )]
    Zone(String),
    /// `compare=` is wrong.
    #[error("`compare={0}` is no time before: write `1h`, `1d` or `1w`")]
    Compare(String),
}

/// A board under its id.
#[derive(Debug)]
pub struct BoardEntry {
    /// The name in the URL.
    pub id: BoardId,
    /// The folder that it is listed in; empty where it is in none.
    pub folder: String,
    /// What it is called in lists, where nobody has chosen values for its variables.
    pub title: String,
    /// The board.
    pub board: Arc<Board>,
    /// Another for each different content.
    pub version: u64,
    /// The one panel that is shown, over the whole width; all where there is none.
    pub only: Option<PanelId>,
    /// Why its file is not what is shown: it is broken by now.
    pub problem: Option<String>,
    /// Whether somebody wrote it; else it is made of what sources export.
    is_of_file: bool,
    diagnostics: Arc<CachedDiagnostics>,
}

/// What the overview's page and its link say.
pub const OVERVIEW_TITLE: &str = "Overview";
/// The folder of the boards that are made of what sources export.
pub const SYSTEMS: &str = "Systems";

/// Every board there is, in the order of the navigation. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Boards {
    entries: Arc<RwLock<Vec<Arc<BoardEntry>>>>,
    /// What is wrong with the files that never gave a board, by its id.
    broken: Arc<RwLock<BTreeMap<BoardId, String>>>,
    ready: watch::Sender<bool>,
    resolver: Resolver,
    linter: Arc<Linter>,
}

impl Boards {
    /// What checks the queries of boards.
    pub fn linter(&self) -> &Linter {
        &self.linter
    }

    /// The board of this id; `overview` is the overview by name, and `id/3` is
    /// panel 3 of a board, as a board of its own.
    ///
    /// # Errors
    /// [`BoardError::NotFound`], [`BoardError::Broken`].
    pub fn get(&self, id: &BoardId) -> Result<Arc<BoardEntry>, BoardError> {
        self.find(id)
            .or_else(|| self.find_panel(id))
            .ok_or_else(|| self.missing(id))
    }

    /// Panel 3 of a board by `id/3`.
    fn find_panel(&self, id: &BoardId) -> Option<Arc<BoardEntry>> {
        let (board, panel) = id.board_and_panel()?;
        Some(self.find(&board.into())?.alone(id, panel.parse().ok()?))
    }

    /// Why there is no board of this id.
    fn missing(&self, id: &BoardId) -> BoardError {
        match self.broken().remove_entry(id) {
            Some((id, problem)) => BoardError::Broken { id, problem },
            None => BoardError::NotFound(id.clone()),
        }
    }

    /// What is wrong with the files that never gave a board, by its id.
    pub fn broken(&self) -> BTreeMap<BoardId, String> {
        self.broken.read().clone()
    }

    /// Takes over what is wrong with the files that never gave a board.
    pub fn set_broken(&self, broken: BTreeMap<BoardId, String>) {
        *self.broken.write() = broken;
    }

    fn find(&self, id: &BoardId) -> Option<Arc<BoardEntry>> {
        let id = BoardId::named(id.as_str());
        let entries = self.entries.read();
        entries.iter().find(|entry| entry.id == id).cloned()
    }

    /// Every board, in the order of the navigation.
    pub fn all(&self) -> Vec<Arc<BoardEntry>> {
        self.entries.read().clone()
    }

    /// The values of their variables.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Says that there is a job system to show.
    pub fn set_ready(&self) {
        self.ready.send_replace(true);
    }

    /// Whether there is a job system to show.
    pub fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Waits until there is a job system to show.
    pub async fn ready(&self) {
        // The sender lives as long as we do, so this cannot fail.
        let _ = self.ready.subscribe().wait_for(|ready| *ready).await;
    }
}

impl BoardEntry {
    /// One panel of the board, over the whole width.
    fn alone(&self, id: &BoardId, panel: PanelId) -> Arc<Self> {
        Arc::new(Self {
            only: Some(panel),
            ..self.copy(id)
        })
    }

    fn copy(&self, id: &BoardId) -> Self {
        Self {
            id: id.clone(),
            folder: self.folder.clone(),
            title: self.title.clone(),
            board: Arc::clone(&self.board),
            version: self.version,
            only: self.only,
            problem: self.problem.clone(),
            is_of_file: self.is_of_file,
            diagnostics: Arc::clone(&self.diagnostics),
        }
    }

    /// The name of the source that the board asks first, as the board writes
    /// it; empty is the default one.
    pub fn source(&self) -> &str {
        let mut panels = self.board.panels.iter();
        panels
            .find(|panel| !panel.queries.is_empty() && panel.unanswered().is_none())
            .map_or("", |panel| &panel.source)
    }
}

#[cfg(test)]
mod tests {
    use dashboard::{Grid, Panel, PanelQuery};
    use wire::url::LiveParams;

    use super::variables::Resolved;
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn boards() -> Boards {
        let query = PanelQuery::promql("rate(a[$__rate_interval])");
        let panel = Panel {
            queries: vec![query],
            ..Panel::default()
        };
        let board = Board {
            title: "A".into(),
            panels: vec![panel, Panel::default()],
            ..Board::default()
        };
        let boards = Boards::default();
        assert!(boards.put_found(SYSTEMS, &"a".into(), board.numbered()));
        boards
    }

    fn view_of(id: &str, params: &LiveParams) -> Result<ResolvedView, BoardError> {
        let entry = boards().get(&id.into())?;
        let (request, resolved) = (entry.request(params, NOW_MS)?, Resolved::default());
        let filled = entry.filled(&request, &resolved)?;
        Ok(entry.resolve(&request, &resolved, filled, &1_000.into(), 450))
    }

    fn view(params: &LiveParams) -> Result<ResolvedView, BoardError> {
        view_of("a", params)
    }

    #[test]
    fn pages_that_ask_for_the_same_share_a_key() {
        let bare = view(&LiveParams::default()).unwrap();
        let spelled = LiveParams {
            from: "now-15m".into(),
            to: "now".into(),
            ..LiveParams::default()
        };
        assert_eq!(bare.key, view(&spelled).unwrap().key);
        let other = LiveParams {
            from: "now-1h".into(),
            ..LiveParams::default()
        };
        assert_ne!(bare.key, view(&other).unwrap().key);
    }

    #[test]
    fn queries_are_filled_in_for_the_step() {
        let spec = view(&LiveParams::default()).unwrap().spec;
        assert_eq!(
            (spec.step_ms, spec.tick_ms, spec.panels.len()),
            (2_000, 2_000, 1)
        );
        assert_eq!(
            &*spec.panels[0].queries[0].query.question.text,
            "rate(a[30s])"
        );
    }

    #[test]
    fn what_is_wrong_in_the_url_is_named() {
        let cases = [
            LiveParams {
                from: "yesterday".into(),
                ..LiveParams::default()
            },
            LiveParams {
                from: "now+1h".into(),
                ..LiveParams::default()
            },
            LiveParams {
                refresh: "soon".into(),
                ..LiveParams::default()
            },
            LiveParams {
                zone: "Mars/Olympus".into(),
                ..LiveParams::default()
            },
            LiveParams {
                compare: "yesterday".into(),
                ..LiveParams::default()
            },
        ];
        for params in cases {
            assert!(view(&params).is_err(), "{params:?}");
        }
        assert_eq!(
            boards().get(&"b".into()).unwrap_err(),
            BoardError::NotFound("b".into())
        );
    }

    #[test]
    fn a_panel_is_a_board_of_its_own() {
        let alone = view_of("a/1", &LiveParams::default()).unwrap().chrome.board;
        assert_eq!(
            (alone.panels.len(), alone.panels[0].grid.w),
            (1, Grid::COLUMNS)
        );
        for missing in ["a/9", "a/x", "b/1", "/"] {
            assert!(
                view_of(missing, &LiveParams::default()).is_err(),
                "{missing}"
            );
        }
    }

    #[test]
    fn a_board_that_stays_the_same_keeps_its_version() {
        let boards = boards();
        let entry = boards.get(&"a".into()).unwrap();
        assert!(!boards.put_found(SYSTEMS, &"a".into(), (*entry.board).clone()));
        let mut changed = (*entry.board).clone();
        changed.title = "B".into();
        assert!(boards.put_found(SYSTEMS, &"a".into(), changed));
        assert_ne!(boards.get(&"a".into()).unwrap().version, entry.version);
    }
}
