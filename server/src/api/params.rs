//! Parameters of the API: the query string and, of a POST, the form; times,
//! durations and limits as Prometheus reads them.

use std::fmt::Display;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use query::{QueryOptions, SeriesQuery};

use super::error::ApiError;

/// Prometheus' stand-ins for the first and the last time there is.
const MIN_TIME: &str = "-292273086-05-16T16:47:06Z";
const MAX_TIME: &str = "292277025-08-18T07:12:54.999999999Z";
/// Times that far away still leave room for a range in milliseconds.
const MAX_TIME_S: f64 = 9e15;

/// Names and values, the form's before the query string's.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let query = request.uri().query().unwrap_or("").to_owned();
        let mut pairs = match media_type(&request).as_str() {
            "application/x-www-form-urlencoded" => form(request, state).await?,
            "multipart/form-data" => multipart(request, state).await?,
            _ => Vec::new(),
        };
        pairs.extend(wire::url::pairs(&query));
        Ok(Self(pairs))
    }
}

/// What the body is, in lower case and without parameters; empty where nothing says.
fn media_type(request: &Request) -> String {
    let value = request.headers().get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = value.split(';').next().unwrap_or("");
    kind.trim().to_ascii_lowercase()
}

async fn form<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Vec<(String, String)>, ApiError> {
    let body = Bytes::from_request(request, state).await.map_err(no_form)?;
    Ok(wire::url::pairs(&String::from_utf8_lossy(&body)).collect())
}

async fn multipart<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Vec<(String, String)>, ApiError> {
    let read = Multipart::from_request(request, state).await;
    let mut parts = read.map_err(no_form)?;
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(no_form)? {
        let name = part.name().unwrap_or_default().to_owned();
        pairs.push((name, part.text().await.map_err(no_form)?));
    }
    Ok(pairs)
}

fn no_form(reason: impl Display) -> ApiError {
    ApiError::bad_data(format!("error parsing form values: {reason}"))
}

impl Params {
    /// The parameters of a query string.
    #[cfg(test)]
    pub fn of(query: &str) -> Self {
        Self(wire::url::pairs(query).collect())
    }

    /// The first value of `name`, `""` where there is none.
    pub fn get(&self, name: &str) -> &str {
        let mut pairs = self.0.iter();
        pairs
            .find(|(candidate, _)| candidate == name)
            .map_or("", |(_, value)| value)
    }

    /// All names and values, to be passed on.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    /// Every value of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(candidate, _)| candidate == name)
            .map(|(_, value)| value.as_str())
    }

    /// A time in milliseconds; `None` where the parameter is absent.
    pub fn time_ms(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let time_ms = parse_time_ms(text).ok_or_else(|| {
            let reason = no_timestamp(text);
            ApiError::invalid_parameter(name, &format!("invalid time value for '{name}': {reason}"))
        })?;
        Ok(Some(time_ms))
    }

    /// A time in milliseconds that must be there.
    pub fn time_ms_or_error(&self, name: &str) -> Result<i64, ApiError> {
        let text = self.get(name);
        parse_time_ms(text).ok_or_else(|| ApiError::invalid_parameter(name, &no_timestamp(text)))
    }

    /// A duration in milliseconds, which may be negative; `None` where the
    /// parameter is absent.
    pub fn duration_ms(&self, name: &str) -> Result<Option<i64>, ApiError> {
        match self.get(name) {
            "" => Ok(None),
            text => self.required_duration_ms(name, text).map(Some),
        }
    }

    /// A duration in milliseconds that must be there.
    pub fn duration_ms_or_error(&self, name: &str) -> Result<i64, ApiError> {
        self.required_duration_ms(name, self.get(name))
    }

    fn required_duration_ms(&self, name: &str, text: &str) -> Result<i64, ApiError> {
        parse_duration_ms(text).ok_or_else(|| {
            let reason = format!("cannot parse {text:?} to a valid duration");
            ApiError::invalid_parameter(name, &reason)
        })
    }

    /// A number that has no limit where it is left out.
    ///
    /// # Errors
    /// That it must be a number, as Prometheus says of its older limits.
    pub fn number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        match self.get(name) {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| ApiError::bad_data(format!("{name} must be a number"))),
        }
    }

    /// A count; 0, which is no limit, where the parameter is absent.
    pub fn limit(&self, name: &str) -> Result<usize, ApiError> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(0);
        }
        let number: i64 = text.parse().map_err(|_| {
            let reason = format!("strconv.Atoi: parsing {text:?}: invalid syntax");
            ApiError::invalid_parameter(name, &reason)
        })?;
        usize::try_from(number)
            .map_err(|_| ApiError::invalid_parameter(name, "limit must be non-negative"))
    }

    /// `timeout`, `lookback_delta` and `limit` of a query.
    pub fn query_options(&self) -> Result<QueryOptions, ApiError> {
        Ok(QueryOptions {
            timeout: self.duration_ms("timeout")?.map(duration),
            lookback: self
                .duration_ms("lookback_delta")?
                .filter(|ms| *ms > 0)
                .map(duration),
            limit: self.limit("limit")?,
        })
    }

    /// `match[]`, `start`, `end` and `limit` of a question about series.
    pub fn series_query(&self) -> Result<SeriesQuery, ApiError> {
        let all = series::TimeRange::ALL;
        let range = series::TimeRange {
            start_ms: self.time_ms("start")?.unwrap_or(all.start_ms),
            end_ms: self.time_ms("end")?.unwrap_or(all.end_ms),
        };
        Ok(SeriesQuery {
            selectors: self.all("match[]").map(str::to_owned).collect(),
            range,
            limit: self.limit("limit")?,
        })
    }
}

