//! `scrape_protocols`: which formats of a page are asked for, in which order.

use exposition::{Format, PageFormat};
use serde::{Deserialize, Serialize};

use super::unsupported::NameEscaping;

/// A format of a page by Prometheus' name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScrapeProtocol {
    /// Protobuf, the only one with native histograms.
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
    pub fallback: Option<PageFormat>,
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
    fn media_type(self) -> String {
        match self {
            Self::PrometheusProto => format!("{};escaping=allow-utf-8", exposition::PROTOBUF),
            Self::OpenMetricsText0_0_1 => "application/openmetrics-text;version=0.0.1".to_owned(),
            Self::OpenMetricsText1_0_0 => {
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8".to_owned()
            }
            Self::PrometheusText0_0_4 => "text/plain;version=0.0.4".to_owned(),
            Self::PrometheusText1_0_0 => "text/plain;version=1.0.0;escaping=allow-utf-8".to_owned(),
        }
    }

    fn format(self) -> PageFormat {
        match self {
            Self::PrometheusProto => PageFormat::Protobuf,
            Self::OpenMetricsText0_0_1 | Self::OpenMetricsText1_0_0 => {
                PageFormat::Text(Format::OpenMetrics)
            }
            Self::PrometheusText0_0_4 | Self::PrometheusText1_0_0 => PageFormat::Text(Format::Text),
        }
    }
}

/// What is asked for where native histograms are wanted and nothing is said.
const WITH_NATIVE_HISTOGRAMS: [ScrapeProtocol; 5] = [
    ScrapeProtocol::PrometheusProto,
    ScrapeProtocol::OpenMetricsText1_0_0,
    ScrapeProtocol::OpenMetricsText0_0_1,
    ScrapeProtocol::PrometheusText1_0_0,
    ScrapeProtocol::PrometheusText0_0_4,
];

/// What `scrape_protocols`, `fallback_scrape_protocol`,
/// `metric_name_escaping_scheme` and `scrape_native_histograms` come to.
///
/// # Errors
/// The key that leaves no format, and why.
pub(super) fn resolve(
    protocols: Option<&[ScrapeProtocol]>,
    fallback: Option<ScrapeProtocol>,
    escaping: NameEscaping,
    scrapes_native: bool,
) -> Result<PageFormats, (&'static str, String)> {
    let mut formats = PageFormats::default();
    let protocols = protocols.or(scrapes_native.then_some(&WITH_NATIVE_HISTOGRAMS));
    if let Some(protocols) = protocols {
        if protocols.is_empty() {
            return Err(("scrape_protocols", "names no format".to_owned()));
        }
        let weighed = protocols.iter().enumerate().map(|(index, protocol)| {
            let weight = 9_usize.saturating_sub(index).max(2);
            format!("{};q=0.{weight},", protocol.media_type())
        });
        formats.accept = weighed.collect::<String>() + "*/*;q=0.1";
    }
    let utf8 = NameEscaping::AllowUtf8.name();
    formats.accept = formats.accept.replace(utf8, escaping.name());
    formats.fallback = fallback.map(ScrapeProtocol::format);
    Ok(formats)
}
