//! Boards by id, and what a page asks for -> the [`ViewSpec`] that shows it.

pub mod check;
pub mod convert;
pub mod discover;
pub mod files;
pub mod folders;
pub mod inventory;
pub mod packs;
pub mod variables;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use dashboard::time::TimeError;
use dashboard::{Board, BuiltIns, Grid, Panel, Query, Scope, Target, duration};
use jiff::tz::TimeZone;
use tokio::sync::watch;
use wire::url::LiveParams;

use crate::live::hub::ViewKey;
use crate::live::spec::{PanelQueries, RangeSpec, ViewQuery, ViewSpec};
use crate::plane::normal::{NormalQuery, choose_step_ms, rate_interval_ms};
use variables::Resolver;

/// A chart has at most so many points: more are not told apart at its width,
/// and every one costs the source, the page and the wire.
const MAX_POINTS: i64 = 450;

/// Why a page cannot be shown as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// No such board.
    #[error("there is no board `{0}`")]
    NotFound(String),
    /// `from=` or `to=` is wrong.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// `refresh=` is wrong.
    #[error("`refresh={0}` is no interval: write `5s`, `1m`, `auto` or `off`")]
    Refresh(String),
}

/// A board under its id.
#[derive(Debug)]
pub struct Entry {
    /// The name in the URL; empty for the overview.
    pub id: String,
    /// The board.
    pub board: Board,
    /// Another for each different content.
    pub version: u64,
    /// The values of its variables.
    pub variables: Resolver,
}

/// The overview's id.
pub const OVERVIEW: &str = "";
/// What the overview is called where an empty id cannot stand.
pub const OVERVIEW_NAME: &str = "overview";

/// Every board there is, in the order of the navigation. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Boards {
    entries: Arc<RwLock<Vec<Arc<Entry>>>>,
    ready: watch::Sender<bool>,
}

impl Boards {
    /// The board of this id; `overview` is the overview by name, and `id/3` is
    /// panel 3 of a board, as a board of its own.
    ///
    /// # Errors
    /// [`BoardError::NotFound`].
    pub fn get(&self, id: &str) -> Result<Arc<Entry>, BoardError> {
        let alone = || {
            let (board, panel) = id.rsplit_once('/')?;
            self.find(board)?.alone(id, panel.parse().ok()?)
        };
        self.find(id)
            .or_else(alone)
            .ok_or_else(|| BoardError::NotFound(id.to_owned()))
    }

    fn find(&self, id: &str) -> Option<Arc<Entry>> {
        let id = if id == OVERVIEW_NAME { OVERVIEW } else { id };
        self.all().into_iter().find(|entry| entry.id == id)
    }

    /// Every board, in the order of the navigation.
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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

    /// Takes a board away.
    pub fn remove(&self, id: &str) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.id != id);
    }

    /// Puts a board in, in place of an older one of the same id; returns
    /// whether that changes anything.
    pub fn put(&self, id: &str, board: Board) -> bool {
        let entry = Arc::new(Entry {
            id: id.to_owned(),
            version: version(&board),
            board,
            variables: Resolver::default(),
        });
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        match entries.iter_mut().find(|held| held.id == id) {
            Some(held) if held.version == entry.version => false,
            Some(held) => {
                *held = entry;
                true
            }
            None => {
                entries.push(entry);
                true
            }
        }
    }
}

