//! The simulated system's instrumentation: events and state to Prometheus
//! families, named by Prometheus' conventions.

use jobsim::{Event, Incident, Kind, Reason, Simulation};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

const DURATION_BUCKETS_S: [f64; 14] = [
    0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 60.0,
];
const WAIT_BUCKETS_S: [f64; 9] = [0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The value of `reason` where nothing failed.
const NO_REASON: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    kind: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    kind: &'static str,
    outcome: &'static str,
    reason: &'static str,
}

impl ByOutcome {
    fn new(kind: Kind, failure: Option<Reason>) -> Self {
        Self {
            kind: kind.name(),
            outcome: failure.map_or("success", |_| "failure"),
            reason: failure.map_or(NO_REASON, Reason::name),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByIncident {
    incident: &'static str,
}

type Histograms = Family<ByKind, Histogram, fn() -> Histogram>;

/// Every family of the simulated system.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    submitted: Family<ByKind, Counter>,
    finished: Family<ByOutcome, Counter>,
    retries: Family<ByReason, Counter>,
    durations: Histograms,
    waits: Histograms,
    cache_requests: Family<ByResult, Counter>,
    queued: Gauge,
    busy: Gauge,
    capacity: Gauge,
    incidents: Family<ByIncident, Gauge>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            submitted: Family::default(),
            finished: Family::default(),
            retries: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATION_BUCKETS_S)),
            waits: Family::new_with_constructor(|| Histogram::new(WAIT_BUCKETS_S)),
            cache_requests: Family::default(),
            queued: Gauge::default(),
            busy: Gauge::default(),
            capacity: Gauge::default(),
            incidents: Family::default(),
        };
        metrics.begin_at_zero();
        let mut registry = Registry::with_prefix("demo");
        metrics.register_jobs(&mut registry);
        metrics.register_system(&mut registry);
        Self {
            registry,
            ..metrics
        }
    }

    /// A counter that first appears with its first event hides that event from `rate`.
    fn begin_at_zero(&self) {
        for kind in Kind::ALL {
            let by_kind = ByKind { kind: kind.name() };
            drop(self.submitted.get_or_create(&by_kind));
            drop(self.durations.get_or_create(&by_kind));
            drop(self.waits.get_or_create(&by_kind));
            drop(self.finished.get_or_create(&ByOutcome::new(kind, None)));
            for reason in Reason::ALL {
                let failed = ByOutcome::new(kind, Some(reason));
                drop(self.finished.get_or_create(&failed));
            }
        }
        for result in ["hit", "miss"] {
            drop(self.cache_requests.get_or_create(&ByResult { result }));
        }
    }

    fn register_jobs(&self, demo: &mut Registry) {
        demo.register(
            "jobs_submitted",
            "Jobs that came in",
            self.submitted.clone(),
        );
        demo.register(
            "jobs_finished",
            "Jobs that ended, by outcome, and where they failed by reason",
            self.finished.clone(),
        );
        demo.register(
            "job_retries",
            "Failed attempts that another attempt followed",
            self.retries.clone(),
        );
        demo.register_with_unit(
            "job_duration",
            "How long the last attempt of a finished job ran",
            Unit::Seconds,
            self.durations.clone(),
        );
        demo.register_with_unit(
            "job_wait",
            "How long an attempt stood in the queue",
            Unit::Seconds,
            self.waits.clone(),
        );
    }

    fn register_system(&self, demo: &mut Registry) {
        demo.register(
            "cache_requests",
            "Look-ups in the cache",
            self.cache_requests.clone(),
        );
        demo.register("queue_jobs", "Jobs in the queue", self.queued.clone());
        demo.register("workers_busy", "Workers that run a job", self.busy.clone());
        demo.register(
            "workers_capacity",
            "Workers in the pool",
            self.capacity.clone(),
        );
        demo.register(
            "incident_active",
            "1 while the scheduled incident is on",
            self.incidents.clone(),
        );
    }

    /// Counts one event.
    pub(super) fn record(&self, event: Event) {
        match event {
            Event::Submitted { kind } => {
                let kind = kind.name();
                self.submitted.get_or_create(&ByKind { kind }).inc();
            }
            Event::Started {
                kind,
                wait_s,
                cache_hit,
            } => {
                let kind = kind.name();
                self.waits.get_or_create(&ByKind { kind }).observe(wait_s);
                let result = if cache_hit { "hit" } else { "miss" };
                self.cache_requests
                    .get_or_create(&ByResult { result })
                    .inc();
            }
            Event::Retried { kind, reason } => {
                let (kind, reason) = (kind.name(), reason.name());
                self.retries.get_or_create(&ByReason { kind, reason }).inc();
            }
            Event::Finished {
                kind,
                failure,
                duration_s,
            } => {
                self.finished
                    .get_or_create(&ByOutcome::new(kind, failure))
                    .inc();
                let kind = kind.name();
                self.durations
                    .get_or_create(&ByKind { kind })
                    .observe(duration_s);
            }
        }
    }

    /// Sets the gauges to the system's state.
    pub(super) fn observe(&self, simulation: &Simulation) {
        let gauges = [
            (&self.queued, simulation.queued()),
            (&self.busy, simulation.busy()),
            (&self.capacity, simulation.capacity()),
        ];
        for (gauge, value) in gauges {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        for incident in Incident::ALL {
            let labels = ByIncident {
                incident: incident.name(),
            };
            let active = i64::from(simulation.suffers(incident));
            self.incidents.get_or_create(&labels).set(active);
        }
    }

    /// Everything as OpenMetrics text.
    pub(super) fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail; the client's signature says it may.
        match encode(&mut text, &self.registry) {
            Ok(()) | Err(std::fmt::Error) => text,
        }
    }
}
