//! What of a request was not taken -> the sentence that its sender gets.

use std::fmt;

/// What of a request was not taken; all the rest is stored.
///
/// The answer is 400: after it a sender counts as failed what it sent, says so
/// in its log, and goes on with the next request, while 204 would tell it that
/// all is stored and 5xx would have it try for ever.
#[derive(Debug, Default)]
pub struct Rejection {
    /// Samples that were not taken.
    pub samples: u64,
    /// Native histograms that were not taken.
    pub histograms: u64,
    /// Of the first sample, histogram or series that was not taken.
    pub reason: Option<String>,
}

impl Rejection {
    /// Whether all was taken.
    pub fn is_empty(&self) -> bool {
        self.reason.is_none()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            samples,
            histograms,
            reason,
        } = self;
        write!(f, "{samples} samples")?;
        if *histograms > 0 {
            write!(f, " and {histograms} native histograms")?;
        }
        let reason = reason.as_deref().unwrap_or_default();
        write!(f, " were not taken; the first: {reason}")
    }
}
