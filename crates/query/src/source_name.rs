//! By which name a source is asked.

use std::fmt;

/// What a source is called: by the configuration, and by the boards that ask it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(String);

impl SourceName {
    /// The source that is asked where none is named; its name is empty.
    pub fn default_source() -> Self {
        Self(String::new())
    }

    /// Whether no source is named, so that the default one is meant.
    pub fn is_default_source(&self) -> bool {
        self.0.is_empty()
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for SourceName {
    /// The name as a file writes it, its variables filled in.
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
