//! How long a store takes to be ready again after it was killed with a million samples in its log.

use super::{heading, row, written};
use crate::dataset::Dataset;
use crate::report::Report;
use anyhow::Result;

/// Of each of the job system's 10,500 series.
const SAMPLES_A_SERIES: usize = 96;

/// Kills every product and starts it again.
pub async fn measure(report: &mut Report, now_ms: i64) -> Result<()> {
    let data = Dataset::job_system(SAMPLES_A_SERIES, now_ms)?;
    let (servers, _) = written(report, &data).await?;
    let mut times = Vec::new();
    for (product, server) in servers {
        report.step(&format!("killing {}", product.name()));
        let ready = server.kill_and_resume(product).await?;
        times.push(ready.as_secs_f64());
    }
    let rows = [heading(""), row("seconds", &times)];
    report.table(
        &format!(
            "Ready again after kill -9, {} samples in the log",
            data.samples
        ),
        &rows,
    );
    report.at_most("ready_after_kill", times[0], "s", 1.0);
    Ok(())
}
