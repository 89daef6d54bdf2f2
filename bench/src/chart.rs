//! `bench chart`: Andon's charts beside uPlot's in the same Chromium: the first draw of many points, a window that
//! moves at 60 frames a second, a board of many charts. The page is built from `bench/chart`.

use crate::browser;
use crate::report::{Report, digits};
use anyhow::{Context, Result};
use serde_json::Value;

/// Runs the page, prints what both took, and adds the figures to `report`.
pub fn measure(report: &mut Report) -> Result<()> {
    let page = std::env::var("ANDON_CHART_PAGE")
        .context("ANDON_CHART_PAGE names no folder: run this by `cargo xtask bench chart`")?;
    report.step("drawing charts in Chromium");
    let seen = browser::run("chart.mjs", &[&page])?;
    let both = |path: &str| [number(&seen, path, "andon"), number(&seen, path, "uplot")];
    let first = both("/first_draw/KIND/ms");
    let stream = both("/stream/KIND/cpu_ms_per_frame");
    let board = both("/board/KIND/core_percent");
    let row =
        |what: &str, [andon, uplot]: [f64; 2]| vec![what.into(), digits(andon), digits(uplot)];
    let heading = vec![String::new(), "andon".into(), "uPlot".into()];
    let rows = [
        heading,
        row(
            "first draw of 166,650 points in 3 series: ms to finished pixels",
            first,
        ),
        row("  of that, script: ms", both("/first_draw/KIND/script_ms")),
        row("3,600 points sliding: processor ms a frame", stream),
        row(
            "  frames a second reached",
            both("/stream/KIND/frames_per_s"),
        ),
        row("50 charts of 20 series of 1,000 points: % of a core", board),
    ];
    report.table("Charts", &rows);
    report.at_most(
        "chart_first_draw_of_uplot",
        first[0] / first[1],
        "ratio",
        0.5,
    );
    report.at_most(
        "chart_stream_cpu_of_uplot",
        stream[0] / stream[1],
        "ratio",
        0.5,
    );
    report.at_most("chart_board_core", board[0], "%", 10.0);
    Ok(())
}

fn number(seen: &Value, path: &str, kind: &str) -> f64 {
    let found = seen.pointer(&path.replace("KIND", kind));
    found.and_then(Value::as_f64).unwrap_or(f64::NAN)
}
