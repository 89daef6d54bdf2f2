//! How values are written in a text: Grafana's formats.

use jiff::Timestamp;
use wire::url::encode;

use super::choices::ALL;
use super::scope::{Target, Value};

/// How values are written where the text names no format; `quote` is what the
/// place stands within.
pub(super) fn by_target(value: &Value, target: Target, quote: Option<char>) -> String {
    if target == Target::Title {
        return value.texts.join(" + ");
    }
    if let Some(all) = &value.all_value {
        return all.clone();
    }
    match target {
        Target::PromQl if value.is_many => {
            // A raw string holds anything but what ends it.
            let values = value.values.iter();
            let values = values.map(|value| escape_regex(value).replace('`', r"\x60"));
            let escaped = values.map(|value| in_quotes(value, quote.or(Some('"'))));
            alternatives(&escaped.collect::<Vec<_>>())
        }
        Target::PromQl => in_quotes(value.values.join(","), quote),
        _ => glob(&value.values),
    }
}

/// Outside of quotes a value may be any piece of a query.
fn in_quotes(value: String, quote: Option<char>) -> String {
    match quote {
        Some(quote @ ('"' | '\'')) => value
            .replace('\\', r"\\")
            .replace(quote, &format!("\\{quote}")),
        _ => value,
    }
}

/// How values are written in the format of this name; an unknown one is `glob`.
pub(super) fn by_name(format: &str, name: &str, value: &Value) -> String {
    let all = value.all_value.as_ref();
    let values = all.map_or(value.values.as_slice(), std::slice::from_ref);
    let joined = |each: fn(&String) -> String, separator: &str| {
        values.iter().map(each).collect::<Vec<_>>().join(separator)
    };
    match format.split_once(':').unwrap_or((format, "")) {
        ("csv" | "raw", _) => values.join(","),
        ("pipe", _) => values.join("|"),
        ("distributed", _) => values.join(&format!(",{name}=")),
        ("doublequote", _) => joined(|value| quoted(value, '"', "\\\""), ","),
        ("singlequote", _) => joined(|value| quoted(value, '\'', r"\'"), ","),
        ("sqlstring", _) => joined(|value| quoted(value, '\'', "''"), ","),
        ("json", _) if value.is_many => serde_json::json!(values).to_string(),
        ("json", _) => serde_json::json!(values.first()).to_string(),
        ("lucene", _) => lucene(values),
        ("percentencode", _) => encode(&glob(values)),
        ("queryparam", _) => query_parameters(name, value),
        ("regex", _) => {
            let escaped = all
                .is_none()
                .then(|| values.iter().map(|value| escape_regex(value)));
            alternatives(&escaped.map_or(values.to_vec(), Iterator::collect))
        }
        ("text", _) => value.texts.join(" + "),
        ("date", pattern) => date(values.first().map_or("", String::as_str), pattern),
        _ => glob(values),
    }
}

fn glob(values: &[String]) -> String {
    match values {
        [] => String::new(),
        [only] => only.clone(),
        values => format!("{{{}}}", values.join(",")),
    }
}

fn alternatives(values: &[String]) -> String {
    match values {
        [] => String::new(),
        [only] => only.clone(),
        values => format!("({})", values.join("|")),
    }
}

fn escape_regex(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if r"\^$*+?.()|[]{}/".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn quoted(value: &str, quote: char, escaped_quote: &str) -> String {
    format!("{quote}{}{quote}", value.replace(quote, escaped_quote))
}

fn lucene(values: &[String]) -> String {
    let quoted: Vec<String> = values
        .iter()
        .map(|value| quoted(value, '"', "\\\""))
        .collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        quoted => format!("({})", quoted.join(" OR ")),
    }
}

fn query_parameters(name: &str, value: &Value) -> String {
    let all = [ALL.to_owned()];
    let values = if value.is_all {
        &all[..]
    } else {
        &value.values
    };
    values
        .iter()
        .map(|value| format!("var-{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// Milliseconds as a date: ISO 8601 where no pattern, or `iso`, is given,
/// `seconds` since the epoch, or a pattern of Moment's.
fn date(ms: &str, pattern: &str) -> String {
    let at = ms
        .parse()
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let Some(at) = at else {
        return ms.to_owned();
    };
    match pattern {
        "seconds" => at.as_second().to_string(),
        "" | "iso" => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        pattern => at.strftime(&strftime_of(pattern)).to_string(),
    }
}

/// Moment's tokens and strftime's; one that begins with another comes before it.
const DATE_TOKENS: [(&str, &str); 24] = [
    ("YYYY", "%Y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("dddd", "%A"),
    ("ddd", "%a"),
    ("SSS", "%3f"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("ZZ", "%z"),
    ("Z", "%:z"),
    ("A", "%p"),
    ("a", "%P"),
    ("X", "%s"),
    ("M", "%-m"),
    ("D", "%-d"),
    ("H", "%-H"),
    ("h", "%-I"),
    ("m", "%-M"),
    ("s", "%-S"),
];

/// A pattern of Moment's as one of strftime's.
pub fn strftime_of(pattern: &str) -> String {
    let mut strftime = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let token = DATE_TOKENS
            .iter()
            .find(|(moment, _)| rest.starts_with(moment));
        match token {
            Some((moment, ours)) => {
                strftime.push_str(ours);
                rest = &rest[moment.len()..];
            }
            None => {
                strftime.push_str(if first == '%' { "%" } else { "" });
                strftime.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    strftime
}
