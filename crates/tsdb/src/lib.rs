//! Samples to compressed chunks behind a label index: the in-memory store.
