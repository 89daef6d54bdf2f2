//! [`Transformation`] to Grafana's transformations: the way back of [`super::transformation`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use wire::id::RefId;

use crate::formula;
use transform::Calculation;
use transform::{
    CellType, Extract, FilterRows, GroupBy, LabelsToColumns, Names, Organize, Reduce,
    RowsToColumns, Test, TextForm, Transformation,
};

/// One transformation.
pub(super) fn export(step: &Transformation) -> Value {
    let (id, options) = match step {
        Transformation::Only { queries, then } => {
            let mut limited = export(then);
            limited["filter"] = json!({ "id": "byRefId", "options": ref_ids(queries) });
            return limited;
        }
        Transformation::Merge => ("merge", json!({})),
        Transformation::Concatenate => ("concatenate", json!({})),
        Transformation::SeriesToRows => ("seriesToRows", json!({})),
        Transformation::SeriesTable => ("timeSeriesTable", json!({})),
        Transformation::Organize(step) => ("organize", organize(step)),
        Transformation::FilterColumns(step) => {
            let options = json!({ "include": columns(&step.keep), "exclude": columns(&step.hide) });
            ("filterFieldsByName", options)
        }
        Transformation::FilterQueries(queries) => {
            ("filterByRefId", json!({ "include": ref_ids(queries) }))
        }
        Transformation::FilterRows(step) => ("filterByValue", filter_rows(step)),
        Transformation::RenameByRegex(step) => {
            let to = step.to.replace("${", "$").replace('}', "");
            (
                "renameByRegex",
                json!({ "regex": step.regex, "renamePattern": to }),
            )
        }
        Transformation::Calculate(step) => ("calculateField", formula::export(step)),
        other => shape(other),
    };
    json!({ "id": id, "options": options })
}

/// Steps that change what rows and columns are.
fn shape(step: &Transformation) -> (&'static str, Value) {
    match step {
        Transformation::Convert(types) => ("convertFieldType", convert(types)),
        Transformation::Join(step) => {
            let mode = if step.inner { "inner" } else { "outer" };
            ("joinByField", json!({ "byField": step.by, "mode": mode }))
        }
        Transformation::LabelsToColumns(step) => ("labelsToFields", labels_to_columns(step)),
        Transformation::GroupBy(step) => ("groupBy", group_by(step)),
        Transformation::Reduce(step) => ("reduce", reduce(step)),
        Transformation::Sort(step) => {
            let sort = json!([{ "field": step.by, "desc": step.descending }]);
            ("sortBy", json!({ "fields": {}, "sort": sort }))
        }
        Transformation::Limit(rows) => ("limit", json!({ "limitField": rows })),
        Transformation::Matrix(step) => {
            let options = json!({
                "columnField": step.columns, "rowField": step.rows, "valueField": step.values,
            });
            ("groupingToMatrix", options)
        }
        Transformation::RowsToColumns(step) => ("rowsToFields", rows_to_columns(step)),
        Transformation::Transpose(step) => {
            let options = json!({ "firstFieldName": step.first, "restFieldsName": step.rest });
            ("transpose", options)
        }
        Transformation::JoinByLabels(step) => (
            "joinByLabels",
            json!({ "value": step.value, "join": step.by }),
        ),
        Transformation::Extract(step) => ("extractFields", extract(step)),
        _ => ("noop", json!({})),
    }
}

fn labels_to_columns(step: &LabelsToColumns) -> Value {
    let mode = if step.as_rows { "rows" } else { "columns" };
    json!({ "valueLabel": step.value, "keepLabels": step.keep, "mode": mode })
}

fn rows_to_columns(step: &RowsToColumns) -> Value {
    json!({ "mappings": [
        { "fieldName": step.names, "handlerKey": "field.name" },
        { "fieldName": step.values, "handlerKey": "field.value" },
    ] })
}

