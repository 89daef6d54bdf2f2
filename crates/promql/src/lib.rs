//! A PromQL expression and a store to a value.
