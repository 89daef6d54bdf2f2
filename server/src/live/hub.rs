//! All views: finds the one that a page asks for, or starts it.
//!
//! Contract: pages that ask for the same thing share a view. A view without
//! viewers goes on for `LINGER`, so that a reload finds it; after that its
//! task ends, and with it every question it has under way. A view whose task
//! panicked is gone for the next viewer, who gets a new one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use wire::url::{LiveParams, OVERVIEW_NAME};

use super::admission::{Admission, StreamLimits};
use super::spec::ViewSpec;
use super::view::{View, Viewer};
use crate::query::QueryFrontends;
use crate::supervise;

/// A view without viewers is kept for so long.
const LINGER: Duration = Duration::from_secs(30);
/// Different views at the same time; more would be somebody trying URLs.
const MAX_VIEWS: usize = 1_000;

/// What names a view: what the page asks for, on which version of its board.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ViewKey {
    /// The page's parameters in normal form.
    pub params: LiveParams,
    /// See [`wire::board::BoardLayout::version`].
    pub board_version: u64,
    /// The step and the rate interval, which follow what is learned of the data.
    pub intervals_ms: (i64, i64),
}

/// Too many different views are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_VIEWS} different boards and ranges are looked at already; try again in a minute")]
pub struct TooManyViews;

/// All views. Cloning shares them.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    views: Mutex<HashMap<ViewKey, Arc<View>>>,
    admission: Arc<Admission>,
    server_version: String,
    sent_bytes: Arc<AtomicU64>,
    shutdown: CancellationToken,
}

impl Hub {
    /// A hub without views, whose tasks end with `shutdown`.
    pub fn new(limits: StreamLimits, server_version: String, shutdown: CancellationToken) -> Self {
        Self {
            shared: Arc::new(Shared {
                views: Mutex::default(),
                admission: Arc::new(Admission::new(limits)),
                server_version,
                sent_bytes: Arc::default(),
                shutdown,
            }),
        }
    }

    /// The open streams.
    pub fn admission(&self) -> &Arc<Admission> {
        &self.shared.admission
    }

    /// How many views there are.
    pub fn view_count(&self) -> usize {
        self.shared.lock().len()
    }

    /// How many places there are at all views; a page of several has several.
    pub fn viewer_count(&self) -> usize {
        self.shared.lock().values().map(|view| view.viewers()).sum()
    }

    /// Bytes of events given to streams so far.
    pub fn sent_bytes(&self) -> u64 {
        self.shared.sent_bytes.load(Relaxed)
    }

    /// Where streams count the bytes that they are given.
    pub fn sent_bytes_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.shared.sent_bytes)
    }

    /// A place at the running view of this key, if there is one.
    pub fn find(&self, key: &ViewKey) -> Option<Viewer> {
        self.shared.lock().get(key).map(View::enter)
    }

    /// Has the pages of a board load its new layout, and forgets their views.
    pub fn board_changed(&self, board: &str) {
        self.shared.lock().retain(|key, view| {
            let shown = key.params.board.as_str();
            let changed = shown == board || is_panel_of(shown, board);
            if changed {
                view.reload("the board has changed");
            }
            !changed
        });
    }

    /// A place at the view of this key, which is started where it does not run.
    ///
    /// # Errors
    /// Where there are too many views.
    pub fn enter(
        &self,
        key: ViewKey,
        spec: ViewSpec,
        frontends: QueryFrontends,
    ) -> Result<Viewer, TooManyViews> {
        let mut views = self.shared.lock();
        if let Some(view) = views.get(&key) {
            return Ok(view.enter());
        }
        if views.len() >= MAX_VIEWS {
            return Err(TooManyViews);
        }
        let view = Arc::new(View::new(
            spec,
            frontends,
            self.shared.server_version.clone(),
            self.shared.shutdown.child_token(),
        ));
        let viewer = view.enter();
        views.insert(key.clone(), Arc::clone(&view));
        let entry = Entry {
            shared: Arc::clone(&self.shared),
            key,
            view,
        };
        supervise::spawn("view", entry.run());
        Ok(viewer)
    }
}

/// Whether `shown` is one panel of `board`.
fn is_panel_of(shown: &str, board: &str) -> bool {
    let name = if board.is_empty() {
        OVERVIEW_NAME
    } else {
        board
    };
    shown
        .rsplit_once('/')
        .is_some_and(|(whole, _)| whole == name)
}

/// A running view's place among all. When it is dropped, because nobody looks
/// any more or because the view panicked, no viewer finds the view again, and
/// those that it has are told.
struct Entry {
    shared: Arc<Shared>,
    key: ViewKey,
    view: Arc<View>,
}

impl Entry {
    async fn run(self) {
        tokio::select! {
            () = self.view.run() => {}
            () = self.shared.shutdown.cancelled() => {}
            () = self.forget_when_unseen() => {}
        }
    }

    async fn forget_when_unseen(&self) {
        let mut unseen_before = false;
        loop {
            tokio::time::sleep(LINGER).await;
            let mut views = self.shared.lock();
            let is_ours = self.is_in(&views);
            let unseen = self.view.viewers() == 0; // under the lock, so nobody enters meanwhile
            if unseen && (unseen_before || !is_ours) {
                if is_ours {
                    views.remove(&self.key);
                }
                return;
            }
            unseen_before = unseen;
        }
    }

    fn is_in(&self, views: &HashMap<ViewKey, Arc<View>>) -> bool {
        let held = views.get(&self.key);
        held.is_some_and(|held| Arc::ptr_eq(held, &self.view))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut views = self.shared.lock();
        if self.is_in(&views) {
            views.remove(&self.key);
        }
        drop(views);
        self.view.end();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<ViewKey, Arc<View>>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
