//! Labels and values that say how a job ended, by the words that are usual.

use series::{MatchOp, Matcher};

/// Labels that hold an outcome.
pub const LABELS: [&str; 7] = [
    "outcome",
    "result",
    "status",
    "state",
    "success",
    "code",
    "status_code",
];
/// Values of an outcome label that mean a job failed (RE2, anchored).
pub(crate) const FAILED: &str =
    "(?i).*(fail|err|timeout|abort|reject|crash|exception|kill).*|false|5..";
/// Values that mean a job has not ended yet.
pub(crate) const UNFINISHED: &str =
    "(?i)start.*|running|pending|queued|created|submitted|active|retr.*";

/// Whether a value of an outcome label means that a job failed.
pub fn is_failure(value: &str) -> bool {
    matches(FAILED, value)
}

/// Whether a value of an outcome label means that a job has not ended yet.
pub fn is_unfinished(value: &str) -> bool {
    matches(UNFINISHED, value)
}

fn matches(pattern: &str, value: &str) -> bool {
    Matcher::new("", MatchOp::Regex, pattern).is_ok_and(|matcher| matcher.matches(value))
}