fn no_timestamp(text: &str) -> String {
    format!("cannot parse {text:?} to a valid timestamp")
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// Seconds since the epoch with a fraction, or RFC 3339.
fn parse_time_ms(text: &str) -> Option<i64> {
    match text {
        MIN_TIME => return Some(i64::MIN / 2),
        MAX_TIME => return Some(i64::MAX / 2),
        _ => {}
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return milliseconds(seconds);
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.as_millisecond())
}

/// Seconds with a fraction, or a duration such as `1h30m`.
fn parse_duration_ms(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return milliseconds(seconds);
    }
    let ms = dashboard::duration::parse(text).ok()?;
    i64::try_from(ms).ok()
}

fn milliseconds(seconds: f64) -> Option<i64> {
    (seconds.abs() <= MAX_TIME_S).then(|| (seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_time(text: &str, expected: Option<i64>) {
        assert_eq!(parse_time_ms(text), expected, "{text}");
    }

    #[test]
    fn times_are_seconds_or_rfc_3339() {
        check_time("1435781430.781", Some(1_435_781_430_781));
        check_time("-1.5", Some(-1_500));
        check_time("2015-07-01T20:10:51.781Z", Some(1_435_781_451_781));
        check_time("2015-07-01T20:10:51+02:00", Some(1_435_774_251_000));
        check_time("", None);
        check_time("yesterday", None);
        check_time("NaN", None);
        check_time("1e300", None);
    }

    #[test]
    fn durations_are_seconds_or_units() {
        let check = |text: &str, expected| assert_eq!(parse_duration_ms(text), expected, "{text}");
        check("15", Some(15_000));
        check("0.5", Some(500));
        check("1h30m", Some(5_400_000));
        check("5x", None);
        check("", None);
    }

    #[test]
    fn errors_are_worded_as_prometheus_words_them() {
        let check = |got: Result<(), ApiError>, message: &str| {
            assert_eq!(got.unwrap_err().message, message);
        };
        check(
            Params::of("time=x").time_ms("time").map(drop),
            r#"invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp"#,
        );
        check(
            Params::of("").duration_ms_or_error("step").map(drop),
            r#"invalid parameter "step": cannot parse "" to a valid duration"#,
        );
        check(
            Params::of("limit=-1").limit("limit").map(drop),
            r#"invalid parameter "limit": limit must be non-negative"#,
        );
        check(
            Params::of("limit=x").number("limit").map(drop),
            "limit must be a number",
        );
    }

    #[tokio::test]
    async fn a_form_is_one_however_its_type_is_written() {
        let multipart =
            "--x\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nup\r\n--x--\r\n";
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "query=up"),
            (
                "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
                "query=up",
            ),
            ("multipart/form-data; boundary=x", multipart),
            ("MULTIPART/FORM-DATA; boundary=x", multipart),
        ] {
            let request = http::Request::post("/?query=other&time=1");
            let request = request.header(CONTENT_TYPE, kind).body(body.into());
            let params = Params::from_request(request.unwrap(), &()).await.unwrap();
            assert_eq!(
                (params.get("query"), params.get("time")),
                ("up", "1"),
                "{kind}"
            );
        }
    }
}
