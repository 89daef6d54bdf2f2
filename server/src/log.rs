//! Structured logs on standard error.

/// Starts logging for the whole process.
pub fn start() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
}
