//! Bytes of an exporter to samples: Prometheus text 0.0.4 and OpenMetrics 1.0.
