//! The v2 resource (`elements` and `layout`) to a classic dashboard, so that
//! all else is read once.
//!
//! Tabs become rows. Both spellings of kinds are read: `kind: timeseries`
//! (v2alpha1), and `kind: VizConfig` with a `group` (v2beta1 and later). What
//! the classic form has no place for is under [`NOTES`].

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::json::Json;

/// The key of what is not carried over, a text each.
pub(super) const NOTES: &str = "__notes";

/// The `spec` of a resource as a classic dashboard.
pub(super) fn to_classic(spec: &Value) -> Value {
    let mut layout = Layout {
        elements: spec.get("elements").unwrap_or(&Value::Null),
        panels: Vec::new(),
        y: 0,
        placed: BTreeSet::new(),
        notes: Vec::new(),
    };
    layout.add(spec.get("layout").unwrap_or(&Value::Null));
    layout.note_unplaced();
    let variables: Vec<Value> = spec.list("variables").iter().map(variable).collect();
    let annotations: Vec<Value> = spec.list("annotations").iter().map(annotation).collect();
    let settings = spec.at("timeSettings").unwrap_or(&Value::Null);
    json!({
        "title": spec.str("title"),
        "description": spec.str("description"),
        "tags": spec.list("tags"),
        "links": spec.list("links"),
        "time": { "from": settings.str("from"), "to": settings.str("to") },
        "refresh": settings.str("autoRefresh"),
        "timezone": settings.str("timezone"),
        "panels": layout.panels,
        "templating": { "list": variables },
        "annotations": { "list": annotations },
        NOTES: layout.notes,
    })
}

/// Panels from top to bottom, with what is placed so far.
struct Layout<'a> {
    elements: &'a Value,
    panels: Vec<Value>,
    y: u64,
    /// The names of the elements that have a place.
    placed: BTreeSet<&'a str>,
    notes: Vec<String>,
}

impl<'a> Layout<'a> {
    fn add(&mut self, layout: &'a Value) {
        match layout.str("kind") {
            "GridLayout" => self.grid(layout.list("spec.items")),
            "AutoGridLayout" | "ResponsiveGridLayout" => self.auto_grid(layout),
            "RowsLayout" => self.groups(layout.list("spec.rows")),
            "TabsLayout" => self.groups(layout.list("spec.tabs")),
            other => self
                .notes
                .push(format!("layout: Andon knows no layout `{other}`")),
        }
    }

    fn note_unplaced(&mut self) {
        let names = self.elements.as_object().into_iter().flatten();
        let unplaced = names.filter(|(name, _)| !self.placed.contains(name.as_str()));
        self.notes.extend(
            unplaced.map(|(name, _)| {
                format!("elements.{name}: it stands in no layout, and is not shown")
            }),
        );
    }

    fn groups(&mut self, groups: &'a [Value]) {
        for group in groups {
            self.row(group);
            self.add(group.at("spec.layout").unwrap_or(&Value::Null));
        }
    }

    fn row(&mut self, group: &Value) {
        if !group
            .list("spec.conditionalRendering.spec.items")
            .is_empty()
        {
            let title = group.str("spec.title");
            self.notes
                .push(format!("layout: `{title}` is shown under any condition"));
        }
        self.panels.push(json!({
            "type": "row",
            "title": group.str("spec.title"),
            "collapsed": group.flag("spec.collapse") || group.flag("spec.collapsed"),
            "repeat": group.at("spec.repeat.value"),
            "gridPos": { "x": 0, "y": self.y, "w": 24, "h": 1 },
        }));
        self.y += 1;
    }

    fn grid(&mut self, items: &'a [Value]) {
        let top = self.y;
        let mut bottom = top;
        for item in items {
            let spec = item.get("spec").unwrap_or(&Value::Null);
            if item.str("kind") == "GridLayoutRow" {
                self.y = bottom;
                self.row(item);
                self.grid(spec.list("elements"));
                bottom = bottom.max(self.y);
                continue;
            }
            let y = top + whole(spec, "y");
            let (w, h) = (whole(spec, "width"), whole(spec, "height"));
            bottom = bottom.max(y + h);
            let place = json!({ "x": whole(spec, "x"), "y": y, "w": w, "h": h });
            self.panel(spec, place);
        }
        self.y = bottom;
    }

    fn auto_grid(&mut self, layout: &'a Value) {
        let columns = layout
            .number("spec.maxColumnCount")
            .unwrap_or(3.0)
            .clamp(1.0, 24.0) as u64;
        let (w, h) = (24 / columns, 8);
        let items = layout.list("spec.items");
        for (item, index) in items.iter().zip(0..) {
            let place = json!({ "x": index % columns * w, "y": self.y + index / columns * h, "w": w, "h": h });
            self.panel(item.get("spec").unwrap_or(&Value::Null), place);
        }
        self.y += (items.len() as u64).div_ceil(columns) * h;
    }