fn version(board: &Board) -> u64 {
    let mut hasher = DefaultHasher::new();
    // The serialised form is the board's identity; `Board` holds floats.
    serde_json::to_string(board)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

impl Entry {
    /// One panel of the board, over the whole width.
    fn alone(&self, id: &str, panel: u32) -> Option<Arc<Self>> {
        let mut panel = self.board.panel(panel)?.clone();
        panel.grid = Grid {
            x: 0,
            y: 0,
            w: Grid::COLUMNS,
            h: panel.grid.h,
        };
        let board = Board {
            panels: vec![panel],
            ..self.board.clone()
        };
        Some(Arc::new(Self {
            id: id.to_owned(),
            board,
            version: self.version,
            variables: Resolver::default(),
        }))
    }

    /// The view that a page asks for, and the key under which equal pages
    /// share it. `params` is brought into normal form: what it leaves out is
    /// filled in from the board; `scope` holds the values of its variables.
    ///
    /// # Errors
    /// Where the range or the refresh interval is wrong.
    pub fn view(
        &self,
        params: &LiveParams,
        scope: &Scope,
        scrape_interval_ms: i64,
        now_ms: i64,
    ) -> Result<(ViewKey, ViewSpec), BoardError> {
        let params = self.normal(params);
        let range = RangeSpec::new(&params.from, &params.to, TimeZone::UTC, now_ms)?;
        let (from_ms, to_ms) = range.ends(now_ms)?;
        let step_ms = choose_step_ms(to_ms - from_ms, MAX_POINTS, scrape_interval_ms);
        let rate_interval_ms = rate_interval_ms(step_ms, scrape_interval_ms);
        let built_in = Scope::built_in(&BuiltIns {
            from_ms,
            to_ms,
            interval_ms: step_ms,
            rate_interval_ms,
        });
        let board = self.board.filled(scope);
        let spec = ViewSpec {
            board: board.view(&self.id, self.version),
            panels: board
                .panels
                .iter()
                .filter_map(|panel| queries(panel, &built_in, step_ms))
                .collect(),
            range,
            step_ms,
            tick_ms: tick_ms(&params.refresh, step_ms)?,
        };
        Ok((
            ViewKey {
                params,
                board_version: self.version,
                intervals_ms: (step_ms, rate_interval_ms),
            },
            spec,
        ))
    }

    /// The name of the source that the board asks first; empty is the default one.
    pub fn source(&self) -> &str {
        let asks = |panel: &&Panel| !panel.queries.is_empty();
        self.board
            .panels
            .iter()
            .find(asks)
            .map_or("", |panel| &panel.source)
    }

    fn normal(&self, params: &LiveParams) -> LiveParams {
        let or = |text: &str, default: &str| {
            if text.is_empty() {
                default.to_owned()
            } else {
                text.to_owned()
            }
        };
        let time = &self.board.time;
        LiveParams {
            board: self.id.clone(),
            from: or(&params.from, &time.from),
            to: or(&params.to, &time.to),
            refresh: or(&params.refresh, "auto"),
            variables: params.variables.clone(),
        }
    }
}

fn queries(panel: &Panel, built_in: &Scope, step_ms: i64) -> Option<PanelQueries> {
    let query = |query: &Query| {
        let template = query.legend.clone();
        ViewQuery {
            letter: query.letter,
            source: panel.source.clone(),
            query: NormalQuery {
                expr: built_in.fill(&query.expr, Target::PromQl).into(),
                step_ms,
            },
            name: Arc::new(move |labels| dashboard::legend(&template, labels)),
        }
    };
    let shown = panel.queries.iter().filter(|query| !query.hidden);
    let queries: Vec<ViewQuery> = shown.map(query).collect();
    (!queries.is_empty()).then_some(PanelQueries {
        id: panel.id,
        queries,
        written: panel.kind.is_written().then(|| Arc::new(panel.clone())),
    })
}

/// How often a view asks: every step, or more rarely where the URL says so.
fn tick_ms(refresh: &str, step_ms: i64) -> Result<i64, BoardError> {
    let wanted_ms = match refresh {
        "auto" | "off" => 0,
        text => duration::parse(text).map_err(|_| BoardError::Refresh(text.to_owned()))?,
    };
    Ok(i64::try_from(wanted_ms).unwrap_or(i64::MAX).max(step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn boards() -> Boards {
        let query = Query {
            expr: "rate(a[$__rate_interval])".into(),
            ..Query::default()
        };
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
        assert!(boards.put("a", board.numbered()));
        boards
    }

    fn view(params: &LiveParams) -> Result<(ViewKey, ViewSpec), BoardError> {
        boards()
            .get("a")
            .unwrap()
            .view(params, &Scope::default(), 1_000, NOW_MS)
    }

    #[test]
    fn pages_that_ask_for_the_same_share_a_key() {
        let bare = view(&LiveParams::default()).unwrap();
        let spelled = LiveParams {
            from: "now-15m".into(),
            to: "now".into(),
            ..LiveParams::default()
        };
        assert_eq!(bare.0, view(&spelled).unwrap().0);
        let other = LiveParams {
            from: "now-1h".into(),
            ..LiveParams::default()
        };
        assert_ne!(bare.0, view(&other).unwrap().0);
    }

    #[test]
    fn queries_are_filled_in_for_the_step() {
        let (_, spec) = view(&LiveParams::default()).unwrap();
        assert_eq!(
            (spec.step_ms, spec.tick_ms, spec.panels.len()),
            (2_000, 2_000, 1)
        );
        assert_eq!(&*spec.panels[0].queries[0].query.expr, "rate(a[30s])");
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
        ];
        for params in cases {
            assert!(view(&params).is_err(), "{params:?}");
        }
        assert_eq!(
            boards().get("b").unwrap_err(),
            BoardError::NotFound("b".into())
        );
    }

    #[test]
    fn a_panel_is_a_board_of_its_own() {
        let boards = boards();
        let alone = boards.get("a/1").unwrap();
        assert_eq!(
            (alone.board.panels.len(), alone.board.panels[0].grid.w),
            (1, Grid::COLUMNS)
        );
        for missing in ["a/9", "a/x", "b/1", "/"] {
            assert!(boards.get(missing).is_err(), "{missing}");
        }
    }

    #[test]
    fn a_board_that_stays_the_same_keeps_its_version() {
        let boards = boards();
        let entry = boards.get("a").unwrap();
        assert!(!boards.put("a", entry.board.clone()));
        let mut changed = entry.board.clone();
        changed.title = "B".into();
        assert!(boards.put("a", changed));
        assert_ne!(boards.get("a").unwrap().version, entry.version);
    }
}
