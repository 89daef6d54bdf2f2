//! `/federate`: selectors -> the newest sample of each series as a page that another
//! Prometheus scrapes.
//!
//! As in Prometheus, families are untyped, times are the samples' own, and a series
//! without the label `instance` gets an empty one, so that the scrape adds none.
//! Format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::Write;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use query::LatestQuery;
use series::Labels;

use super::error::{ApiError, status};
use super::params::Params;
use crate::clock::now_ms;
use crate::source::{InstantSample, InstantValue, Latest};
use crate::state::AppState;

const INSTANCE: &str = "instance";
/// Says what is not on the page: the format has no place for remarks but comments.
const WARNING: HeaderName = HeaderName::from_static("x-andon-warning");

/// `GET /federate`.
pub async fn federate(
    State(state): State<AppState>,
    headers: HeaderMap,
    params: Params,
) -> Response {
    match answer(&state, &headers, &params).await {
        Ok(page) => page,
        Err(error) => (status(error.kind), format!("{}\n", error.message)).into_response(),
    }
}

async fn answer(
    state: &AppState,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, ApiError> {
    let selectors: Vec<String> = params.all("match[]").map(str::to_owned).collect();
    for selector in &selectors {
        let checked = promql::parse_selector(selector);
        checked.map_err(|error| ApiError::bad_data(error.to_string()))?;
    }
    let format = Names::accepted(headers);
    let media_type = format.media_type();
    if selectors.is_empty() {
        return Ok(([(CONTENT_TYPE, media_type)], String::new()).into_response());
    }
    let query = LatestQuery {
        selectors,
        at_ms: now_ms(),
    };
    match &*state.default_source()?.latest(query).await? {
        Latest::Page(page) => {
            let media_type = Names::Classic.media_type();
            Ok(([(CONTENT_TYPE, media_type)], page.clone()).into_response())
        }
        Latest::Samples(instant) => {
            let samples = match &instant.value {
                InstantValue::Vector(samples) => samples.as_slice(),
                _ => &[],
            };
            let mut page = ([(CONTENT_TYPE, media_type)], format.page(samples)).into_response();
            let warnings = instant.annotations.warnings.join("; ");
            if let Ok(warnings) = warnings.parse()
                && !instant.annotations.warnings.is_empty()
            {
                page.headers_mut().insert(WARNING, warnings);
            }
            Ok(page)
        }
    }
}

/// How names are written that are not of letters, digits, `_` and `:` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// With `_` in place of each other character.
    Classic,
    /// As they are, in quotes.
    Quoted,
}

impl Names {
    fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        let is_quoted = accept.is_some_and(|accept| {
            let mut kinds = accept.split(',').map(str::trim);
            kinds.any(|kind| kind.starts_with("text/plain") && kind.contains("allow-utf-8"))
        });
        if is_quoted {
            Self::Quoted
        } else {
            Self::Classic
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
            Self::Quoted => "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
        }
    }

    /// The page of samples that are in order of their names. What has no name is no
    /// metric, and is left out.
    fn page(self, samples: &[InstantSample]) -> String {
        let mut page = String::new();
        let mut family = "";
        for InstantSample { labels, sample, .. } in samples {
            let name = labels.metric_name();
            if name.is_empty() {
                continue;
            }
            if name != family {
                family = name;
                let _ = writeln!(page, "# TYPE {} untyped", self.name(name));
            }
            self.series(&mut page, labels);
            let (value, time_ms) = (go_float(sample.value), sample.timestamp_ms);
            let _ = writeln!(page, " {value} {time_ms}");
        }
        page
    }

    fn series(self, page: &mut String, labels: &Labels) {
        let name = labels.metric_name();
        if is_classic(name) || self == Self::Classic {
            let _ = write!(page, "{}{{", self.name(name));
        } else {
            let _ = write!(page, "{{{},", self.name(name));
        }
        for label in labels
            .iter()
            .filter(|label| label.name != series::METRIC_NAME)
        {
            let _ = write!(
                page,
                "{}=\"{}\",",
                self.name(label.name),
                escaped(label.value)
            );
        }
        match labels.get(INSTANCE) {
            Some(_) => drop(page.pop()),
            None => page.push_str("instance=\"\""),
        }
        page.push('}');
    }

    fn name(self, name: &str) -> String {
        match self {
            _ if is_classic(name) => name.to_owned(),
            Self::Quoted => format!("\"{}\"", escaped(name)),
            Self::Classic => {
                let classic = |(index, c): (usize, char)| match c {
                    'a'..='z' | 'A'..='Z' | '_' | ':' => c,
                    '0'..='9' if index > 0 => c,
                    _ => '_',
                };
                name.chars().enumerate().map(classic).collect()
            }
        }
    }
}

fn is_classic(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == b'_' || c == b':')
        && bytes.all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b':')
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\");
    text.replace('"', "\\\"").replace('\n', "\\n")
}

/// The value as Prometheus' text writes it.
fn go_float(value: f64) -> String {
    if value.is_infinite() {
        let sign = if value > 0.0 { '+' } else { '-' };
        return format!("{sign}Inf");
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use series::Sample;

    use super::*;

    fn page(names: Names, series: &[&[(&str, &str)]]) -> String {
        let samples = series.iter().map(|pairs| InstantSample {
            labels: Labels::from_pairs(pairs.iter().copied()),
            sample: Sample {
                timestamp_ms: 1_500,
                value: f64::INFINITY,
            },
            histogram: None,
        });
        names.page(&samples.collect::<Vec<_>>())
    }

    #[test]
    fn a_page_has_families_and_an_instance_everywhere() {
        let series: [&[(&str, &str)]; 3] = [
            &[("__name__", "a"), ("instance", "i"), ("x", "1\n\"\\")],
            &[("__name__", "a")],
            &[("__name__", "b"), ("b.c", "d")],
        ];
        assert_eq!(
            page(Names::Classic, &series),
            "# TYPE a untyped\na{instance=\"i\",x=\"1\\n\\\"\\\\\"} +Inf 1500\n\
             a{instance=\"\"} +Inf 1500\n\
             # TYPE b untyped\nb{b_c=\"d\",instance=\"\"} +Inf 1500\n"
        );
    }

    #[test]
    fn names_of_other_characters_are_quoted_for_who_accepts_it() {
        let series: [&[(&str, &str)]; 1] = [&[("__name__", "a.b"), ("c.d", "e")]];
        assert_eq!(
            page(Names::Quoted, &series),
            "# TYPE \"a.b\" untyped\n{\"a.b\",\"c.d\"=\"e\",instance=\"\"} +Inf 1500\n"
        );
        let mut headers = HeaderMap::new();
        assert_eq!(Names::accepted(&headers), Names::Classic);
        let accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8,text/plain";
        headers.insert(ACCEPT, accept.parse().unwrap());
        assert_eq!(Names::accepted(&headers), Names::Classic);
        let accept = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.1";
        headers.insert(ACCEPT, accept.parse().unwrap());
        assert_eq!(Names::accepted(&headers), Names::Quoted);
    }
}