    fn panel(&mut self, item: &'a Value, place: Value) {
        let name = item.str("element.name");
        let Some(element) = self.elements.get(name) else {
            self.notes
                .push(format!("layout: there is no element `{name}`"));
            return;
        };
        self.placed.insert(name);
        let mut panel = panel(element);
        panel.insert("gridPos".to_owned(), place);
        if let Some(repeat) = item.at("repeat") {
            panel.insert("repeat".to_owned(), repeat.str("value").into());
            panel.insert("repeatDirection".to_owned(), repeat.str("direction").into());
            panel.insert(
                "maxPerRow".to_owned(),
                repeat.get("maxPerRow").cloned().unwrap_or_default(),
            );
        }
        self.panels.push(Value::Object(panel));
    }
}

/// An element as a classic panel without a place.
fn panel(element: &Value) -> Map<String, Value> {
    let spec = element.get("spec").unwrap_or(&Value::Null);
    let visual = spec.get("vizConfig").unwrap_or(&Value::Null);
    let data = spec.get("data").unwrap_or(&Value::Null);
    let transformations: Vec<Value> = data
        .list("spec.transformations")
        .iter()
        .map(transformation)
        .collect();
    let targets: Vec<Value> = data.list("spec.queries").iter().map(target).collect();
    let mut panel = json!({
        "id": spec.get("id"),
        "title": spec.str("title"),
        "description": spec.str("description"),
        "links": spec.list("links"),
        "type": group_or_kind(visual),
        "options": visual.at("spec.options"),
        "fieldConfig": visual.at("spec.fieldConfig"),
        "targets": targets,
        "transformations": transformations,
        "interval": data.str("spec.queryOptions.interval"),
        "timeFrom": data.str("spec.queryOptions.timeFrom"),
        "timeShift": data.str("spec.queryOptions.timeShift"),
        "hideTimeOverride": data.flag("spec.queryOptions.hideTimeOverride"),
    });
    if element.str("kind") == "LibraryPanel" {
        panel["type"] = Value::Null;
        panel["libraryPanel"] = spec
            .get("libraryPanel")
            .cloned()
            .unwrap_or(Value::Bool(true));
    }
    match panel {
        Value::Object(panel) => panel,
        _ => Map::new(),
    }
}

/// What a wrapper is of: its `group`, before that its `kind`.
fn group_or_kind(of: &Value) -> &str {
    match of.str("group") {
        "" => of.str("kind"),
        group => group,
    }
}

fn target(query: &Value) -> Value {
    let spec = query.get("spec").unwrap_or(&Value::Null);
    let inner = spec.get("query").unwrap_or(&Value::Null);
    let mut target = inner.get("spec").cloned().unwrap_or_default();
    if !target.is_object() {
        target = json!({});
    }
    target["refId"] = spec.str("refId").into();
    target["hide"] = spec.flag("hidden").into();
    target["datasource"] = source(spec, inner);
    target
}

fn whole(of: &Value, key: &str) -> u64 {
    of.number(key).unwrap_or(0.0).clamp(0.0, 1e6) as u64
}

/// The data source beside a query, or in it, and its type.
fn source(owner: &Value, query: &Value) -> Value {
    let uids = [owner.str("datasource.uid"), query.str("datasource.name")];
    let uid = uids
        .into_iter()
        .find(|uid| !uid.is_empty())
        .unwrap_or_default();
    let kind = match group_or_kind(query) {
        "" | "DataQuery" => owner.str("datasource.type"),
        kind => kind,
    };
    json!({ "type": kind, "uid": uid })
}

fn transformation(entry: &Value) -> Value {
    let spec = entry.get("spec").unwrap_or(&Value::Null);
    let id = [spec.str("id"), group_or_kind(entry)]
        .into_iter()
        .find(|id| !id.is_empty());
    json!({ "id": id, "disabled": spec.flag("disabled"), "options": spec.get("options") })
}

/// What the query says stands beside it in a classic dashboard.
fn annotation(entry: &Value) -> Value {
    let spec = entry.get("spec").unwrap_or(&Value::Null);
    let query = spec.get("query").unwrap_or(&Value::Null);
    let mut annotation = Map::new();
    let parts = [query.get("spec"), spec.get("legacyOptions"), Some(spec)];
    for part in parts.into_iter().flatten().filter_map(Value::as_object) {
        annotation.extend(part.clone());
    }
    annotation.insert("datasource".to_owned(), source(spec, query));
    Value::Object(annotation)
}

fn variable(entry: &Value) -> Value {
    let spec = entry.get("spec").unwrap_or(&Value::Null);
    let kinds = [
        ("QueryVariable", "query"),
        ("CustomVariable", "custom"),
        ("ConstantVariable", "constant"),
        ("IntervalVariable", "interval"),
        ("TextVariable", "textbox"),
        ("DatasourceVariable", "datasource"),
        ("AdhocVariable", "adhoc"),
    ];
    let kind = entry.str("kind");
    let known = kinds.iter().find(|(name, _)| *name == kind);
    let mut variable = spec.clone();
    if !variable.is_object() {
        variable = json!({});
    }
    variable["type"] = known.map_or(kind, |(_, classic)| classic).into();
    match kind {
        "QueryVariable" => {
            let query = spec.get("query").unwrap_or(&Value::Null);
            variable["datasource"] = source(spec, query);
            variable["query"] = query.get("spec").cloned().unwrap_or_default();
        }
        "DatasourceVariable" => variable["query"] = spec.str("pluginId").into(),
        _ => {}
    }
    variable
}
