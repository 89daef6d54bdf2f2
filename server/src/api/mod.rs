//! Prometheus' HTTP API over whichever source serves.
