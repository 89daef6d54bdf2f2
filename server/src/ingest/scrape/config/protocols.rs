//! `scrape_protocols`: which formats of a page are asked for, in which order.

use exposition::Format;
use serde::{Deserialize, Serialize};

use super::unsupported::NameEscaping;

/// A format of a page by Prometheus' name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScrapeProtocol {
    /// Protobuf: read from configurations, never asked for.
    PrometheusProto,
    /// OpenMetrics before its first release.
    #[serde(rename = "OpenMetricsText0.0.1")]
    OpenMetricsText0_0_1,
    /// OpenMetrics.
    #[serde(rename = "OpenMetricsText1.0.0")]
    OpenMetricsText1_0_0,
    /// Prometheus' text.
    #[serde(rename = "PrometheusText0.0.4")]
    PrometheusText0_0_4,
    /// Prometheus' text with names in UTF-8.
    #[serde(rename = "PrometheusText1.0.0")]
    PrometheusText1_0_0,
}

/// How a page is asked for, and read where its server does not say what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFormats {
    /// The header `Accept`.
    pub accept: String,
    /// For a page without a usable content type.
    pub fallback: Option<Format>,
}

impl Default for PageFormats {
    fn default() -> Self {
        Self {
            accept: exposition::ACCEPT.to_owned(),
            fallback: None,
        }
    }
}

impl ScrapeProtocol {
    fn media_type(self) -> Option<&'static str> {
        match self {
            Self::PrometheusProto => None,
            Self::OpenMetricsText0_0_1 => Some("application/openmetrics-text;version=0.0.1"),
            Self::OpenMetricsText1_0_0 => {
                Some("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8")
            }
            Self::PrometheusText0_0_4 => Some("text/plain;version=0.0.4"),
            Self::PrometheusText1_0_0 => Some("text/plain;version=1.0.0;escaping=allow-utf-8"),
        }
    }

    fn format(self) -> Option<Format> {
        match self {
            Self::PrometheusProto => None,
            Self::OpenMetricsText0_0_1 | Self::OpenMetricsText1_0_0 => Some(Format::OpenMetrics),
            Self::PrometheusText0_0_4 | Self::PrometheusText1_0_0 => Some(Format::Text),
        }
    }
}

/// What `scrape_protocols`, `fallback_scrape_protocol` and
/// `metric_name_escaping_scheme` come to. Protobuf
/// among others is left out of what is asked for: the next one is sent then.
///
/// # Errors
/// The key that leaves no format that we read, and why.
pub(super) fn resolve(
    protocols: Option<&[ScrapeProtocol]>,
    fallback: Option<ScrapeProtocol>,
    escaping: NameEscaping,
) -> Result<PageFormats, (&'static str, String)> {
    let unread = "Andon reads text formats only: name one of them as well";
    let mut formats = PageFormats::default();
    if let Some(protocols) = protocols {
        let spoken: Vec<_> = protocols
            .iter()
            .filter_map(|one| one.media_type())
            .collect();
        if spoken.is_empty() {
            return Err(("scrape_protocols", unread.to_owned()));
        }
        let weighed = spoken.iter().enumerate().map(|(index, media_type)| {
            let weight = 9_usize.saturating_sub(index).max(2);
            format!("{media_type};q=0.{weight},")
        });
        formats.accept = weighed.collect::<String>() + "*/*;q=0.1";
    }
    let utf8 = NameEscaping::AllowUtf8.name();
    formats.accept = formats.accept.replace(utf8, escaping.name());
    if let Some(fallback) = fallback {
        let format = fallback.format();
        formats.fallback =
            Some(format.ok_or_else(|| ("fallback_scrape_protocol", unread.to_owned()))?);
    }
    Ok(formats)
}
