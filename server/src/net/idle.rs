//! The race of kept connections: a server closes one that is idle just as a
//! request goes out on it. That says nothing of the server, which is asked
//! once more over a connection of its own.

use std::error::Error;
use std::io::ErrorKind;

use super::error::causes;

/// Whether the connection ended before a single byte of an answer came, as a
/// kept connection does that the server has closed meanwhile.
pub(super) fn is_closed_before_answer(error: &reqwest::Error) -> bool {
    !error.is_connect() && !error.is_timeout() && causes(error).any(is_closed)
}

fn is_closed(cause: &(dyn Error + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    }
    cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        )
    })
}
