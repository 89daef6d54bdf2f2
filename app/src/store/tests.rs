//! Events into a store, states out.

use super::*;
use wire::board::{Grid, TimeSeriesOptions};
use wire::data::{SeriesData, TimeGrid, Values};
use wire::id::{PanelId, RefId};
use wire::live::PanelAppend;

fn data(values: &[f64]) -> PanelData {
    PanelData {
        grid: TimeGrid {
            start_ms: 0,
            step_ms: 1_000,
            len: values.len(),
        },
        span_ms: 0,
        series: vec![SeriesData {
            key: 0,
            name: "a".into(),
            query: RefId('A'),
            overrides: Vec::new(),
            values: Values(values.iter().copied().map(Some).collect()),
        }],
        status: Status::Ok,
    }
}

fn snapshot(version: u64, values: &[f64]) -> Snapshot {
    Snapshot {
        event_id: "1-1".into(),
        board: BoardLayout {
            id: "jobs".into(),
            title: "Jobs".into(),
            version,
            panels: vec![PanelLayout {
                id: PanelId(4),
                title: "Latency".into(),
                description: String::new(),
                time: String::new(),
                grid: Grid {
                    x: 0,
                    y: 0,
                    w: 24,
                    h: 8,
                },
                kind: PanelKind::TimeSeries(TimeSeriesOptions::default()),
            }],
            refresh_ms: 1_000,
        },
        panels: vec![(PanelId(4), data(values))],
        rendered: Vec::new(),
        window: window(2_000),
        server_time_ms: 2_500,
        server_version: "v".into(),
        source: "test".into(),
        source_error: None,
    }
}

fn window(to_ms: i64) -> Window {
    Window {
        from_ms: to_ms - 2_000,
        to_ms,
        step_ms: 1_000,
        live: true,
        ..Window::default()
    }
}

fn append(panel: PanelId) -> LiveEvent {
    LiveEvent::Append(Append {
        server_time_ms: 3_500,
        window: window(3_000),
        source_error: None,
        panels: vec![PanelAppend {
            id: panel,
            start_ms: 3_000,
            len: 1,
            series: vec![(0, Values(vec![Some(4.0)]))],
            ..PanelAppend::default()
        }],
        rendered: Vec::new(),
    })
}

fn check(events: Vec<LiveEvent>, next: Next, values: &[f64], newest_ms: i64) {
    let store = Store::new(snapshot(1, &[1.0, 2.0, 3.0]), LiveParams::default());
    let mut last = Next::Continue;
    for event in events {
        last = store.apply(event, "1-2".into());
    }
    assert_eq!(last, next);
    let data = store.panel(PanelId(4)).unwrap().get_untracked();
    let held: Vec<f64> = data.series[0].values.0.iter().flatten().copied().collect();
    assert_eq!(held, values);
    assert_eq!(store.newest_ms.get_untracked(), Some(newest_ms));
}

#[test]
fn a_page_holds_its_snapshot() {
    check(vec![], Next::Continue, &[1.0, 2.0, 3.0], 2_000);
}

#[test]
fn points_arrive_and_the_window_slides() {
    check(
        vec![append(PanelId(4))],
        Next::Continue,
        &[2.0, 3.0, 4.0],
        3_000,
    );
}

#[test]
fn a_panel_that_is_not_there_is_ignored() {
    check(
        vec![append(PanelId(9))],
        Next::Continue,
        &[1.0, 2.0, 3.0],
        2_000,
    );
}

#[test]
fn a_snapshot_replaces_everything() {
    let fresh = LiveEvent::Snapshot(Box::new(snapshot(1, &[7.0])));
    check(vec![append(PanelId(4)), fresh], Next::Continue, &[7.0], 0);
}

#[test]
fn another_layout_is_another_page() {
    let other = LiveEvent::Snapshot(Box::new(snapshot(2, &[7.0])));
    check(vec![other], Next::Reload, &[1.0, 2.0, 3.0], 2_000);
}
