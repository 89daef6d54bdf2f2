//! `bench kiosk`: a board on a wall for 72 hours, in minutes: what the page holds in its last hours more than in its
//! first, and whether a cut stream lost it any event. See `browser/kiosk.mjs` for what is real and what is quickened.

use crate::browser;
use crate::page;
use crate::report::{Report, digits};
use anyhow::Result;
use std::time::Duration;

/// Runs the page and adds its figures to `report`.
pub async fn measure(report: &mut Report) -> Result<()> {
    let demo = page::andon(&["--demo"]).await?;
    report.step("gathering data");
    tokio::time::sleep(Duration::from_secs(30)).await;
    report.step("72 hours of a board on a wall");
    let seen = browser::run("kiosk.mjs", &[&demo.url])?;
    let figure = |name: &str| seen[name].as_f64().unwrap_or(f64::NAN);
    let rows = [
        ("steps of a second", "events"),
        ("events missed", "missed"),
        ("times that the stream was cut", "cuts"),
        ("the page follows its stream at the end", "is_live"),
        ("errors in the page", "complaints"),
        ("held in the first six hours, MB", "first_mb"),
        ("held in the last six hours, MB", "last_mb"),
        ("nodes of the document more", "nodes"),
        ("seconds that it took", "seconds"),
    ];
    let rows = rows.map(|(title, name)| vec![title.to_owned(), digits(figure(name))]);
    report.table("72 hours of the overview on a wall, in Chromium", &rows);
    report.at_most("kiosk_heap_drift", figure("drift_mb"), "MB", 2.0);
    report.at_most("kiosk_events_missed", figure("missed"), "events", 0.0);
    report.at_least("kiosk_follows_at_end", figure("is_live"), "pages", 1.0);
    Ok(())
}
