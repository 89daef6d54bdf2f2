//! Why a request brought no answer. No message holds a secret.

use std::error::Error;
use std::path::{Path, PathBuf};

/// Why a request brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The network, or HTTP, failed; in the words of the first cause.
    #[error("{0}")]
    Exchange(String),
    /// No TLS session.
    #[error("{0}")]
    Tls(String),
    /// Credentials or certificates cannot be used.
    #[error("cannot read {path}: {reason}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The client cannot be set up as it is configured.
    #[error("{0}")]
    Setup(String),
    /// An answer leads where the request must not go.
    #[error("the redirect to {to} is not followed: {reason}")]
    Redirect {
        /// Where it leads, without secrets.
        to: String,
        /// Why that is not followed.
        reason: &'static str,
    },
    /// The body is longer than allowed.
    #[error("the answer has more than {limit_bytes} bytes uncompressed")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
}

impl HttpError {
    /// The file cannot be used.
    pub(super) fn file(path: &Path, reason: impl ToString) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// reqwest cannot be set up.
    pub(super) fn setup(error: reqwest::Error) -> Self {
        let error = error.without_url();
        Self::Setup(format!("{error}: {}", innermost(&error)))
    }
}

/// The words of the first cause: the outer ones only say that a request failed.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// The error and what led to it, the first cause last.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}
