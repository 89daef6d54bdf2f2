//! The entry of the WASM bundle: links the islands of `app` and starts them.

fn main() {}
