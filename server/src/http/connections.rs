//! How many connections are served, in all and from one address, and which
//! requests are answered beyond that.
//!
//! Contract: connections leave descriptors for the store's files, the sources
//! and the targets. Whoever holds all places that there are, or all of an
//! address, stops no probe: beyond the limits a connection is still answered,
//! soon or not at all, but only about the health of the server; anything else
//! is refused with a reason.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONNECTION, HeaderValue, RETRY_AFTER};
use parking_lot::Mutex;
use rustix::process::{Resource, getrlimit};
use tokio_util::sync::CancellationToken;
use wire::url::{HEALTHZ, LIVEZ, METRICS, READYZ};

use crate::live::admission::{Admission, Admitted, Refusal, StreamLimits};

/// Connections that carry no stream, beside the streams that may be open.
const BESIDE_STREAMS: usize = 4_096;
/// The same for one address.
const BESIDE_STREAMS_OF_ADDRESS: usize = 1_024;
/// Descriptors that connections leave to everything else: an eighth of all, …
const RESERVED_SHARE: usize = 8;
/// … but not fewer than a small server needs, nor more than a large one does.
const RESERVED: (usize, usize) = (64, 2_048);
/// Connections beyond the limits that wait for their request at the same time;
/// the oldest gives way, since a probe says at once what it wants.
const BEYOND: usize = 32;

/// How long a connection may take to send the head of a request, and how long
/// it may rest between two.
pub(super) const IDLE: Duration = Duration::from_secs(30);
/// The same where places are scarce.
const IDLE_WHEN_SCARCE: Duration = Duration::from_secs(5);

/// What a refused client is to wait before it tries again, in seconds.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("10");

/// How many connections are served beside so many streams, by a process that
/// may have so many descriptors.
fn limits(streams: StreamLimits, descriptors: usize) -> StreamLimits {
    let reserved = (descriptors / RESERVED_SHARE).clamp(RESERVED.0, RESERVED.1);
    let total = descriptors.saturating_sub(reserved + BEYOND).max(1);
    let total = total.min(streams.total.saturating_add(BESIDE_STREAMS));
    let of_address = streams
        .per_address
        .saturating_add(BESIDE_STREAMS_OF_ADDRESS);
    StreamLimits {
        total,
        per_address: of_address.min(total),
    }
}

/// The connections of a listener.
#[derive(Debug)]
pub struct Connections {
    limits: StreamLimits,
    open: Arc<Admission>,
    beyond: Mutex<VecDeque<CancellationToken>>,
}

/// What a connection may do.
#[derive(Clone, Debug)]
pub enum Rights {
    /// Anything.
    All,
    /// Ask for the server's health.
    Health(Refusal),
}

/// A connection's place: free again when it is dropped.
#[derive(Debug)]
pub struct Place {
    /// What the connection may do.
    pub rights: Rights,
    /// Cancelled when it has to give way.
    pub gives_way: CancellationToken,
    /// How long its client may be silent where a request is due.
    pub idle: Duration,
    /// Whether it may carry one request after another.
    pub keeps_alive: bool,
    _admitted: Option<Admitted>,
}

impl Connections {
    /// No connection is open yet; `streams` is how many event streams may be.
    pub fn new(streams: StreamLimits) -> Self {
        let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        Self::of(limits(
            streams,
            usize::try_from(descriptors).unwrap_or(usize::MAX),
        ))
    }

    pub(super) fn of(limits: StreamLimits) -> Self {
        Self {
            limits,
            open: Arc::new(Admission::new(limits)),
            beyond: Mutex::default(),
        }
    }

    /// A place for a connection from `address`.
    pub fn admit(&self, address: IpAddr) -> Place {
        let gives_way = CancellationToken::new();
        let is_scarce = self.open.total() > self.limits.total / 2;
        match self.open.admit(address) {
            Ok(admitted) => Place {
                rights: Rights::All,
                gives_way,
                idle: if is_scarce { IDLE_WHEN_SCARCE } else { IDLE },
                keeps_alive: !is_scarce,
                _admitted: Some(admitted),
            },
            Err(refusal) => {
                self.take_in_beyond(gives_way.clone());
                Place {
                    rights: Rights::Health(refusal),
                    gives_way,
                    idle: IDLE_WHEN_SCARCE,
                    keeps_alive: false,
                    _admitted: None,
                }
            }
        }
    }

    fn take_in_beyond(&self, newest: CancellationToken) {
        let mut beyond = self.beyond.lock();
        if beyond.len() >= BEYOND
            && let Some(oldest) = beyond.pop_front()
        {
            oldest.cancel();
        }
        beyond.push_back(newest);
    }
}

impl Rights {
    /// Why a request for `path` is not answered; `None` where it is.
    pub fn refuse(&self, path: &str) -> Option<Response> {
        const HEALTH: [&str; 4] = [HEALTHZ, LIVEZ, READYZ, METRICS];
        let (status, reason) = match self {
            Self::All => return None,
            Self::Health(_) if HEALTH.contains(&path) => return None,
            Self::Health(Refusal::Full(limit)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "all {limit} connections that this Andon serves are open; try again soon\n"
                ),
            ),
            Self::Health(Refusal::AddressFull(address, limit)) => (
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "{address} has {limit} connections open already; close some, or raise \
                     `live.max_streams_per_address` where many people share the address\n"
                ),
            ),
        };
        let headers = [
            (RETRY_AFTER, RETRY_AFTER_S),
            (CONNECTION, HeaderValue::from_static("close")),
        ];
        Some((status, headers, reason).into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn descriptors_are_left_to_others_and_streams_have_room() {
        let streams = StreamLimits::default();
        for (descriptors, total, per_address) in [
            (16, 1, 1),
            (256, 160, 160),
            (1_024, 864, 864),
            (65_536, 24_096, 2_024),
            (usize::MAX, 24_096, 2_024),
        ] {
            let expected = StreamLimits { total, per_address };
            assert_eq!(limits(streams, descriptors), expected, "{descriptors}");
        }
    }

    #[test]
    fn beyond_the_limit_the_newest_may_ask_for_health_and_the_oldest_gives_way() {
        let connections = Connections::of(StreamLimits {
            total: 4,
            per_address: 3,
        });
        let served: Vec<Place> = (0..3).map(|_| connections.admit(HERE)).collect();
        let alive: Vec<bool> = served.iter().map(|place| place.keeps_alive).collect();
        assert_eq!(alive, [true, true, true]);
        let beyond: Vec<Place> = (0..=BEYOND).map(|_| connections.admit(HERE)).collect();
        let given_way = beyond.iter().filter(|place| place.gives_way.is_cancelled());
        assert_eq!(given_way.count(), 1);
        assert!(beyond[0].gives_way.is_cancelled());
        let rights = &beyond[1].rights;
        assert!(rights.refuse(HEALTHZ).is_none());
        let refused = rights.refuse("/").unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[RETRY_AFTER], RETRY_AFTER_S);
        drop(served);
        assert!(matches!(connections.admit(HERE).rights, Rights::All));
    }

    #[test]
    fn where_places_are_scarce_a_connection_carries_one_request() {
        let connections = Connections::of(StreamLimits {
            total: 4,
            per_address: 4,
        });
        let places: Vec<Place> = (0..4).map(|_| connections.admit(HERE)).collect();
        let alive: Vec<bool> = places.iter().map(|place| place.keeps_alive).collect();
        assert_eq!(alive, [true, true, true, false]);
    }
}
