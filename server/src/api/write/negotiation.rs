//! The headers of a request -> which message its body is.
//!
//! As Prometheus' receiver reads them: no `Content-Type` at all is 1.0, as is
//! one without `proto`; what is not understood gets 415, after which a sender
//! tries the other message.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use remote_write::Message;

/// A body that is not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// Of its `Content-Type`.
    #[error(
        "application/x-protobuf with proto=prometheus.WriteRequest or \
         proto=io.prometheus.write.v2.Request is understood, not {0:?}"
    )]
    ContentType(String),
    /// Of its `Content-Encoding`.
    #[error("Content-Encoding snappy is understood, not {0:?}")]
    Encoding(String),
}

/// Which message the body of a request is.
///
/// # Errors
/// See [`Unsupported`].
pub fn message(headers: &HeaderMap) -> Result<Message, Unsupported> {
    let encoding = text(headers, CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("snappy") {
        return Err(Unsupported::Encoding(encoding));
    }
    let kind = text(headers, CONTENT_TYPE);
    of_content_type(&kind).ok_or(Unsupported::ContentType(kind))
}

fn of_content_type(kind: &str) -> Option<Message> {
    if kind.is_empty() {
        return Some(Message::V1);
    }
    let mut parts = kind.split(';').map(str::trim);
    let media = parts.next()?;
    if !media.eq_ignore_ascii_case("application/x-protobuf") {
        return None;
    }
    let mut protos = parts.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("proto")
            .then(|| value.trim())
    });
    match protos.next() {
        None | Some("prometheus.WriteRequest") => Some(Message::V1),
        Some("io.prometheus.write.v2.Request") => Some(Message::V2),
        Some(_) => None,
    }
}

fn text(headers: &HeaderMap, name: http::HeaderName) -> String {
    let value = headers.get(name).map(http::HeaderValue::as_bytes);
    String::from_utf8_lossy(value.unwrap_or_default())
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_says_which_message_it_is() {
        let cases = [
            ("", Some(Message::V1)),
            ("application/x-protobuf", Some(Message::V1)),
            (
                "application/x-protobuf;proto=prometheus.WriteRequest",
                Some(Message::V1),
            ),
            (
                "Application/X-Protobuf; proto=io.prometheus.write.v2.Request",
                Some(Message::V2),
            ),
            (
                "application/x-protobuf;proto=io.prometheus.write.v3.Request",
                None,
            ),
            (
                "application/x-protobuf;charset=a;proto=io.prometheus.write.v2.Request",
                Some(Message::V2),
            ),
            ("application/json", None),
        ];
        for (kind, expected) in cases {
            assert_eq!(of_content_type(kind), expected, "{kind}");
        }
    }

    #[test]
    fn another_encoding_than_snappy_is_refused() {
        let headers = |value| HeaderMap::from_iter([(CONTENT_ENCODING, value)]);
        let snappy = headers(http::HeaderValue::from_static("snappy"));
        assert_eq!(message(&snappy), Ok(Message::V1));
        let other = headers(http::HeaderValue::from_static("zstd"));
        assert_eq!(message(&other), Err(Unsupported::Encoding("zstd".into())));
    }
}
