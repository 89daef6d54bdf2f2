//! The page's live state: a snapshot, kept current by the stream's events.
//!
//! One store a page. On the server it holds the page's snapshot and never
//! changes; in the browser `browser` feeds it, and islands subscribe to the
//! panel they show. It knows no DOM and no network.

#[cfg(feature = "hydrate")]
mod browser;
pub mod navigation;

use std::sync::Arc;

use leptos::prelude::*;
use wire::board::{BoardLayout, Legend, PanelKind, PanelLayout};
use wire::data::{PanelData, RenderedPanel, Status};
use wire::id::{BoardId, PanelId};
use wire::live::{ANNOTATIONS, Append, LiveEvent, Snapshot, Window};
use wire::url::LiveParams;

use crate::text::age;
use crate::text::moment::Zone;
use crate::text::state::Link;

#[cfg(feature = "hydrate")]
pub use browser::{navigate, use_store};

/// The store of the page that is being rendered.
#[cfg(not(feature = "hydrate"))]
pub fn use_store() -> Store {
    use_context().unwrap_or_default()
}

/// A page's state; clones share it.
#[derive(Clone)]
pub struct Store(Arc<State>);

/// The parts of a [`Store`].
pub struct State {
    /// The layout; another layout is another page.
    pub board: BoardLayout,
    /// Where the data comes from.
    pub source: String,
    /// What the page's URL asks for.
    pub params: ArcRwSignal<LiveParams>,
    /// The span of time on the page.
    pub window: ArcRwSignal<Window>,
    /// The server's clock, moving with the browser's.
    pub now_ms: ArcRwSignal<i64>,
    /// The zone in which times are written: what the page says; the reader's own
    /// from the second frame on, since the server wrote the first in UTC.
    pub zone: ArcRwSignal<Zone>,
    /// How the page stands to its stream.
    pub link: ArcRwSignal<Link>,
    /// Why the source does not answer, if it does not.
    pub source_error: ArcRwSignal<Option<String>>,
    /// The newest time that most panels have reached.
    pub newest_ms: ArcRwSignal<Option<i64>>,
    /// The time under the pointer, shared by all charts.
    pub cursor_ms: ArcRwSignal<Option<i64>>,
    /// The copy of a panel that is asked for, by the panel's id.
    pub copy: ArcRwSignal<Option<(PanelId, CopyFormat)>>,
    /// Notified when the colours have changed: what was painted is painted anew.
    pub recoloured: ArcTrigger,
    server_version: String,
    event_id: ArcRwSignal<String>,
    panels: Vec<(PanelId, ArcRwSignal<PanelData>)>,
    rendered: Vec<(PanelId, ArcRwSignal<RenderedPanel>)>,
}

impl std::ops::Deref for Store {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl Default for Store {
    /// A page without panels.
    fn default() -> Self {
        Self::new(
            Snapshot {
                event_id: String::new(),
                board: BoardLayout {
                    id: BoardId::overview(),
                    title: String::new(),
                    version: 0,
                    panels: Vec::new(),
                    refresh_ms: 0,
                },
                panels: Vec::new(),
                rendered: Vec::new(),
                window: Window::default(),
                server_time_ms: 0,
                server_version: String::new(),
                source: String::new(),
                source_error: None,
            },
            LiveParams::default(),
        )
    }
}

/// As what a panel is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    /// A picture.
    Png,
    /// A drawing.
    Svg,
}

/// What is to be done after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the store has it.
    Continue,
    /// Load the page anew: its layout or its program is another.
    Reload,
}

impl Store {
    /// The state at a page's first moment.
    pub fn new(snapshot: Snapshot, params: LiveParams) -> Self {
        let of_kind = |is_kind: fn(&PanelKind) -> bool| {
            let panels = snapshot.board.panels.iter();
            let ids = panels.filter(move |panel| is_kind(&panel.kind));
            ids.map(|panel| panel.id)
        };
        let panels = of_kind(|kind| matches!(kind, PanelKind::TimeSeries(_)));
        let panels = panels.map(|id| (id, ArcRwSignal::new(loading()))).collect();
        let rendered = of_kind(|kind| match kind {
            PanelKind::TimeSeries(options) => options.legend == Legend::Table,
            kind => matches!(kind, PanelKind::Rendered(_)),
        });
        let rendered = rendered.chain([ANNOTATIONS]);
        let rendered = rendered.map(|id| (id, ArcRwSignal::default())).collect();
        let store = Self(Arc::new(State {
            board: snapshot.board,
            source: snapshot.source,
            params: ArcRwSignal::new(params),
            window: ArcRwSignal::new(snapshot.window),
            now_ms: ArcRwSignal::new(snapshot.server_time_ms),
            zone: ArcRwSignal::new(Zone::default()),
            link: ArcRwSignal::new(Link::Unattended),
            source_error: ArcRwSignal::new(snapshot.source_error),
            newest_ms: ArcRwSignal::new(None),
            cursor_ms: ArcRwSignal::new(None),
            copy: ArcRwSignal::new(None),
            recoloured: ArcTrigger::new(),
            server_version: snapshot.server_version,
            event_id: ArcRwSignal::new(snapshot.event_id),
            panels,
            rendered,
        }));
        store.replace_panels(snapshot.panels);
        store.rewrite(snapshot.rendered);
        store
    }

