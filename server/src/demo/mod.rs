//! `--demo`: the simulated job system as a real exporter at
//! [`wire::url::DEMO_METRICS`], in OpenMetrics text.
//!
//! Contract: the same seed and start give the same samples. The simulation
//! advances when it is looked at, so that it costs nothing between two scrapes.

mod feed;
mod metrics;

use jobsim::Simulation;
use parking_lot::Mutex;

pub use feed::DemoFeed;
use metrics::Metrics;

/// How long the simulated system has been running when Andon starts: enough
/// past to fill the first page.
pub const HISTORY_MS: i64 = 15 * 60 * 1_000;

/// The media type of [`Demo::exposition`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A simulated system with its instrumentation.
#[derive(Debug)]
pub struct Demo(Mutex<System>);

#[derive(Debug)]
struct System {
    simulation: Simulation,
    metrics: Metrics,
}

impl Demo {
    /// A system that begins to work at `start_ms`, milliseconds since the epoch.
    pub fn new(seed: u64, start_ms: i64) -> Self {
        Self(Mutex::new(System {
            simulation: Simulation::new(seed, start_ms),
            metrics: Metrics::new(),
        }))
    }

    /// What a scrape at `now_ms` gets. Time only moves forward: a time before
    /// that of an earlier scrape gets what that scrape got.
    pub fn exposition(&self, now_ms: i64) -> String {
        let mut system = self.0.lock();
        let System {
            simulation,
            metrics,
        } = &mut *system;
        simulation.advance(now_ms, |event| metrics.record(event));
        metrics.observe(simulation);
        metrics.encode()
    }

    /// The system's past, as scrapes every `step_ms` would have seen it, up to
    /// and without `until_ms`: for a store to begin with.
    pub fn history(&self, until_ms: i64, step_ms: i64) -> impl Iterator<Item = (i64, String)> {
        let first_ms = self.now_ms() + step_ms;
        (0..)
            .map(move |step| first_ms + step * step_ms)
            .take_while(move |at_ms| *at_ms < until_ms)
            .map(|at_ms| (at_ms, self.exposition(at_ms)))
    }

    fn now_ms(&self) -> i64 {
        self.0.lock().simulation.now_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_700_000_000_000;

    /// The sum of all samples of `metric` whose line contains `label`.
    fn sum(exposition: &str, metric: &str, label: &str) -> f64 {
        exposition
            .lines()
            .filter(|line| line.split(['{', ' ']).next() == Some(metric) && line.contains(label))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }

    fn check(exposition: &str, metric: &str, label: &str, least: f64, most: f64) {
        let value = sum(exposition, metric, label);
        assert!(
            (least..=most).contains(&value),
            "{metric}{{{label}}} is {value}, not {least} to {most}"
        );
    }

    #[test]
    fn a_scrape_shows_the_whole_system() {
        let demo = Demo::new(1, START_MS);
        let text = demo.exposition(START_MS + 40_000);
        check(&text, "demo_jobs_finished_total", "success", 100.0, 400.0);
        check(&text, "demo_jobs_finished_total", "timeout", 0.0, 5.0);
        check(&text, "demo_job_duration_seconds_count", "", 100.0, 400.0);
        check(&text, "demo_workers_capacity", "", 1.0, 16.0);
        check(&text, "demo_workers_busy", "", 1.0, 16.0);
        check(&text, "demo_cache_requests_total", "hit", 80.0, 400.0);
        check(&text, "demo_incident_active", "slow_disk", 1.0, 1.0);
        check(&text, "demo_incident_active", "bad_deploy", 0.0, 0.0);
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn the_past_is_what_scrapes_would_have_seen() {
        let (past, live) = (Demo::new(9, START_MS), Demo::new(9, START_MS));
        let past: Vec<_> = past.history(START_MS + 61_000, 5_000).collect();
        assert_eq!(past.len(), 12);
        for (at_ms, text) in past {
            let mut seen: Vec<_> = live.exposition(at_ms).lines().map(str::to_owned).collect();
            let mut told: Vec<_> = text.lines().map(str::to_owned).collect();
            seen.sort();
            told.sort();
            assert_eq!(seen, told, "at {at_ms}");
        }
    }

    #[test]
    fn a_scrape_of_the_past_moves_nothing() {
        let demo = Demo::new(9, START_MS);
        let now = demo.exposition(START_MS + 60_000);
        assert_eq!(demo.exposition(START_MS), now);
    }
}
