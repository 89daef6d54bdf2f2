//! A live event -> the bytes of a Server-Sent Event, encoded once and shared
//! by every viewer; and the ids by which a viewer says what it has seen.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use wire::live::LiveEvent;

/// Names one event of one view: `epoch-sequence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventId {
    /// Which life of the view: another after the view or the server restarted.
    pub epoch: u64,
    /// Counts the view's events from 0.
    pub sequence: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.epoch, self.sequence)
    }
}

impl FromStr for EventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (epoch, sequence) = text.split_once('-').ok_or(())?;
        Ok(Self {
            epoch: u64::from_str_radix(epoch, 16).map_err(drop)?,
            sequence: sequence.parse().map_err(drop)?,
        })
    }
}

/// An encoded event.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its place in the view's sequence.
    pub sequence: u64,
    /// The event as it goes over the wire.
    pub bytes: Bytes,
}

impl Frame {
    /// Encodes an event.
    ///
    /// # Errors
    /// Where the event does not serialise.
    pub fn encode(id: EventId, event: &LiveEvent) -> Result<Self, serde_json::Error> {
        let data = match event {
            LiveEvent::Snapshot(snapshot) => serde_json::to_string(snapshot)?,
            LiveEvent::Append(append) => serde_json::to_string(append)?,
            LiveEvent::Reload { reason } => serde_json::to_string(reason)?,
        };
        let text = format!("id: {id}\nevent: {}\ndata: {data}\n\n", event.name());
        Ok(Self {
            sequence: id.sequence,
            bytes: Bytes::from(text),
        })
    }
}

/// Keeps proxies from closing a quiet stream, and tells the page that it lives.
pub const HEARTBEAT: Bytes = Bytes::from_static(b"event: heartbeat\ndata: \n\n");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_text() {
        let id = EventId {
            epoch: 0xfeed,
            sequence: 12,
        };
        assert_eq!(id.to_string().parse(), Ok(id));
        for broken in ["", "12", "x-1", "1-", "1-x"] {
            assert_eq!(broken.parse::<EventId>(), Err(()), "{broken:?}");
        }
    }

    #[test]
    fn an_event_is_one_sse_block() {
        let id = EventId {
            epoch: 1,
            sequence: 2,
        };
        let frame = Frame::encode(
            id,
            &LiveEvent::Reload {
                reason: "a\nb".into(),
            },
        )
        .unwrap();
        assert_eq!(frame.bytes, "id: 1-2\nevent: reload\ndata: \"a\\nb\"\n\n");
    }
}
