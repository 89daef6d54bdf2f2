//! The views that are held -> which may come in, and which go for them.
//!
//! Contract: a view that somebody has a stream of stays. The others, which are
//! held for a page that may come back, take a bounded number of bytes together,
//! and a bounded part of them for one address: for a new one the least recently
//! seen go, those first that no page ever showed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::hub::{Client, Purpose, ViewKey};
use super::view::{View, Viewer};

/// How many views there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewLimits {
    /// What views without a stream may take together.
    pub idle_bytes: usize,
    /// What those of them may take that one address asked for; a proxy that
    /// many people share is one address.
    pub idle_bytes_of_address: usize,
    /// Views with streams.
    pub streamed: usize,
    /// Those of them that one address asked for.
    pub streamed_of_address: usize,
}

impl Default for ViewLimits {
    fn default() -> Self {
        Self {
            idle_bytes: 12 << 20,
            idle_bytes_of_address: 8 << 20,
            streamed: 1_000,
            streamed_of_address: 500,
        }
    }
}

/// A view counts as so many bytes at least: before it has data, too.
const LEAST_BYTES: usize = 16 << 10;

/// Why a view cannot be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooManyViews {
    /// By everybody together.
    #[error("too many different boards and ranges are looked at already; try again in a minute")]
    InAll,
    /// By one address.
    #[error("{0} looks at too many different boards and ranges already; close some pages")]
    OfAddress(IpAddr),
}

/// All views by their keys.
#[derive(Default)]
pub struct Views {
    limits: ViewLimits,
    held: HashMap<ViewKey, Held>,
    evicted: u64,
}

struct Held {
    view: Arc<View>,
    /// Who asked for it first.
    address: IpAddr,
    last_seen: Instant,
    /// Whether a page ever showed it.
    is_of_page: bool,
}

impl Held {
    fn is_streamed(&self) -> bool {
        self.view.streams() > 0
    }

    fn bytes(&self) -> usize {
        self.view.bytes().max(LEAST_BYTES)
    }
}

