//! What a view says of its sources.

use std::sync::Arc;

use dashboard::{Board, Panel};
use jiff::tz::TimeZone;
use wire::data::EmptyReason;
use wire::id::{BoardId, PanelId};
use wire::url::LiveParams;

use super::*;
use crate::live::spec::RangeSpec;

/// A state of two panels, neither of which has asked yet.
fn state() -> ViewState {
    let panel = |id| PanelQueries {
        id: PanelId(id),
        queries: Vec::new(),
        panel: Arc::new(Panel::default()),
        annotations: Arc::default(),
        step_ms: 1_000,
        span_ms: 0,
    };
    let spec = ViewSpec {
        board: Board::default().view(&BoardId::overview(), 0),
        panels: vec![panel(1), panel(2)],
        params: LiveParams::default(),
        range: RangeSpec::new("now-1m", "now", TimeZone::UTC, 1_000_000).unwrap(),
        step_ms: 1_000,
        tick_ms: 1_000,
    };
    let window = spec.window(1_000_000);
    ViewState::new(&spec, window)
}

fn evaluated(panel: usize, error: Option<&str>) -> Evaluated {
    let failure = error.map(|message| Failure {
        message: message.to_owned(),
        is_outage: true,
    });
    Evaluated {
        panel,
        columns: Columns {
            start_ms: 940_000,
            len: 61,
        },
        empty: EmptyReason::NotYet,
        outcome: failure.map_or(Ok(Vec::new()), Err),
        tables: Vec::new(),
    }
}

#[test]
fn an_answer_of_one_source_says_nothing_of_another_that_is_away() {
    let mut state = state();
    state.apply(vec![evaluated(0, Some("refused")), evaluated(1, None)]);
    assert_eq!(state.source_error().as_deref(), Some("refused"));
    state.apply(vec![evaluated(1, None)]);
    assert_eq!(state.source_error().as_deref(), Some("refused"));
    state.apply(vec![evaluated(0, None)]);
    assert_eq!(state.source_error(), None);
}
