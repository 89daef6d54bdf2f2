//! What went wrong inside the process itself: lost log lines, and tasks that
//! panicked or were started again.

use std::fmt::Error;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use crate::log;
use crate::supervise::{TaskCounts, counts};

/// A count of tasks: its name, what it counts, and how it is read.
type TaskCounter = (&'static str, &'static str, fn(&TaskCounts) -> u64);

const TASK_COUNTERS: [TaskCounter; 2] = [
    (
        "andon_task_panics",
        "Tasks that panicked, each a fault of Andon's",
        |counts| counts.panics,
    ),
    (
        "andon_task_restarts",
        "Tasks that were started again after a panic or an early end",
        |counts| counts.restarts,
    ),
];

#[derive(Debug)]
pub struct FaultCollector;

impl Collector for FaultCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        ConstCounter::new(log::lost_lines()).encode(encoder.encode_descriptor(
            "andon_log_lines_dropped",
            "Log lines that standard error did not take",
            None,
            MetricType::Counter,
        )?)?;
        let tasks = counts();
        for (name, help, read) in TASK_COUNTERS {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (task, counts) in &tasks {
                let count = ConstCounter::new(read(counts));
                count.encode(family.encode_family(&[("task", *task)])?)?;
            }
        }
        Ok(())
    }
}
