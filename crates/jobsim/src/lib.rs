//! A simulated job system: a seed and a time to the events of its workers.
