//! What an exporter says of a metric beside its samples.

use std::fmt;

/// The type of a metric, in the words of OpenMetrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Never declared, or declared `untyped`.
    #[default]
    Unknown,
    /// Only grows, or starts again from zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Cumulative buckets of counters.
    Histogram,
    /// Cumulative buckets of gauges.
    GaugeHistogram,
    /// Quantiles the exporter computed.
    Summary,
    /// Labels that describe, with the value 1.
    Info,
    /// Booleans, of which each is a series.
    StateSet,
}

impl MetricKind {
    const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Counter,
        Self::Gauge,
        Self::Histogram,
        Self::GaugeHistogram,
        Self::Summary,
        Self::Info,
        Self::StateSet,
    ];

    /// The word that Prometheus' HTTP API and OpenMetrics use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
        }
    }

    /// The kind that `word` names (`untyped` is the older word for unknown),
    /// `None` where it names none.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "untyped" => Some(Self::Unknown),
            _ => Self::ALL.into_iter().find(|kind| kind.as_str() == word),
        }
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Type, help and unit of one metric family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metadata {
    /// The declared type.
    pub kind: MetricKind,
    /// The help text, escapes resolved; empty where there is none.
    pub help: String,
    /// The unit, such as `seconds`; empty where there is none.
    pub unit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_word() {
        for kind in MetricKind::ALL {
            assert_eq!(MetricKind::from_word(kind.as_str()), Some(kind));
        }
        assert_eq!(MetricKind::from_word("untyped"), Some(MetricKind::Unknown));
        assert_eq!(MetricKind::from_word("guage"), None);
    }
}
