//! What is wrong with a scrape configuration, and where.

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScrapeConfigError {
    /// The text is no configuration.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A key's value makes no sense.
    #[error("{place}: {reason}")]
    Key {
        /// The path of the key, such as `scrape_configs[2].scheme`.
        place: String,
        /// What is wrong with its value.
        reason: String,
    },
}

impl ScrapeConfigError {
    pub(super) fn key(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Key {
            place: place.into(),
            reason: reason.into(),
        }
    }
}
