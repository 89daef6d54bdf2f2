//! Panels that borrow from elsewhere in their document to panels that stand
//! alone: library panels, whose definition an export carries beside the
//! panels, and panels that show another panel's answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::json::Json;

/// The data source of panels that show another panel's answers.
pub(super) const OTHER_PANEL: &str = "-- Dashboard --";

/// The dashboard with all that can be borrowed put in place, and each panel
/// brought to the form of today by `modernise`.
pub(super) fn resolve(mut dashboard: Value, modernise: fn(&mut Map<String, Value>)) -> Value {
    let library = library(&dashboard);
    each_panel(&mut dashboard, &mut |panel| {
        fill_in(panel, &library);
        modernise(panel);
    });
    let mut is_borrowed = false;
    each_panel(&mut dashboard, &mut |panel| {
        is_borrowed |= shows_another(panel);
    });
    if !is_borrowed {
        return dashboard;
    }
    let mut lenders = BTreeMap::new();
    each_panel(&mut dashboard, &mut |panel| {
        if let Some(id) = panel.get("id").and_then(Value::as_u64)
            && !shows_another(panel)
        {
            lenders.insert(id, Value::Object(panel.clone()));
        }
    });
    each_panel(&mut dashboard, &mut |panel| borrow(panel, &lenders));
    dashboard
}

/// Calls `change` on every panel, also those inside rows of both forms.
fn each_panel(of: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    for key in ["panels", "rows"] {
        let inside = of.get_mut(key).and_then(Value::as_array_mut);
        for panel in inside.into_iter().flatten() {
            if let Some(panel) = panel.as_object_mut() {
                change(panel);
            }
            each_panel(panel, change);
        }
    }
}

/// The library panels that the document carries, by their uid.
fn library(dashboard: &Value) -> BTreeMap<String, Value> {
    let elements = dashboard.get("__elements");
    let listed = elements.and_then(Value::as_array).into_iter().flatten();
    let named = elements.and_then(Value::as_object).into_iter().flatten();
    let all = listed.chain(named.map(|(_, element)| element));
    let known = all.filter_map(|element| {
        let model = element.at("model")?.clone();
        Some((element.str("uid").to_owned(), model))
    });
    known.collect()
}

/// What a library panel itself says (its place, its id) counts.
fn fill_in(panel: &mut Map<String, Value>, library: &BTreeMap<String, Value>) {
    let Some(of) = panel.get("libraryPanel") else {
        return;
    };
    let model = of.at("model").or_else(|| library.get(of.str("uid")));
    if let Some(Value::Object(model)) = model.cloned() {
        for (key, value) in model {
            let held = panel.entry(key).or_insert(Value::Null);
            if held.is_null() {
                *held = value;
            }
        }
    }
}

fn shows_another(panel: &Map<String, Value>) -> bool {
    panel.get("datasource").is_some_and(|source| {
        source.as_str() == Some(OTHER_PANEL) || source.str("uid") == OTHER_PANEL
    })
}

/// Asks what the other panel asks, and, where the panel wants them so, makes
/// of the answers what the other makes of them.
fn borrow(panel: &mut Map<String, Value>, lenders: &BTreeMap<u64, Value>) {
    if !shows_another(panel) {
        return;
    }
    let target = panel.get("targets").and_then(|targets| targets.get(0));
    let target = target.cloned().unwrap_or_default();
    let id = target.get("panelId").and_then(Value::as_u64);
    let Some(lender) = id.and_then(|id| lenders.get(&id)) else {
        return;
    };
    for key in ["targets", "datasource", "interval"] {
        let lent = lender.get(key).cloned().unwrap_or_default();
        panel.insert(key.to_owned(), lent);
    }
    if target.flag("withTransforms") {
        let mut steps = lender.list("transformations").to_vec();
        let own = panel.get("transformations").and_then(Value::as_array);
        steps.extend(own.into_iter().flatten().cloned());
        panel.insert("transformations".to_owned(), steps.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Status, import};

    fn check(document: serde_json::Value, place: usize, expr: &str, steps: usize) {
        let import = import(&document.to_string()).unwrap();
        assert_eq!(import.report.panels[place].status, Status::Ok);
        let panel = &import.board.panels[place];
        assert_eq!(panel.queries[0].text, expr);
        assert_eq!(panel.transformations.len(), steps);
    }

    #[test]
    fn a_panel_shows_what_another_asks() {
        let lender = |within: bool| {
            json!({"panels": [
                {"id": 4, "type": "stat", "datasource": {"type": "prometheus", "uid": "p"},
                 "targets": [{"expr": "up", "refId": "A"}], "transformations": [{"id": "merge"}]},
                {"id": 5, "type": "table", "gridPos": {"y": 9}, "datasource": {"type": "datasource", "uid": "-- Dashboard --"},
                 "targets": [{"panelId": 4, "withTransforms": within}], "transformations": [{"id": "organize"}]}]})
        };
        check(lender(false), 1, "up", 1);
        check(lender(true), 1, "up", 2);
    }

    #[test]
    fn a_library_panel_is_found_beside_the_panels() {
        let model = json!({"type": "stat", "id": 99, "datasource": "Prometheus", "targets": [{"expr": "up"}]});
        for elements in [
            json!({"u": {"uid": "u", "kind": 1, "model": model}}),
            json!([{"uid": "u", "model": model}]),
        ] {
            let document = json!({"__elements": elements, "panels": [
                {"type": "row", "panels": [{"id": 7, "libraryPanel": {"uid": "u", "name": "Up"}}]}]});
            check(document, 1, "up", 0);
        }
    }
}
