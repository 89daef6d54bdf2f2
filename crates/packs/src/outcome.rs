//! Labels and values that say how a job ended, by the words that are usual.

use series::{MatchOp, Matcher};

/// Labels that hold an outcome.
pub const LABELS: [&str; 11] = [
    "outcome",
    "result",
    "status",
    "state",
    "success",
    "code",
    "status_code",
    "grpc_code",
    "job_result",
    "phase",
    "type",
];
/// Those that hold other things as often: all their values must be outcomes.
pub(crate) const DOUBTFUL_LABELS: [&str; 2] = ["phase", "type"];
/// Values of an outcome label that mean a job failed (RE2, anchored): words,
/// status codes of HTTP, and those codes of gRPC that are the server's fault.
pub(crate) const FAILED: &str = "(?i).*(fail|err|timeout|abort|reject|crash|exception|kill).*|\
                                 false|5..|(?-i:Unknown|DeadlineExceeded|ResourceExhausted|\
                                 Internal|Unavailable|DataLoss)";
/// Values that mean a job has not ended yet, or was not let run to its end: it
/// neither succeeded nor failed.
pub(crate) const UNFINISHED: &str = "(?i)((task|job)[-_ ])?(start.*|running|pending|queued|created|submitted|active|retr.*|receiv.*|cancel.*|skip.*|omit.*)|(task|job)[-_ ]sent";
/// Values that mean a job ended well.
const SUCCEEDED: &str =
    "(?i)((task|job)[-_ ])?(succe.*|ok|done|complete.*|finish.*|pass(ed)?|true|processed)|sent";
/// Status codes of HTTP, and their classes: `404`, `5xx`.
const CODE: &str = "[1-5]([0-9]{2}|xx|XX)";

/// Whether a value of an outcome label means that a job failed.
pub fn is_failure(value: &str) -> bool {
    matches(FAILED, value)
}

/// Whether a value of an outcome label means that a job has neither succeeded nor
/// failed.
pub fn is_unfinished(value: &str) -> bool {
    matches(UNFINISHED, value)
}

/// Whether a value is a status code of HTTP, or a class of them.
pub(crate) fn is_code(value: &str) -> bool {
    matches(CODE, value)
}

/// Whether a value says how a job ended, or that it has not.
pub(crate) fn is_outcome(value: &str) -> bool {
    [FAILED, UNFINISHED, SUCCEEDED, CODE]
        .iter()
        .any(|pattern| matches(pattern, value))
}

fn matches(pattern: &str, value: &str) -> bool {
    Matcher::new("", MatchOp::Regex, pattern).is_ok_and(|matcher| matcher.matches(value))
}
