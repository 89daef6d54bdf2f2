//! How fast a large page of an exporter is parsed.

use crate::report::{Report, digits};
use crate::server::seconds_since;
use anyhow::{Result, bail};
use exposition::{Entry, Format, Parser};
use std::fmt::Write;
use std::time::Instant;

const SERIES: usize = 100_000;
const RUNS: u32 = 10;

/// Parses one page of [`SERIES`] samples, all on one core.
pub fn measure(report: &mut Report) -> Result<()> {
    report.step("parsing a large page");
    let page = page();
    let start = Instant::now();
    for _ in 0..RUNS {
        let entries = Parser::new(page.as_bytes(), Format::Text)?;
        let samples = entries
            .filter(|entry| matches!(entry, Ok(Entry::Sample(_))))
            .count();
        if samples != SERIES {
            bail!("{samples} of {SERIES} samples were parsed");
        }
    }
    let megabytes = page.len() as f64 * f64::from(RUNS) / 1e6;
    let rate = megabytes / seconds_since(start);
    let size = digits(page.len() as f64 / 1e6);
    let rows = [vec![
        format!("a page of {size} MB"),
        format!("{} MB/s", digits(rate)),
    ]];
    report.table("Parsing Prometheus text on one core", &rows);
    report.at_least("parse", rate, "MB/s", 250.0);
    Ok(())
}

fn page() -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let mut page = String::new();
    for family in 0..SERIES / 1_000 {
        let _ = writeln!(
            page,
            "# HELP jobs_{family}_total Jobs that ended, by queue and outcome."
        );
        let _ = writeln!(page, "# TYPE jobs_{family}_total counter");
        for series in 0..1_000 {
            let value = random.f64() * 1e6;
            let _ = writeln!(
                page,
                "jobs_{family}_total{{queue=\"queue-{series}\",outcome=\"success\",worker=\"worker-{}\"}} {value}",
                series % 16
            );
        }
    }
    page
}
