//! Every text ends in an answer or an error; see `property.rs`.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/promql/tests/support/property.rs"]
mod property;
#[path = "../../crates/promql/tests/support/store.rs"]
mod store;

static STORE: LazyLock<store::MemoryStore> = LazyLock::new(property::store);

fuzz_target!(|text: &str| property::check(text, &STORE));
