//! Gauges and figures as Grafana 6 saved them to the form that it has had since.
//!
//! 6.0 kept `valueOptions` and single options beside it, 6.2 `fieldOptions`;
//! 7 parted them into `fieldConfig` and `reduceOptions`.

use serde_json::{Map, Value, json};

use crate::json::Json;

/// Puts the old options where they stand today; what stands there already counts.
pub(super) fn modernise(panel: &mut Map<String, Value>) {
    let Some(options) = panel.get("options") else {
        return;
    };
    let modern = match (options.get("fieldOptions"), options.get("valueOptions")) {
        (Some(old), _) => of_field_options(old),
        (None, Some(old)) => of_value_options(old, options),
        (None, None) => return,
    };
    let (field, reduce) = modern;
    let options = panel.entry("options").or_insert(Value::Null);
    if options.get("reduceOptions").is_none() {
        options["reduceOptions"] = reduce;
    }
    let config = panel.entry("fieldConfig").or_insert_with(|| json!({}));
    let is_said = config.at("defaults").and_then(Value::as_object);
    if is_said.is_none_or(Map::is_empty) && config.is_object() {
        config["defaults"] = field["defaults"].clone();
        config["overrides"] = field["overrides"].clone();
    }
}

/// `fieldConfig` and `reduceOptions`.
fn of_field_options(old: &Value) -> (Value, Value) {
    let mut defaults = old.get("defaults").cloned().unwrap_or_default();
    if !defaults.is_object() {
        defaults = json!({});
    }
    for key in ["thresholds", "mappings"] {
        if let (None, Some(said)) = (defaults.get(key), old.get(key)) {
            defaults[key] = said.clone();
        }
    }
    if let Some(Value::Array(steps)) = defaults.get("thresholds") {
        defaults["thresholds"] = steps_of(steps);
    }
    let reduce = json!({ "calcs": old.list("calcs"), "values": old.flag("values") });
    let overrides = old.list("overrides");
    (
        json!({ "defaults": defaults, "overrides": overrides }),
        reduce,
    )
}

fn of_value_options(old: &Value, options: &Value) -> (Value, Value) {
    let defaults = json!({
        "unit": old.str("unit"),
        "decimals": old.get("decimals"),
        "min": options.get("minValue"),
        "max": options.get("maxValue"),
        "thresholds": steps_of(options.list("thresholds")),
        "mappings": options.list("valueMappings"),
    });
    let reduce = json!({ "calcs": [old.str("stat")] });
    (json!({ "defaults": defaults, "overrides": [] }), reduce)
}

/// The first step holds from below; some have written it as a number all the same.
fn steps_of(steps: &[Value]) -> Value {
    let mut steps = steps.to_vec();
    let level = |step: &Value| step.number("value").unwrap_or(f64::NEG_INFINITY);
    steps.sort_by(|a, b| level(a).total_cmp(&level(b)));
    json!({ "mode": "absolute", "steps": steps })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::tests::one;
    use dashboard::{Calculation, Kind};

    fn check(options: serde_json::Value) {
        let panel = json!({"type": "gauge", "options": options, "targets": [{"expr": "a"}]});
        let (panel, report) = one(&panel);
        assert!(report.reasons.is_empty(), "{report:?}");
        let Kind::Gauge(gauge) = &panel.kind else {
            panic!("{panel:?}");
        };
        assert_eq!(gauge.calculation, Calculation::Mean);
        let field = &panel.field;
        assert_eq!((field.unit.as_str(), field.max), ("percent", Some(90.0)));
        assert_eq!(field.thresholds.len(), 1);
        assert_eq!(field.base, dashboard::Health::Good);
    }

    #[test]
    fn options_of_the_sixth_grafana_are_read() {
        let steps = json!([{"color": "red", "value": 80}, {"color": "green", "value": null}]);
        check(
            json!({"fieldOptions": {"calcs": ["mean"], "defaults": {"unit": "percent", "max": 90, "thresholds": steps}}}),
        );
        check(
            json!({"fieldOptions": {"calcs": ["mean"], "thresholds": steps, "defaults": {"unit": "percent", "max": 90}}}),
        );
        check(
            json!({"valueOptions": {"unit": "percent", "stat": "mean"}, "maxValue": 90, "thresholds": steps}),
        );
    }
}