    /// The state with times in another zone than UTC.
    #[cfg(feature = "ssr")]
    pub fn in_zone(self, zone: Zone) -> Self {
        self.zone.set(zone);
        self
    }

    /// The data of a panel, `None` for one that the board lacks.
    pub fn panel(&self, id: PanelId) -> Option<ArcRwSignal<PanelData>> {
        let found = self.panels.iter().find(|(panel, _)| *panel == id);
        found.map(|(_, data)| data.clone())
    }

    /// What the server has rendered of a panel, `None` for one that the board lacks.
    pub fn rendered(&self, id: PanelId) -> Option<ArcRwSignal<RenderedPanel>> {
        let found = self.rendered.iter().find(|(panel, _)| *panel == id);
        found.map(|(_, rendered)| rendered.clone())
    }

    /// The layout of a panel.
    pub fn layout(&self, id: PanelId) -> Option<&PanelLayout> {
        self.board.panels.iter().find(|panel| panel.id == id)
    }

    /// The id of the newest event that the state includes.
    pub fn event_id(&self) -> String {
        self.event_id.get_untracked()
    }

    /// Takes over an event with its id.
    pub fn apply(&self, event: LiveEvent, id: String) -> Next {
        match event {
            LiveEvent::Append(append) => self.append(append),
            LiveEvent::Snapshot(snapshot) => {
                let is_same_page = snapshot.server_version == self.server_version
                    && snapshot.board.id == self.board.id
                    && snapshot.board.version == self.board.version;
                if !is_same_page {
                    return Next::Reload;
                }
                self.replace(*snapshot);
            }
            LiveEvent::Reload { .. } => return Next::Reload,
        }
        if !id.is_empty() {
            self.event_id.set(id);
        }
        self.link.set(self.open_link());
        Next::Continue
    }

    fn append(&self, append: Append) {
        self.window.set(append.window);
        self.now_ms.set(append.server_time_ms);
        self.source_error.set(append.source_error);
        for panel in &append.panels {
            if let Some(data) = self.panel(panel.id) {
                data.update(|data| data.apply(panel, data.window(append.window).capacity()));
            }
        }
        self.rewrite(append.rendered);
    }

    fn replace(&self, snapshot: Snapshot) {
        self.event_id.set(snapshot.event_id);
        self.window.set(snapshot.window);
        self.now_ms.set(snapshot.server_time_ms);
        self.source_error.set(snapshot.source_error);
        self.replace_panels(snapshot.panels);
        self.rewrite(snapshot.rendered);
    }

    fn replace_panels(&self, mut fresh: Vec<(PanelId, PanelData)>) {
        for (id, data) in &self.panels {
            let found = fresh.iter().position(|(panel, _)| panel == id);
            data.set(found.map_or_else(loading, |index| fresh.swap_remove(index).1));
        }
    }

    fn rewrite(&self, fresh: Vec<(PanelId, RenderedPanel)>) {
        for (id, fresh) in fresh {
            if let Some(rendered) = self.rendered(id) {
                rendered.update(|rendered| rendered.apply(fresh));
            }
        }
        self.note_newest();
    }

    fn note_newest(&self) {
        let step_ms = self.window.with_untracked(|window| window.step_ms);
        let drawn = self.panels.iter().map(|(_, data)| data);
        let drawn = drawn.filter_map(|data| data.with_untracked(|d| age::as_of_ms(d, step_ms)));
        let rendered = self.rendered.iter();
        let rendered =
            rendered.filter_map(|(_, rendered)| rendered.with_untracked(|w| w.newest_ms));
        let times: Vec<i64> = drawn.chain(rendered).collect();
        self.newest_ms.set(age::reached_by_most(&times));
    }

    /// Takes note that a script keeps the page up to date from now on.
    pub fn attend(&self) {
        if self.link.get_untracked() == Link::Unattended {
            self.link.set(self.open_link());
        }
    }

    /// The link while events arrive: loading until most panels have been answered.
    fn open_link(&self) -> Link {
        let drawn = self.panels.iter().map(|(_, data)| {
            data.with_untracked(|data| is_due(&data.status) && age::newest_ms(data).is_none())
        });
        let rendered = self.rendered.iter();
        let rendered = rendered
            .filter(|(id, _)| *id != ANNOTATIONS)
            .map(|(_, one)| {
                one.with_untracked(|one| is_due(&one.status) && one.newest_ms.is_none())
            });
        let (mut due, mut all) = (0, 0);
        for is_due in drawn.chain(rendered) {
            due += usize::from(is_due);
            all += 1;
        }
        if due > 0 && 2 * due >= all {
            Link::Loading
        } else {
            Link::Open
        }
    }
}

/// Whether an answer is still to come.
fn is_due(status: &Status) -> bool {
    matches!(status, Status::Loading | Status::Waiting { .. })
}

fn loading() -> PanelData {
    PanelData {
        status: Status::Loading,
        ..PanelData::default()
    }
}

#[cfg(test)]
mod tests;
