//! What answers at a URL: a Prometheus API, or an exporter's metrics page.
//!
//! Contract: as few requests as can be, since some exporters empty their
//! gauges with every look at them; an exporter that answers every path with
//! its page is told by the first.

use std::time::Duration;

use exposition::{Format, Parser};
use reqwest::{StatusCode, Url};

use super::SourceError;
use super::upstream::{Body, PrometheusClient, UpstreamConfig, is_prometheus};

/// The first page waits for it. What is slower is taken for what its address
/// looks like.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);
const METRICS_PATH: &str = "/metrics";

/// What a URL is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detected {
    /// A Prometheus API.
    Prometheus,
    /// An exporter.
    Exporter {
        /// Where its page is.
        url: Url,
        /// What stood on it: to ask for it again would empty some exporters.
        page: Vec<u8>,
    },
}

impl Detected {
    /// What it is called.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Prometheus => "a Prometheus API",
            Self::Exporter { .. } => "an exporter's page",
        }
    }

    /// What is at a URL that does not answer, as far as its path tells.
    pub fn by_address(url: &Url) -> Self {
        if url.path().ends_with(METRICS_PATH) {
            return Self::Exporter {
                url: url.clone(),
                page: Vec::new(),
            };
        }
        Self::Prometheus
    }
}

/// Asks the URL what it is.
///
/// # Errors
/// Where nothing answers, or something else.
pub async fn detect(url: &Url) -> Result<Detected, SourceError> {
    let mut config = UpstreamConfig::from_url(url.clone());
    config.timeout = PROBE_TIMEOUT;
    let client = PrometheusClient::new(config)?;
    if url.path().ends_with(METRICS_PATH) {
        let page = client.page(url.clone()).await?;
        return exporter(url.clone(), page);
    }
    let answer = client.probe().await?;
    if is_prometheus(&answer).is_ok() {
        return Ok(Detected::Prometheus);
    }
    if let Ok(found) = exporter(url.clone(), answer) {
        return Ok(found);
    }
    let page = client.page(url.clone()).await?;
    if let Ok(found) = exporter(url.clone(), page) {
        return Ok(found);
    }
    let mut metrics = url.clone();
    metrics.set_path(&format!(
        "{}{METRICS_PATH}",
        url.path().trim_end_matches('/')
    ));
    let page = client.page(metrics.clone()).await?;
    exporter(metrics, page)
}

fn exporter(url: Url, page: Body) -> Result<Detected, SourceError> {
    if page.status.is_success() && is_exposition(page.bytes()) {
        let page = page.into_bytes();
        return Ok(Detected::Exporter { url, page });
    }
    if says_nothing(page.status) {
        return Err(SourceError::Status {
            url: page.url.clone(),
            status: page.status.as_u16(),
            reason: page.excerpt(),
        });
    }
    Err(SourceError::NotPrometheus {
        url: page.url.clone(),
        reason: format!(
            "nor is it an exporter's page; it answered HTTP {} {:?}",
            page.status.as_u16(),
            page.excerpt()
        ),
    })
}

/// Whether an answer of this status is no sign of what is there: it fails, starts,
/// or wants to know who asks.
fn says_nothing(status: StatusCode) -> bool {
    let asks_who = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    status.is_server_error() || asks_who.contains(&status)
}

/// Whether the bytes hold samples or the names of families, and nothing else.
fn is_exposition(bytes: &[u8]) -> bool {
    let format = if bytes.trim_ascii_end().ends_with(b"# EOF") {
        Format::OpenMetrics
    } else {
        Format::Text
    };
    let Ok(parser) = Parser::new(bytes, format) else {
        return false;
    };
    let mut entries = 0;
    parser.into_iter().all(|entry| {
        entries += 1;
        entry.is_ok()
    }) && entries > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_answer_is_taken_for_what_its_address_looks_like() {
        let check = |url: &str, is_page: bool| {
            let detected = Detected::by_address(&url.parse().unwrap());
            assert_eq!(
                matches!(detected, Detected::Exporter { .. }),
                is_page,
                "{url}"
            );
        };
        check("http://farm:9120/metrics", true);
        check("http://prometheus:9090", false);
        check("http://mimir/prometheus/", false);
    }

    fn check(page: &str, expected: bool) {
        assert_eq!(is_exposition(page.as_bytes()), expected, "{page:?}");
    }

    #[test]
    fn pages_of_exporters_are_told_from_others() {
        check("# HELP up Whether\n# TYPE up gauge\nup 1\n", true);
        check("maestro_ping{peer=\"a\",} 0.0\n", true);
        check("# TYPE maestro_rate gauge\n", true);
        check(
            "# TYPE a counter\na_total 1 # {trace=\"x\"} 1\n# EOF\n",
            true,
        );
        check("<!DOCTYPE html><html></html>", false);
        check("{\"status\":\"ok\"}", false);
        check("", false);
        check("404 page not found\n", false);
    }
}
