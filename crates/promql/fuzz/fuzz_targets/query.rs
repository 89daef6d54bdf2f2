//! Every text ends in an answer or an error:
//! `cargo +nightly fuzz run --fuzz-dir crates/promql/fuzz query`.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/property.rs"]
mod property;
#[path = "../../tests/support/store.rs"]
mod store;

static STORE: LazyLock<store::MemoryStore> = LazyLock::new(property::store);

fuzz_target!(|text: &str| property::check(text, &STORE));
