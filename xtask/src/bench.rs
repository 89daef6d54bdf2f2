//! `bench NAME`: a measurement beside peers, in one run.
//!
//! Prints a table for people, then one line a figure, `figure NAME MEASURED UNIT <= GOAL ok` (or `>=`, or `short`),
//! and fails where one is short.

use crate::{browser, bundle, paths, peers, shell};
use anyhow::{Result, bail};

/// Sets up and runs the measurement `name`.
pub fn bench(name: &str) -> Result<()> {
    if !["page", "engine", "live", "kiosk", "chart", "boards"].contains(&name) {
        bail!("no measurement `{name}`: there are page, engine, live, kiosk, chart and boards");
    }
    browser::ready()?;
    peers::ready()?;
    browser::npm_ready(&paths::root().join("bench"))?;
    let mut bench = shell::cargo();
    bench.args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "bench",
        "--",
        name,
    ]);
    bench.current_dir(paths::root());
    if name == "chart" {
        bench.env("ANDON_CHART_PAGE", bundle::chart_page()?);
    } else {
        bench.env("ANDON_BINARY", bundle::release_binary()?);
    }
    shell::run(browser::with_chromium(&mut bench))
}
