//! Label sets to label sets, by Prometheus' relabelling rules.
