//! Content negotiation: what a scrape asks for and what the answer is.

/// The `Accept` header of a scrape: OpenMetrics before text, newer before
/// older, as Prometheus asks.
pub const ACCEPT: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
     application/openmetrics-text;version=0.0.1;q=0.5,\
     text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
     text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

/// The media type of a page of protobuf.
pub const PROTOBUF: &str = "application/vnd.google.protobuf;\
     proto=io.prometheus.client.MetricFamily;encoding=delimited";

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFormat {
    /// Text of some kind.
    Text(Format),
    /// Protobuf: a `MetricFamily` after the other, each behind its length.
    Protobuf,
}

/// Which rules a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text, 0.0.4 or 1.0.0: read leniently.
    Text,
    /// OpenMetrics 1.0: held to its grammar.
    OpenMetrics,
}

/// A content type that is no exposition of metrics.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "content type {content_type:?} is no metrics page: expected text/plain, \
     application/openmetrics-text or {PROTOBUF}"
)]
pub struct UnsupportedContentType {
    /// The header's value.
    pub content_type: String,
}

impl PageFormat {
    /// The format that a `Content-Type` header names; an absent header, which is
    /// what old exporters send, is `""`.
    ///
    /// Types that say nothing are text, and so is `text/html`: it is what many
    /// a web framework writes over a hand-made exporter's page. A real web page
    /// then fails at its first character.
    ///
    /// # Errors
    /// For media types that cannot be metrics: JSON, images, protobuf of other
    /// messages.
    pub fn from_content_type(content_type: &str) -> Result<Self, UnsupportedContentType> {
        let lowercase = content_type.to_ascii_lowercase();
        let mut parts = lowercase.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        match media_type {
            "application/openmetrics-text" => Ok(Self::Text(Format::OpenMetrics)),
            "" | "application/octet-stream" => Ok(Self::Text(Format::Text)),
            _ if media_type.starts_with("text/") => Ok(Self::Text(Format::Text)),
            "application/vnd.google.protobuf" if is_page(parts) => Ok(Self::Protobuf),
            _ => Err(UnsupportedContentType {
                content_type: content_type.to_owned(),
            }),
        }
    }
}

/// Whether the parameters of protobuf are those of a page.
fn is_page<'a>(parameters: impl Iterator<Item = &'a str>) -> bool {
    let (mut is_family, mut is_delimited) = (false, false);
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        match name.trim() {
            "proto" => is_family = value.trim() == "io.prometheus.client.metricfamily",
            "encoding" => is_delimited = value.trim() == "delimited",
            _ => {}
        }
    }
    is_family && is_delimited
}

impl Format {
    pub(crate) fn is_strict(self) -> bool {
        self == Self::OpenMetrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content_type: &str, expected: Option<PageFormat>) {
        let format = PageFormat::from_content_type(content_type);
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
            check(content_type, Some(PageFormat::Text(Format::Text)));
        }
        check(
            "Application/OpenMetrics-Text; version=1.0.0",
            Some(PageFormat::Text(Format::OpenMetrics)),
        );
        check(PROTOBUF, Some(PageFormat::Protobuf));
        check(
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
            Some(PageFormat::Protobuf),
        );
    }

    #[test]
    fn refuses_what_cannot_be_metrics() {
        check("application/json", None);
        check("application/vnd.google.protobuf; encoding=delimited", None);
        check(&PROTOBUF.replace("delimited", "text"), None);
        check("image/png", None);
    }
}
