//! `andon`: reads flags, environment and file, and runs the server.

fn main() {}
