//! Why there is no board yet -> the board that says so.

use dashboard::{Board, Grid, Kind, Panel, TextOptions};

use super::OVERVIEW_TITLE;
use crate::query::QueryError;

/// That nothing is known yet.
pub const LOOKING: &str = "## Looking for job systems\n\nThis page changes by itself.";

/// That there is nothing to be looked at, and what to do.
pub const NOTHING_IS_WATCHED: &str = "## Nothing is watched yet\n\n\
    Say at the start what Andon shall watch:\n\n\
    - `andon http://HOST:9090`: what a Prometheus has\n\
    - `andon http://HOST:9100/metrics`: an exporter\n\
    - `andon --config andon.toml`: a file that names what is scraped\n\
    - `andon --demo`: a simulated job system, to look around\n\n\
    What is written to it (Prometheus' `remote_write`) is shown as it comes.";

/// That a source does not answer, and why.
pub fn source_is_silent(source: &str, error: &QueryError) -> String {
    format!(
        "## The source does not answer\n\n\
         Andon reads from **{source}**: {error}.\n\n\
         It asks again every few seconds, and this page changes by itself."
    )
}

/// That a source answers, and that nothing it has is known.
pub fn nothing_is_recognised(source: &str) -> String {
    format!(
        "## No job system is recognised yet\n\n\
         Andon reads from **{source}** and finds no metrics there of which it knows what they mean. \
         It keeps looking, and this page changes by itself.\n\n\
         To say which metrics mean latency, success, workers and queue, add a `[[job]]` table \
         to `andon.toml`."
    )
}

/// A board that is one text.
pub fn notice(markdown: &str) -> Board {
    let panel = Panel {
        grid: Grid {
            x: 0,
            y: 0,
            w: 24,
            h: 6,
        },
        kind: Kind::Text(TextOptions {
            markdown: markdown.to_owned(),
            ..TextOptions::default()
        }),
        ..Panel::default()
    };
    Board {
        title: OVERVIEW_TITLE.to_owned(),
        panels: vec![panel],
        ..Board::default()
    }
    .numbered()
}
