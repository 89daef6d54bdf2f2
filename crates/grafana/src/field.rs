//! Grafana's standard options to [`Field`].

use serde_json::Value;

use crate::color::health;
use crate::helpers::{bare_regex, link};
use crate::json::Json;
use dashboard::{Field, Health, MappedValue, Mapping, SpecialValue, Threshold};
use transform::Pattern;

/// The options under `fieldConfig.defaults`, or the properties of an override
/// put together to the same shape.
pub(super) fn import(options: &Value) -> Field {
    let (base, thresholds) = thresholds(options);
    Field {
        unit: options.str("unit").to_owned(),
        decimals: decimals(options),
        min: options.number("min"),
        max: options.number("max"),
        base,
        thresholds,
        mappings: options.list("mappings").iter().flat_map(mappings).collect(),
        no_value: options.str("noValue").to_owned(),
        name: options.str("displayName").to_owned(),
        links: options.list("links").iter().filter_map(link).collect(),
    }
}

/// Digits after the point, where they are a sensible number.
pub(super) fn decimals(options: &Value) -> Option<u8> {
    let decimals = options.number("decimals")?;
    (0.0..=20.0).contains(&decimals).then_some(decimals as u8)
}

/// A percentage is one of the range from min to max, which a unit of shares
/// implies: 0 to 1, or 0 to 100, which others have here as well.
fn thresholds(options: &Value) -> (Health, Vec<Threshold>) {
    let is_percentage = options.str("thresholds.mode") == "percentage";
    let min = options.number("min").unwrap_or(0.0);
    let implied_max = if options.str("unit") == "percentunit" {
        1.0
    } else {
        100.0
    };
    let max = options.number("max").unwrap_or(implied_max);
    let mut base = Health::Unknown;
    let mut thresholds = Vec::new();
    for step in options.list("thresholds.steps") {
        let status = health(step.str("color"));
        match step.number("value") {
            None => base = status,
            Some(value) => thresholds.push(Threshold {
                value: if is_percentage {
                    min + value / 100.0 * (max - min)
                } else {
                    value
                },
                status,
                label: String::new(),
            }),
        }
    }
    thresholds.sort_by(|a: &Threshold, b| a.value.total_cmp(&b.value));
    (base, thresholds)
}

/// One entry of `mappings`: the form since 8, or the numbered one before.
fn mappings(entry: &Value) -> Vec<Mapping> {
    if entry.str("type") == "value" {
        let options = entry.at("options").and_then(Value::as_object);
        let options = options.into_iter().flatten();
        return options
            .map(|(value, result)| mapping(MappedValue::Value(value.clone()), result))
            .collect();
    }
    let result = entry.at("options.result").unwrap_or(entry);
    let of = mapped_value(entry).into_iter();
    of.map(|of| mapping(of, result)).collect()
}

/// Which values an entry is for that is for one kind of them.
fn mapped_value(entry: &Value) -> Option<MappedValue> {
    match (entry.str("type"), entry.number("type")) {
        ("range", _) => Some(range(entry, "options.from", "options.to")),
        ("regex", _) => {
            let pattern = Pattern::new(&bare_regex(entry.str("options.pattern")));
            pattern.ok().map(MappedValue::Regex)
        }
        ("special", _) => special(entry.str("options.match")),
        (_, Some(1.0)) => Some(MappedValue::Value(entry.str("value").to_owned())),
        (_, Some(2.0)) => Some(range(entry, "from", "to")),
        _ => None,
    }
}

fn range(entry: &Value, from: &str, to: &str) -> MappedValue {
    MappedValue::Range(entry.number(from), entry.number(to))
}

fn mapping(of: MappedValue, result: &Value) -> Mapping {
    Mapping {
        of,
        text: result.str("text").to_owned(),
        status: health(result.str("color")),
    }
}

fn special(name: &str) -> Option<MappedValue> {
    Some(MappedValue::Special(match name {
        "null" => SpecialValue::Null,
        "nan" => SpecialValue::Nan,
        "null+nan" => SpecialValue::NullOrNan,
        "empty" => SpecialValue::Empty,
        "true" => SpecialValue::True,
        "false" => SpecialValue::False,
        _ => return None,
    }))
}
