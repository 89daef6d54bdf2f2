//! `bench NAME [PART]`: a measurement of Andon beside its peers, in one run.
//!
//! Prints tables for people, then one line a figure (see [`report`]), and ends with status 1 where one is short.
//! Peers are Debian's own packages. `cargo xtask bench NAME` sets up what is needed and calls this with
//! `ANDON_BINARY`, the release binary. `bench engine` takes one part alone, for work on that part.
#![expect(clippy::print_stdout, reason = "a measurement reports to its user")]

mod boards;
mod browser;
mod chart;
mod dataset;
mod engine;
mod kiosk;
mod live;
mod page;
mod report;
mod server;

use anyhow::{Result, bail};
use report::Report;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    // reqwest wants to know whose cryptography it uses, though all is plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let name = std::env::args().nth(1).unwrap_or_default();
    let part = std::env::args().nth(2);
    let mut report = Report::default();
    match name.as_str() {
        "chart" => chart::measure(&mut report)?,
        "engine" => engine::measure(&mut report, part.as_deref()).await?,
        "boards" => boards::measure(&mut report).await?,
        "page" => page::measure(&mut report).await?,
        "live" => live::measure(&mut report).await?,
        "kiosk" => kiosk::measure(&mut report).await?,
        _ => {
            bail!("no measurement `{name}`: there are page, chart, engine, live, kiosk and boards")
        }
    }
    Ok(report.finish())
}
