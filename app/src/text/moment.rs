//! Moments in words, in a time zone that is passed in.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use chart::civil::{self, moment_in};

/// A time zone: seconds east of UTC at a moment (milliseconds since the epoch).
#[derive(Clone)]
pub struct Zone(Arc<dyn Fn(i64) -> i32 + Send + Sync>);

impl Zone {
    /// The zone of these offsets.
    pub fn new(offset_s: impl Fn(i64) -> i32 + Send + Sync + 'static) -> Self {
        Self(Arc::new(offset_s))
    }
}

impl Default for Zone {
    /// UTC.
    fn default() -> Self {
        Self::new(civil::utc)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Zone")
    }
}

impl Deref for Zone {
    type Target = dyn Fn(i64) -> i32 + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// A moment as `2026-11-20 12:30:05`.
pub fn of(time_ms: i64, zone: civil::Zone) -> String {
    moment_in(time_ms, zone)
}

/// The time of day as `12:30`.
pub fn clock(time_ms: i64, zone: civil::Zone) -> String {
    of(time_ms, zone).get(11..16).unwrap_or_default().to_owned()
}

/// A span as `2026-11-20 12:00 – 13:00`; the date is not said twice, and
/// seconds only where there are some.
pub fn span(from_ms: i64, to_ms: i64, zone: civil::Zone) -> String {
    let ends = [from_ms, to_ms].map(|ms| of(ms - ms.rem_euclid(1_000), zone));
    let [from, to] = &ends;
    let to = if from.get(..10) == to.get(..10) {
        to.get(11..).unwrap_or(to)
    } else {
        to
    };
    [without_seconds(from), " – ", without_seconds(to)].concat()
}

/// The time without its seconds where they are none.
fn without_seconds(text: &str) -> &str {
    text.strip_suffix(":00").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from_ms: i64, to_ms: i64, expected: &str) {
        assert_eq!(span(from_ms, to_ms, &civil::utc), expected);
    }

    #[test]
    fn a_span_says_what_is_needed_once() {
        check(0, 3_600_500, "1970-01-01 00:00 – 01:00");
        check(1_000, 3_605_000, "1970-01-01 00:00:01 – 01:00:05");
        check(0, 86_400_000, "1970-01-01 00:00 – 1970-01-02 00:00");
    }

    #[test]
    fn a_clock_follows_its_zone() {
        assert_eq!(clock(0, &|_| 5_400), "01:30");
    }
}
