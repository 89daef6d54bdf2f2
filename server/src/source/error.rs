//! Why a source did not answer, each kind with one clear sentence.

use std::time::Duration;

/// The error types of Prometheus' HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiErrorKind {
    /// The request is wrong.
    BadData,
    /// The expression failed while it was evaluated.
    Execution,
    /// The caller left.
    Canceled,
    /// The evaluation took too long.
    Timeout,
    /// The server failed.
    Internal,
    /// The server cannot answer now.
    Unavailable,
    /// There is no such thing.
    NotFound,
    /// The configuration does not allow it.
    Forbidden,
    /// The answer cannot be given in a form that the caller accepts.
    NotAcceptable,
}

impl ApiErrorKind {
    /// Every kind with its name on the wire.
    const NAMES: [(Self, &'static str); 9] = [
        (Self::BadData, "bad_data"),
        (Self::Execution, "execution"),
        (Self::Canceled, "canceled"),
        (Self::Timeout, "timeout"),
        (Self::Internal, "internal"),
        (Self::Unavailable, "unavailable"),
        (Self::NotFound, "not_found"),
        (Self::Forbidden, "forbidden"),
        (Self::NotAcceptable, "not_acceptable"),
    ];

    /// The `errorType` on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("internal", |(_, name)| name)
    }

    /// The kind of an `errorType`; an unknown one is the server's failure.
    /// VictoriaMetrics writes the HTTP status there.
    pub fn from_name(name: &str) -> Self {
        Self::NAMES
            .iter()
            .find(|(_, candidate)| *candidate == name)
            .map_or_else(|| Self::from_status_text(name), |(kind, _)| *kind)
    }

    fn from_status_text(status: &str) -> Self {
        match status {
            "400" => Self::BadData,
            "422" => Self::Execution,
            "503" => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

/// Why a source did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The source understood the question and refused it, in its own words.
    #[error("{message}")]
    Api {
        /// What kind of refusal.
        kind: ApiErrorKind,
        /// The source's own message.
        message: String,
    },
    /// No connection.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// Without credentials.
        url: String,
        /// The innermost cause.
        reason: String,
    },
    /// No TLS session.
    #[error("{url} has no TLS connection: {reason}")]
    Tls {
        /// Without credentials.
        url: String,
        /// The innermost cause.
        reason: String,
    },
    /// No answer in time.
    #[error("{url} did not answer within {} s", .limit.as_secs_f64())]
    Timeout {
        /// Without credentials.
        url: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The server answered with an HTTP status and no Prometheus error.
    #[error("{url} answered HTTP {status}: {reason}")]
    Status {
        /// Without credentials.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What the status most likely means, or the beginning of the body.
        reason: String,
    },
    /// What answers speaks something else.
    #[error("{url} is no Prometheus API: {reason}")]
    NotPrometheus {
        /// Without credentials.
        url: String,
        /// What was found instead.
        reason: String,
    },
    /// A file with a password or token cannot be read.
    #[error("cannot read the credentials in {path}: {reason}")]
    Credentials {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The store of our own is not open yet.
    #[error("the log is being replayed: {percent} % done")]
    Replaying {
        /// How far it is.
        percent: u64,
    },
    /// The answer is larger than we are willing to hold.
    #[error(
        "the answer of {url} is larger than {limit_bytes} bytes; ask for fewer series or a larger step"
    )]
    TooLarge {
        /// Without credentials.
        url: String,
        /// The limit.
        limit_bytes: usize,
    },
}

impl SourceError {
    /// Whether the source itself is away, as opposed to a question it refused.
    pub fn is_outage(&self) -> bool {
        !matches!(self, Self::Api { kind, .. } if *kind != ApiErrorKind::Unavailable)
            && !matches!(self, Self::TooLarge { .. })
    }

    /// Whether nothing was answered from which it is known what is there.
    pub fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Status { .. }
        )
    }

    /// Whether a source that gives this error is better not asked for a while:
    /// to ask a store that opens costs nothing.
    pub fn opens_circuit(&self) -> bool {
        self.is_outage() && !matches!(self, Self::Replaying { .. })
    }

    /// The kind under which our own API reports the error.
    pub fn api_kind(&self) -> ApiErrorKind {
        match self {
            Self::Api { kind, .. } => *kind,
            Self::Timeout { .. } => ApiErrorKind::Timeout,
            Self::TooLarge { .. } => ApiErrorKind::Execution,
            Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Status { .. }
            | Self::Credentials { .. }
            | Self::Replaying { .. }
            | Self::NotPrometheus { .. } => ApiErrorKind::Unavailable,
        }
    }
}