fn extract(step: &Extract) -> Value {
    let (format, regex) = match &step.form {
        TextForm::Auto => ("auto", ""),
        TextForm::Json => ("json", ""),
        TextForm::Pairs => ("kvp", ""),
        TextForm::Regex(regex) => ("regexp", regex.as_str()),
    };
    let paths = step.paths.iter();
    let paths: Vec<Value> = paths
        .map(|(path, name)| json!({ "path": path, "alias": name }))
        .collect();
    json!({
        "source": step.from, "format": format, "regExp": regex, "replace": step.replace,
        "jsonPaths": paths,
    })
}

fn convert(types: &BTreeMap<String, CellType>) -> Value {
    let conversions: Vec<Value> = types
        .iter()
        .map(|(name, of)| json!({ "targetField": name, "destinationType": cell_type(*of) }))
        .collect();
    json!({ "conversions": conversions })
}

fn group_by(step: &GroupBy) -> Value {
    let keys = step
        .by
        .iter()
        .map(|name| (name.clone(), json!({ "operation": "groupby" })));
    let calculated = step.calculate.iter().map(|(name, of)| {
        let how = json!({ "operation": "aggregate", "aggregations": ids(of) });
        (name.clone(), how)
    });
    let fields: Map<String, Value> = keys.chain(calculated).collect();
    json!({ "fields": fields })
}

fn reduce(step: &Reduce) -> Value {
    json!({
        "reducers": ids(&step.calculations),
        "mode": if step.columns { "reduceFields" } else { "seriesToRows" },
        "labelsToFields": step.labels,
        "includeTimeField": step.times,
    })
}

fn ids(calculations: &[Calculation]) -> Vec<&'static str> {
    calculations
        .iter()
        .map(|calculation| calculation.id())
        .collect()
}

fn ref_ids(queries: &[RefId]) -> String {
    let names: Vec<String> = queries.iter().map(RefId::to_string).collect();
    names.join("|")
}

fn flags(names: &[String]) -> Map<String, Value> {
    let names = names.iter();
    names.map(|name| (name.clone(), true.into())).collect()
}

fn organize(step: &Organize) -> Value {
    let order: Map<String, Value> = step
        .order
        .iter()
        .zip(0..)
        .map(|(name, index): (_, u32)| (name.clone(), index.into()))
        .collect();
    json!({
        "excludeByName": flags(&step.hide),
        "includeByName": flags(&step.keep),
        "indexByName": order,
        "renameByName": step.rename,
    })
}

fn columns(names: &Names) -> Value {
    json!({ "names": names.names, "pattern": names.regex })
}

fn cell_type(of: CellType) -> &'static str {
    match of {
        CellType::Number => "number",
        CellType::Time => "time",
        CellType::Text => "string",
        CellType::Flag => "boolean",
    }
}

fn filter_rows(step: &FilterRows) -> Value {
    let filters: Vec<Value> = step
        .conditions
        .iter()
        .map(|condition| json!({ "fieldName": condition.column, "config": test(&condition.is) }))
        .collect();
    json!({
        "type": if step.exclude { "exclude" } else { "include" },
        "match": if step.any { "any" } else { "all" },
        "filters": filters,
    })
}

fn test(test: &Test) -> Value {
    let (id, value) = match test {
        Test::Equal(text) => ("equal", json!(text)),
        Test::NotEqual(text) => ("notEqual", json!(text)),
        Test::Greater(level) => ("greater", json!(level)),
        Test::GreaterOrEqual(level) => ("greaterOrEqual", json!(level)),
        Test::Less(level) => ("lower", json!(level)),
        Test::LessOrEqual(level) => ("lowerOrEqual", json!(level)),
        Test::Between(from, to) => {
            return json!({ "id": "between", "options": { "from": from, "to": to } });
        }
        Test::Regex(pattern) => ("regex", json!(pattern)),
        Test::Contains(part) => ("substring", json!(part)),
        Test::Empty => ("isNull", Value::Null),
        Test::NotEmpty => ("isNotNull", Value::Null),
    };
    json!({ "id": id, "options": { "value": value } })
}
