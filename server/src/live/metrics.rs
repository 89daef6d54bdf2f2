//! The counts of the hub and of the query frontends, as Prometheus metrics: they
//! show that many viewers cost the source what one costs.

use std::fmt::Error;
use std::sync::atomic::Ordering::Relaxed;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::hub::Hub;
use crate::query::{QueryCounters, QueryFrontend, QueryFrontends};

/// Reads the counts when `/metrics` is asked for.
pub struct LiveCollector {
    /// The views and streams.
    pub hub: Hub,
    /// The frontends with their sources' names.
    pub frontends: QueryFrontends,
}

impl std::fmt::Debug for LiveCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LiveCollector")
    }
}

/// A frontend's counter: its name, what it counts, and how it is read.
type FrontendCounter = (&'static str, &'static str, fn(&QueryCounters) -> u64);

/// A frontend's gauge, likewise.
type FrontendGauge = (&'static str, &'static str, fn(&QueryFrontend) -> u64);

const GAUGES: [FrontendGauge; 3] = [
    (
        "andon_query_frontend_held_queries",
        "Different queries whose answers are held",
        |frontend| frontend.held().0,
    ),
    (
        "andon_query_frontend_held_bytes",
        "What the held answers take",
        |frontend| frontend.held().1,
    ),
    (
        "andon_query_frontend_waiting",
        "Queries that wait for a permit",
        |frontend| frontend.waiting() as u64,
    ),
];

const COUNTERS: [FrontendCounter; 6] = [
    (
        "andon_query_frontend_queries",
        "Range queries that views asked for",
        |c| c.asked.load(Relaxed),
    ),
    (
        "andon_query_frontend_cache_hits",
        "Answered from held answers alone",
        |c| c.cache_hits.load(Relaxed),
    ),
    (
        "andon_query_frontend_coalesced",
        "Answered by an equal query under way",
        |c| c.coalesced.load(Relaxed),
    ),
    (
        "andon_query_frontend_upstream_queries",
        "Sent to the source",
        |c| c.upstream.load(Relaxed),
    ),
    (
        "andon_query_frontend_upstream_failures",
        "Sent to the source and failed",
        |c| c.upstream_failed.load(Relaxed),
    ),
    (
        "andon_query_frontend_lookups",
        "Questions sent to the source that are no panel's",
        |c| c.lookups.load(Relaxed),
    ),
];

impl Collector for LiveCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let hub = &self.hub;
        gauge(
            &mut encoder,
            "andon_live_streams",
            "Open event streams",
            hub.admission().total(),
        )?;
        gauge(
            &mut encoder,
            "andon_live_views",
            "Views that are kept up to date",
            hub.view_count(),
        )?;
        gauge(
            &mut encoder,
            "andon_live_viewers",
            "Places at views: a stream has one for each that it carries",
            hub.viewer_count(),
        )?;
        gauge(
            &mut encoder,
            "andon_live_view_bytes",
            "About what views take",
            hub.view_bytes(),
        )?;
        let evicted = ConstCounter::new(hub.evicted_views());
        let help = "Views without a stream that made room for others";
        evicted.encode(encoder.encode_descriptor(
            "andon_live_views_evicted",
            help,
            None,
            MetricType::Counter,
        )?)?;
        let sent = ConstCounter::new(hub.sent_bytes());
        let help = "Bytes of events given to streams";
        sent.encode(encoder.encode_descriptor(
            "andon_live_sent_bytes",
            help,
            None,
            MetricType::Counter,
        )?)?;
        for (name, help, read) in COUNTERS {
            let family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            self.per_source(family, |frontend| {
                ConstCounter::new(read(frontend.counters()))
            })?;
        }
        for (name, help, read) in GAUGES {
            let family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            self.per_source(family, |frontend| ConstGauge::new(read(frontend) as f64))?;
        }
        Ok(())
    }
}

impl LiveCollector {
    fn per_source<M: EncodeMetric>(
        &self,
        mut family: MetricEncoder<'_>,
        metric: impl Fn(&QueryFrontend) -> M,
    ) -> Result<(), Error> {
        for (name, frontend) in &*self.frontends.all() {
            let labels = [("source", name.as_str())];
            metric(frontend).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

fn gauge(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    value: usize,
) -> Result<(), Error> {
    let value = ConstGauge::new(value as f64);
    value.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}
