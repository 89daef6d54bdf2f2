//! Content negotiation: what a scrape asks for and what the answer is.

/// The `Accept` header of a scrape: OpenMetrics before text, newer before
/// older, as Prometheus asks.
pub const ACCEPT: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
     application/openmetrics-text;version=0.0.1;q=0.5,\
     text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
     text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

/// Which rules a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text, 0.0.4 or 1.0.0: read leniently.
    Text,
    /// OpenMetrics 1.0: held to its grammar.
    OpenMetrics,
}

/// A content type that is no exposition of metrics as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "content type {content_type:?} is no metrics page: expected text/plain or \
     application/openmetrics-text"
)]
pub struct UnsupportedContentType {
    /// The header's value.
    pub content_type: String,
}

impl Format {
    /// The format that a `Content-Type` header names; an absent header, which is
    /// what old exporters send, is `""`.
    ///
    /// Types that say nothing are text, and so is `text/html`: it is what many
    /// a web framework writes over a hand-made exporter's page. A real web page
    /// then fails at its first character.
    ///
    /// # Errors
    /// For media types that cannot be metrics as text: JSON, protobuf, images.
    pub fn from_content_type(content_type: &str) -> Result<Self, UnsupportedContentType> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let media_type = media_type.to_ascii_lowercase();
        match media_type.as_str() {
            "application/openmetrics-text" => Ok(Self::OpenMetrics),
            "" | "application/octet-stream" => Ok(Self::Text),
            _ if media_type.starts_with("text/") => Ok(Self::Text),
            _ => Err(UnsupportedContentType {
                content_type: content_type.to_owned(),
            }),
        }
    }

    pub(crate) fn is_strict(self) -> bool {
        self == Self::OpenMetrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content_type: &str, expected: Option<Format>) {
        let format = Format::from_content_type(content_type);
        assert_eq!(format.ok(), expected, "{content_type:?}");
    }

    #[test]
    fn reads_the_content_types_of_exporters() {
        for content_type in [
            "",
            "text/plain",
            "text/plain; version=0.0.4; charset=utf-8",
            "text/plain; version=1.0.0; charset=utf-8",
            "text/html; charset=utf-8",
            "application/octet-stream",
        ] {
            check(content_type, Some(Format::Text));
        }
        check(
            "Application/OpenMetrics-Text; version=1.0.0",
            Some(Format::OpenMetrics),
        );
    }

    #[test]
    fn refuses_what_cannot_be_metrics() {
        check("application/json", None);
        check("application/vnd.google.protobuf; encoding=delimited", None);
        check("image/png", None);
    }
}
