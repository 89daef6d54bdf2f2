//! Whether the process answers, and whether it can serve boards.

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}
