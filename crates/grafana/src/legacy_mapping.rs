//! The mappings of panels of Grafana's first years to [`Mapping`].

use serde_json::Value;

use crate::json::Json;
use dashboard::{Health, MappedValue, Mapping, SpecialValue};

/// `mappingType` 1 maps values, 2 ranges; `null` stands for no value.
pub(super) fn old_mappings(panel: &Value) -> Vec<Mapping> {
    let by_range = panel.number("mappingType") == Some(2.0);
    let entries = panel.list(if by_range { "rangeMaps" } else { "valueMaps" });
    entries
        .iter()
        .map(|entry| Mapping {
            of: old_mapped_value(entry, by_range),
            text: entry.str("text").to_owned(),
            status: Health::Unknown,
        })
        .collect()
}

fn old_mapped_value(entry: &Value, by_range: bool) -> MappedValue {
    match (by_range, entry.str("value"), entry.str("from")) {
        (true, _, "null") | (false, "null", _) => MappedValue::Special(SpecialValue::NullOrNan),
        (true, _, _) => MappedValue::Range(entry.number("from"), entry.number("to")),
        (false, value, _) => MappedValue::Value(value.to_owned()),
    }
}
