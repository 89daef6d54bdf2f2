//! What the first page says as long as it has no board to show.

use dashboard::{Board, Grid, Kind, Panel, TextOptions};

use super::OVERVIEW_TITLE;
use crate::query::QueryError;

/// Systems are being looked for.
pub const LOOKING: &str = "## Looking for job systems\n\nThis page changes by itself.";

/// The store of our own is fed by nobody.
pub const NOTHING_IS_WATCHED: &str = "## Nothing is watched yet\n\n\
    Say at the start what Andon shall watch:\n\n\
    - `andon http://HOST:9090`: what a Prometheus has\n\
    - `andon http://HOST:9100/metrics`: an exporter\n\
    - `andon --config andon.toml`: a file that names what is scraped\n\
    - `andon --demo`: a simulated job system, to look around\n\n\
    What is written to it (Prometheus' `remote_write`) is shown as it comes.";

/// A source does not answer.
pub fn source_is_silent(source: &str, error: &QueryError) -> String {
    format!(
        "## The source does not answer\n\n\
         Andon reads from **{source}**: {error}.\n\n\
         It asks again every few seconds, and this page changes by itself."
    )
}

/// A source has metrics of which no system is made.
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
