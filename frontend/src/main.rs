//! The entry of the WASM bundle: links the islands of `app` and makes ready
//! for them. The document's loader script then wakes them one by one.

use app as _; // its islands are exported only if the crate is linked

fn main() {
    leptos::mount::hydrate_islands();
}
