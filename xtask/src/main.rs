//! The automation: setup, run, build, test, ci, bench.

fn main() {}
