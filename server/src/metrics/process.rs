//! The process as the system sees it, under the names that every Prometheus
//! client uses. What the system does not tell is left out.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;

use super::write_gauge;

#[derive(Debug)]
pub struct ProcessCollector {
    start_time_s: f64,
}

impl ProcessCollector {
    pub fn new() -> Self {
        let start_time_s = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0.0, |since| since.as_secs_f64());
        Self { start_time_s }
    }
}

impl Collector for ProcessCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let cpu_s = cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9;
        let counter = ConstCounter::new(cpu_s);
        counter.encode(encoder.encode_descriptor(
            "process_cpu_seconds",
            "User and system CPU time spent",
            None,
            counter.metric_type(),
        )?)?;
        let gauges = [
            (
                "process_start_time_seconds",
                "When the process began, since the epoch",
                Some(self.start_time_s),
            ),
            (
                "process_resident_memory_bytes",
                "Memory held in RAM",
                status_bytes("VmRSS:"),
            ),
            (
                "process_virtual_memory_bytes",
                "Memory addressed",
                status_bytes("VmSize:"),
            ),
            ("process_open_fds", "Open file descriptors", open_files()),
            (
                "process_max_fds",
                "File descriptors that may be open",
                max_files(),
            ),
            ("process_threads", "Threads", status_field("Threads:")),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                write_gauge(&mut encoder, name, help, value)?;
            }
        }
        Ok(())
    }
}

fn status_bytes(field: &str) -> Option<f64> {
    status_field(field).map(|kibibytes| kibibytes * 1024.0)
}

/// A number of `/proc/self/status`.
fn status_field(field: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

fn open_files() -> Option<f64> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count() as f64)
}

fn max_files() -> Option<f64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current.map(|count| count as f64)
}
