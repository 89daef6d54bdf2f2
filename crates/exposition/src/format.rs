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
    /// OpenMetrics 1.0: held to its specification.
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
    /// The format that a `Content-Type` header names; `None` where the header
    /// is absent, which old exporters leave out, and so means text.
    ///
    /// # Errors
    /// For media types that cannot be metrics as text: HTML, JSON, protobuf,
    /// images. Types that say nothing (`application/octet-stream`) are text.
    pub fn from_content_type(content_type: Option<&str>) -> Result<Self, UnsupportedContentType> {
        let Some(content_type) = content_type else {
            return Ok(Self::Text);
        };
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/openmetrics-text" => Ok(Self::OpenMetrics),
            "" | "text/plain" | "application/octet-stream" | "text/x-prometheus" => Ok(Self::Text),
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

    fn check(content_type: Option<&str>, expected: Option<Format>) {
        assert_eq!(
            Format::from_content_type(content_type).ok(),
            expected,
            "{content_type:?}"
        );
    }

    #[test]
    fn reads_the_content_types_of_exporters() {
        check(None, Some(Format::Text));
        check(Some(""), Some(Format::Text));
        check(Some("text/plain"), Some(Format::Text));
        check(
            Some("text/plain; version=0.0.4; charset=utf-8"),
            Some(Format::Text),
        );
        check(
            Some("text/plain; version=1.0.0; charset=utf-8"),
            Some(Format::Text),
        );
        check(
            Some("Application/OpenMetrics-Text; version=1.0.0"),
            Some(Format::OpenMetrics),
        );
    }

    #[test]
    fn refuses_what_cannot_be_metrics() {
        check(Some("text/html; charset=utf-8"), None);
        check(Some("application/json"), None);
        check(
            Some("application/vnd.google.protobuf; encoding=delimited"),
            None,
        );
    }
}
