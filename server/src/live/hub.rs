//! All views: finds the one that a page asks for, or starts it.
//!
//! Contract: pages that ask for the same thing share a view. A view without
//! viewers goes on for [`LINGER`], so that a reload finds it, unless others need
//! its room; after that its task ends, and with it every question it has under way. A view whose task
//! panicked is gone for the next viewer, who gets a new one.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::available_parallelism;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use query::SourceName;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use wire::id::BoardId;
use wire::url::LiveParams;

use super::admission::{Admission, StreamLimits};
use super::spec::ViewSpec;
use super::view::{View, ViewShared, Viewer};
use super::views::Views;
pub use super::views::{TooManyViews, ViewLimits};
use crate::query::QueryFrontends;
use crate::supervise;

/// A view without viewers is kept for so long, …
const LINGER: Duration = Duration::from_secs(30);
/// … and for so long where no page ever showed it.
const LINGER_AFTER_ANSWER: Duration = Duration::from_secs(2);

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

/// Who looks at a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// From where.
    pub address: IpAddr,
    /// What for.
    pub purpose: Purpose,
}

/// What somebody looks at a view for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One answer, after which nobody may come back.
    OneAnswer,
    /// A page, which will come back: by its stream, or at its next step.
    Page,
    /// A stream.
    Stream,
}

impl Client {
    /// Whether it has a stream.
    pub fn has_stream(self) -> bool {
        self.purpose == Purpose::Stream
    }
}

/// All views. Cloning shares them.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    views: Mutex<Views>,
    admission: Arc<Admission>,
    of_views: ViewShared,
    sent_bytes: Arc<AtomicU64>,
    ended_views: AtomicU64,
    shutdown: CancellationToken,
}

impl Hub {
    /// A hub without views, whose tasks end with `shutdown`.
    pub fn new(limits: StreamLimits, server_version: String, shutdown: CancellationToken) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            shared: Arc::new(Shared {
                views: Mutex::new(Views::new(ViewLimits::default())),
                admission: Arc::new(Admission::new(limits)),
                of_views: ViewShared {
                    server_version,
                    rendering: Arc::new(Semaphore::new(cores)),
                },
                sent_bytes: Arc::default(),
                ended_views: AtomicU64::new(0),
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
        self.shared.lock().all().map(|view| view.viewers()).sum()
    }

    /// About how many bytes all views take.
    pub fn view_bytes(&self) -> usize {
        self.shared.lock().all().map(|view| view.bytes()).sum()
    }

    /// How many views went for others so far.
    pub fn evicted_views(&self) -> u64 {
        self.shared.lock().evicted()
    }

    /// How many views have ended so far.
    pub fn ended_views(&self) -> u64 {
        self.shared.ended_views.load(Relaxed)
    }

    /// Bytes of events given to streams so far.
    pub fn sent_bytes(&self) -> u64 {
        self.shared.sent_bytes.load(Relaxed)
    }

    /// Where streams count the bytes that they are given.
    pub fn sent_bytes_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.shared.sent_bytes)
    }

    /// Has the pages of a board load its new layout, and forgets their views.
    pub fn board_changed(&self, board: &BoardId) {
        self.shared.lock().retain(|key, view| {
            let shown = &key.params.board;
            let changed = shown == board || is_panel_of(shown, board);
            if changed {
                view.reload("the board has changed");
            }
            !changed
        });
    }

    /// Has pages that show data of a source which is another now begin anew: points
    /// of two sources are no curve.
    pub fn sources_changed(&self, changes: impl Fn(&SourceName) -> bool) {
        self.shared.lock().retain(|_, view| {
            let changed = view.sources().any(&changes);
            if changed {
                view.reload("its source has changed");
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
        client: Client,
    ) -> Result<Viewer, TooManyViews> {
        let mut views = self.shared.lock();
        if let Some(viewer) = views.enter(&key, client)? {
            return Ok(viewer);
        }
        views.make_room(client)?;
        let view = Arc::new(View::new(
            spec,
            frontends,
            self.shared.of_views.clone(),
            self.shared.shutdown.child_token(),
        ));
        let viewer = view.enter(client.has_stream());
        views.insert(key.clone(), Arc::clone(&view), client);
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
fn is_panel_of(shown: &BoardId, board: &BoardId) -> bool {
    let whole = shown.board_and_panel();
    whole.is_some_and(|(whole, _)| whole == board.name())
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
            () = self.view.ended().cancelled() => {}
            () = self.forget_when_unseen() => {}
        }
    }

    async fn forget_when_unseen(&self) {
        let mut unseen_before = false;
        loop {
            tokio::time::sleep(self.linger()).await;
            let mut views = self.shared.lock();
            let is_ours = views.holds(&self.key, &self.view);
            let unseen = self.view.viewers() == 0; // under the lock, so nobody enters meanwhile
            if unseen && (unseen_before || !is_ours) {
                if is_ours {
                    views.remove(&self.key);
                }
                return;
            }
            if !unseen && is_ours {
                views.touch(&self.key);
            }
            unseen_before = unseen;
        }
    }

    fn linger(&self) -> Duration {
        if self.shared.lock().is_of_page(&self.key) {
            LINGER
        } else {
            LINGER_AFTER_ANSWER
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut views = self.shared.lock();
        if views.holds(&self.key, &self.view) {
            views.remove(&self.key);
        }
        drop(views);
        self.view.end();
        self.shared.ended_views.fetch_add(1, Relaxed);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Views> {
        self.views.lock()
    }
}
