//! Andon's own metrics, in OpenMetrics text at [`wire::url::METRICS`].
//!
//! A part that counts something hands in a collector of its own with
//! [`Metrics::collect`], or registers metrics and keeps them: this is the
//! registry, and knows none of them.

mod faults;
mod process;
mod write;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

pub use write::{write_counter, write_gauge};

/// The media type of [`Metrics::exposition`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const DURATION_BUCKETS_S: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Every metric of this process.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    /// Requests served.
    pub http: HttpMetrics,
    /// Queries asked of sources.
    pub query: Arc<QueryMetrics>,
}

impl Metrics {
    /// Builds the metrics of the process itself, of HTTP and of queries.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("andon_build", "The running build", build);
        registry.register_collector(Box::new(process::ProcessCollector::new()));
        registry.register_collector(Box::new(faults::FaultCollector));
        let http = HttpMetrics::new(&mut registry);
        let query = Arc::new(QueryMetrics::new(&mut registry));
        Self {
            registry: Mutex::new(registry),
            http,
            query,
        }
    }

    /// Lets a module register metrics; names begin with `andon_`.
    pub fn register<T>(&self, build: impl FnOnce(&mut Registry) -> T) -> T {
        build(&mut self.registry.lock())
    }

    /// Has a part's counts read whenever the metrics are asked for.
    pub fn collect(&self, collector: impl Collector) {
        self.register(|registry| registry.register_collector(Box::new(collector)));
    }

    /// All metrics as OpenMetrics text.
    pub fn exposition(&self) -> Result<String, std::fmt::Error> {
        let registry = self.registry.lock();
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

fn durations<L: Clone + std::hash::Hash + Eq>() -> Histograms<L> {
    Family::new_with_constructor(|| Histogram::new(DURATION_BUCKETS_S))
}

/// Requests served.
#[derive(Debug)]
pub struct HttpMetrics {
    requests: Family<Request, Counter>,
    durations: Histograms<Route>,
}

impl HttpMetrics {
    fn new(registry: &mut Registry) -> Self {
        let requests = Family::default();
        let durations = durations();
        registry.register(
            "andon_http_requests",
            "Requests answered, by route and status",
            Family::clone(&requests),
        );
        registry.register_with_unit(
            "andon_http_request_duration",
            "Time to the head of the answer, by route",
            Unit::Seconds,
            Family::clone(&durations),
        );
        Self {
            requests,
            durations,
        }
    }

    /// Counts one answer.
    pub fn observe(&self, route: &str, status: StatusCode, elapsed: Duration) {
        let route = route.to_owned();
        self.durations
            .get_or_create(&Route {
                route: route.clone(),
            })
            .observe(elapsed.as_secs_f64());
        let status = status.as_u16();
        self.requests
            .get_or_create(&Request { route, status })
            .inc();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueryKind {
    kind: &'static str,
    result: &'static str,
}

/// Queries asked of sources.
#[derive(Debug)]
pub struct QueryMetrics {
    durations: Histograms<QueryKind>,
}

impl QueryMetrics {
    fn new(registry: &mut Registry) -> Self {
        let durations = durations();
        registry.register_with_unit(
            "andon_query_duration",
            "Time for a source to answer, by kind of query and result",
            Unit::Seconds,
            Family::clone(&durations),
        );
        Self { durations }
    }

    /// Counts one query of this kind.
    pub fn observe(&self, kind: &'static str, succeeded: bool, elapsed: Duration) {
        let result = if succeeded { "success" } else { "error" };
        self.durations
            .get_or_create(&QueryKind { kind, result })
            .observe(elapsed.as_secs_f64());
    }
}
