//! A job model to its overview board: the big figures, then the evidence.
//!
//! The board is 22 rows high whatever the model lacks, so that a screen of
//! 1440 × 900 shows it whole.

mod charts;
mod figures;

pub(crate) use charts::charts;
pub(crate) use figures::figures;

use dashboard::{Board, Field, Grid, Health, MappedValue, Mapping, Panel, PanelQuery, Threshold};
use wire::id::RefId;

use crate::job::{JobModel, Latency, Workers};

pub(crate) const COLUMNS: u16 = 24;
pub(crate) const FIGURE_ROWS: u16 = 4;
const CHART_ROWS: u16 = 18;
/// Charts that stand in the upper, wider line.
const MAIN_CHARTS: usize = 2;

/// The overview board of one system.
pub fn overview(model: &JobModel) -> Board {
    let figures = place(figures(model), 0, FIGURE_ROWS);
    let mut main = charts(model);
    let rest = main.split_off(main.len().min(MAIN_CHARTS));
    let heights = if rest.is_empty() {
        (CHART_ROWS, 0)
    } else {
        (CHART_ROWS / 2, CHART_ROWS / 2)
    };
    let main = place(main, FIGURE_ROWS, heights.0);
    let rest = place(rest, FIGURE_ROWS + heights.0, heights.1);
    Board {
        title: model.title.clone(),
        panels: [figures, main, rest].concat(),
        ..Board::default()
    }
    .numbered()
}

/// Side by side, over the whole width.
fn place(panels: Vec<Panel>, y: u16, h: u16) -> Vec<Panel> {
    let line = Grid {
        x: 0,
        y,
        w: COLUMNS,
        h,
    };
    side_by_side(panels, line)
}

/// The panels side by side, over the whole of `line`.
pub(crate) fn side_by_side(mut panels: Vec<Panel>, line: Grid) -> Vec<Panel> {
    let count = u16::try_from(panels.len()).unwrap_or(line.w).max(1);
    for (panel, index) in panels.iter_mut().zip(0..) {
        let x = line.w * index / count;
        let w = line.w * (index + 1) / count - x;
        let x = line.x + x;
        panel.grid = Grid { x, w, ..line };
    }
    panels
}

/// Bad where more than twice the allowed failures happen.
fn success_field(target: f64) -> Field {
    Field {
        unit: "percentunit".to_owned(),
        base: Health::Bad,
        thresholds: vec![
            threshold(1.0 - 2.0 * (1.0 - target), Health::Warning, ""),
            threshold(target, Health::Good, "objective"),
        ],
        ..Field::default()
    }
}

fn latency_field(model: &JobModel, latency: &Latency) -> Field {
    let limit = model.objective.latency;
    Field {
        unit: latency.unit.clone(),
        base: limit.map_or(Health::Unknown, |_| Health::Good),
        thresholds: limit
            .map(|limit| threshold(limit, Health::Bad, "objective"))
            .into_iter()
            .collect(),
        mappings: latency.beyond_last_bucket().into_iter().collect(),
        ..Field::default()
    }
}

impl Latency {
    /// Words for what is longer than the buckets tell: `> 15 s`.
    fn beyond_last_bucket(&self) -> Option<Mapping> {
        let last = self.last_bucket?;
        let (value, unit) = match self.unit.as_str() {
            "ms" if last >= 1_000.0 => (last / 1_000.0, "s"),
            unit => (last, unit),
        };
        Some(Mapping {
            of: MappedValue::Range(self.last_bucket, None),
            text: format!("> {value}\u{a0}{unit}"),
            status: Health::Unknown,
        })
    }
}

impl Workers {
    fn capacity_expr(&self) -> Option<String> {
        let counted = self.capacity.as_ref().map(|gauge| format!("sum({gauge})"));
        counted.or_else(|| {
            let limit = self.limit?;
            Some(format!("sum({} * 0 + {limit})", self.busy))
        })
    }

    fn queries(&self) -> Vec<PanelQuery> {
        let busy = query(RefId('A'), format!("sum({})", self.busy), "busy");
        let capacity = self
            .capacity_expr()
            .map(|expr| query(RefId('B'), expr, "capacity"));
        [Some(busy), capacity].into_iter().flatten().collect()
    }
}

pub(crate) fn query(ref_id: RefId, expr: String, legend: &str) -> PanelQuery {
    PanelQuery {
        ref_id,
        legend: legend.to_owned(),
        ..PanelQuery::promql(expr)
    }
}

pub(crate) fn threshold(value: f64, status: Health, label: &str) -> Threshold {
    Threshold {
        value,
        status,
        label: label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(toml: &str) -> JobModel {
        toml::from_str(&format!("name = \"farm\"\n{toml}")).unwrap()
    }

    const WHOLE: &str = r#"
        queue = "queue_jobs"
        latency = { metric = "job_seconds", type = "histogram" }
        success = { total = "jobs_total", failure = 'jobs_total{outcome="failure"}' }
        workers = { busy = "busy", capacity = "capacity" }
        throughput = { metric = "jobs_total", by = "kind" }
        failures = [{ metric = 'jobs_total{outcome="failure"}', by = "reason" }]
        objective = { success = 0.95, window = "1h" }
    "#;

    /// Titles line by line, and that the lines fill the grid without overlap.
    fn check(toml: &str, lines: &[&[&str]]) {
        let board = overview(&model(toml));
        let mut tops: Vec<u16> = board.panels.iter().map(|panel| panel.grid.y).collect();
        tops.dedup();
        let got: Vec<Vec<&str>> = tops
            .iter()
            .map(|y| {
                let line = board.panels.iter().filter(|panel| panel.grid.y == *y);
                assert_eq!(line.clone().map(|panel| panel.grid.w).sum::<u16>(), COLUMNS);
                line.map(|panel| panel.title.as_str()).collect()
            })
            .collect();
        assert_eq!(got, lines);
        let bottom = board.panels.iter().map(|panel| panel.grid.y + panel.grid.h);
        assert_eq!(bottom.max(), Some(FIGURE_ROWS + CHART_ROWS));
    }

    #[test]
    fn the_whole_model_fills_three_lines() {
        check(
            WHOLE,
            &[
                &["Success rate", "Latency p95", "Workers busy", "Queue"],
                &["Latency", "Success rate"],
                &[
                    "Workers and capacity",
                    "Queue",
                    "Throughput by kind",
                    "Failures by reason",
                ],
            ],
        );
    }

    #[test]
    fn what_a_system_lacks_leaves_no_hole() {
        check(
            r#"latency = { metric = "rpc_time", type = "mean", by = "rpc" }"#,
            &[&["Latency, mean"], &["Latency, mean"]],
        );
        check(
            "queue = \"waiting\"\nworkers = { busy = \"active_jobs\", limit = 10 }",
            &[
                &["Workers busy", "Queue"],
                &["Workers and capacity", "Queue"],
            ],
        );
    }

    #[test]
    fn every_query_is_promql() {
        let board = overview(&model(WHOLE));
        for (_, query) in board.queries() {
            let expr = query.text.replace("$__rate_interval", "1m");
            promql::parse(&expr).unwrap_or_else(|error| panic!("{expr}: {error}"));
        }
    }
}
