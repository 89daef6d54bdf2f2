//! How well something is: its word and its shape's class.

use wire::board::Health;

/// The word of a health.
pub fn word(health: Health) -> &'static str {
    match health {
        Health::Good => "Good",
        Health::Warning => "Warning",
        Health::Bad => "Bad",
        Health::Unknown => "Unknown",
    }
}

/// The name that classes end in: `mark-bad`, `stat-bad`.
pub fn class(health: Health) -> &'static str {
    match health {
        Health::Good => "good",
        Health::Warning => "warning",
        Health::Bad => "bad",
        Health::Unknown => "unknown",
    }
}