impl Views {
    /// No view, and these limits.
    pub fn new(limits: ViewLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<View>> {
        self.held.values().map(|held| &held.view)
    }

    /// How many went for others so far.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// A place at the view of this key, if there is one.
    ///
    /// # Errors
    /// Where a stream is wanted, and too many others have some.
    pub fn enter(&mut self, key: &ViewKey, client: Client) -> Result<Option<Viewer>, TooManyViews> {
        let Some(held) = self.held.get(key) else {
            return Ok(None);
        };
        if client.has_stream() && !held.is_streamed() {
            self.check_streamed(client.address)?;
        }
        let Some(held) = self.held.get_mut(key) else {
            return Ok(None);
        };
        held.last_seen = Instant::now();
        held.is_of_page |= client.purpose != Purpose::OneAnswer;
        Ok(Some(held.view.enter(client.has_stream())))
    }

    /// Makes room for a view that this client looks at.
    ///
    /// # Errors
    /// Where all that there are are needed.
    pub fn make_room(&mut self, client: Client) -> Result<(), TooManyViews> {
        let address = client.address;
        if client.has_stream() {
            self.check_streamed(address)?;
        }
        while self.idle_bytes(Some(address)) + LEAST_BYTES > self.limits.idle_bytes_of_address {
            self.evict(Some(address))
                .ok_or(TooManyViews::OfAddress(address))?;
        }
        while self.idle_bytes(None) + LEAST_BYTES > self.limits.idle_bytes {
            self.evict(None).ok_or(TooManyViews::InAll)?;
        }
        Ok(())
    }

    /// Puts a new view in.
    pub fn insert(&mut self, key: ViewKey, view: Arc<View>, client: Client) {
        let held = Held {
            view,
            address: client.address,
            last_seen: Instant::now(),
            is_of_page: client.purpose != Purpose::OneAnswer,
        };
        self.held.insert(key, held);
    }

    /// Whether a page ever showed the view of this key.
    pub fn is_of_page(&self, key: &ViewKey) -> bool {
        self.held.get(key).is_some_and(|held| held.is_of_page)
    }

    /// Whether this view is the one that is found by its key.
    pub fn holds(&self, key: &ViewKey, view: &Arc<View>) -> bool {
        let held = self.held.get(key);
        held.is_some_and(|held| Arc::ptr_eq(&held.view, view))
    }

    /// Says that a view is looked at still.
    pub fn touch(&mut self, key: &ViewKey) {
        if let Some(held) = self.held.get_mut(key) {
            held.last_seen = Instant::now();
        }
    }

    /// Takes a view out.
    pub fn remove(&mut self, key: &ViewKey) {
        self.held.remove(key);
    }

    /// Keeps those views alone of which this holds.
    pub fn retain(&mut self, mut keeps: impl FnMut(&ViewKey, &View) -> bool) {
        self.held.retain(|key, held| keeps(key, &held.view));
    }

    fn check_streamed(&self, address: IpAddr) -> Result<(), TooManyViews> {
        let streamed = self.held.values().filter(|held| held.is_streamed());
        let (mut total, mut of_address) = (0, 0);
        for held in streamed {
            total += 1;
            of_address += usize::from(held.address == address);
        }
        if of_address >= self.limits.streamed_of_address {
            return Err(TooManyViews::OfAddress(address));
        }
        if total >= self.limits.streamed {
            return Err(TooManyViews::InAll);
        }
        Ok(())
    }

    /// What views without a stream take, of one address or all.
    fn idle_bytes(&self, address: Option<IpAddr>) -> usize {
        self.idle(address).map(|(_, held)| held.bytes()).sum()
    }

    fn idle(&self, address: Option<IpAddr>) -> impl Iterator<Item = (&ViewKey, &Held)> {
        let is_asked_for = move |held: &Held| address.is_none_or(|address| held.address == address);
        self.held
            .iter()
            .filter(move |(_, held)| !held.is_streamed() && is_asked_for(held))
    }

    /// Has the view go that is missed least; `None` where somebody looks at each.
    fn evict(&mut self, address: Option<IpAddr>) -> Option<()> {
        let unseen = self
            .idle(address)
            .filter(|(_, held)| held.view.viewers() == 0);
        let (key, _) = unseen.min_by_key(|(_, held)| (held.is_of_page, held.last_seen))?;
        let key = key.clone();
        if let Some(held) = self.held.remove(&key) {
            held.view.end();
        }
        self.evicted += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use dashboard::Board;
    use jiff::tz::TimeZone;
    use tokio::sync::Semaphore;
    use tokio_util::sync::CancellationToken;
    use wire::id::BoardId;
    use wire::url::LiveParams;

    use super::*;
    use crate::live::spec::{RangeSpec, ViewSpec};
    use crate::live::view::ViewShared;
    use crate::query::QueryFrontends;

    const LIMITS: ViewLimits = ViewLimits {
        idle_bytes: 8 * LEAST_BYTES,
        idle_bytes_of_address: 4 * LEAST_BYTES,
        streamed: 3,
        streamed_of_address: 2,
    };

    fn client(address: u8, purpose: Purpose) -> Client {
        Client {
            address: Ipv4Addr::new(127, 0, 0, address).into(),
            purpose,
        }
    }

    fn key(name: u32) -> ViewKey {
        ViewKey {
            params: LiveParams {
                from: name.to_string(),
                ..LiveParams::default()
            },
            board_version: 0,
            intervals_ms: (1_000, 1_000),
        }
    }

    impl Views {
        /// A place at the view of this name, as the hub gives it.
        fn look(&mut self, name: u32, client: Client) -> Result<Viewer, TooManyViews> {
            if let Some(viewer) = self.enter(&key(name), client)? {
                return Ok(viewer);
            }
            self.make_room(client)?;
            let view = view();
            let viewer = view.enter(client.has_stream());
            self.insert(key(name), view, client);
            Ok(viewer)
        }

        fn names(&self) -> Vec<u32> {
            let names = self.held.keys().map(|key| key.params.from.parse());
            let mut names: Vec<u32> = names.map(Result::unwrap).collect();
            names.sort_unstable();
            names
        }
    }

    fn view() -> Arc<View> {
        let spec = ViewSpec {
            board: Board::default().view(&BoardId::overview(), 0),
            panels: Vec::new(),
            params: LiveParams::default(),
            range: RangeSpec::new("now-1m", "now", TimeZone::UTC, 1_000_000).unwrap(),
            step_ms: 1_000,
            tick_ms: 1_000,
        };
        let shared = ViewShared {
            server_version: String::new(),
            rendering: Arc::new(Semaphore::new(1)),
        };
        let frontends = QueryFrontends::new(Vec::new());
        Arc::new(View::new(spec, frontends, shared, CancellationToken::new()))
    }

    use Purpose::{OneAnswer, Page, Stream};

    #[test]
    fn answers_for_one_address_push_out_its_own_older_ones_and_no_page() {
        let mut views = Views::new(LIMITS);
        drop(views.look(1, client(1, Page)).unwrap());
        drop(views.look(2, client(2, OneAnswer)).unwrap());
        for name in 100..1_000 {
            drop(views.look(name, client(1, OneAnswer)).unwrap());
        }
        assert_eq!(views.names(), [1, 2, 997, 998, 999]);
        assert_eq!(views.evicted(), 900 - 3);
    }

    #[test]
    fn what_is_streamed_stays_and_is_counted_apart() {
        let mut views = Views::new(LIMITS);
        let streamed = views.look(1, client(1, Stream)).unwrap();
        for (name, address) in (100..200).zip((1..10).cycle()) {
            drop(views.look(name, client(address, Page)).unwrap());
        }
        assert_eq!(views.len(), 1 + 8);
        assert!(views.names().contains(&1));
        drop(streamed);
        for (name, address) in (200..208).zip(2..) {
            drop(views.look(name, client(address, Page)).unwrap());
        }
        assert!(!views.names().contains(&1), "nobody looks any more");
    }

    #[test]
    fn where_somebody_waits_for_each_view_no_other_comes_in() {
        let mut views = Views::new(LIMITS);
        let own: Vec<Viewer> = (0..4)
            .map(|name| views.look(name, client(1, OneAnswer)).unwrap())
            .collect();
        let refused = views.look(4, client(1, OneAnswer)).err();
        assert_eq!(
            refused,
            Some(TooManyViews::OfAddress(client(1, Page).address))
        );
        let others: Vec<Viewer> = (5..9)
            .map(|name| views.look(name, client(2, OneAnswer)).unwrap())
            .collect();
        let refused = views.look(9, client(3, Page)).err();
        assert_eq!(refused, Some(TooManyViews::InAll));
        drop((own, others));
        assert!(views.look(9, client(3, Page)).is_ok());
    }

    #[test]
    fn streams_of_different_views_are_limited_and_those_of_one_are_not() {
        let mut views = Views::new(LIMITS);
        let _first = views.look(1, client(1, Stream)).unwrap();
        let _same = views.look(1, client(2, Stream)).unwrap();
        let _second = views.look(2, client(1, Stream)).unwrap();
        drop(views.look(3, client(1, Page)).unwrap());
        let refused = views.look(3, client(1, Stream)).err();
        assert_eq!(
            refused,
            Some(TooManyViews::OfAddress(client(1, Page).address))
        );
        let _third = views.look(4, client(2, Stream)).unwrap();
        assert_eq!(
            views.look(5, client(3, Stream)).err(),
            Some(TooManyViews::InAll)
        );
        let _more = views.look(4, client(3, Stream)).unwrap();
    }
}
