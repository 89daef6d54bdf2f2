//! Grafana's transformations to [`Transformation`].

use std::collections::BTreeMap;

use serde_json::Value;

use crate::formula;
use crate::helpers::{bare_regex, calculation};
use crate::json::Json;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use transform::Calculation;
use transform::{
    CellType, Condition, Extract, FilterColumns, FilterRows, GroupBy, Join, JoinByLabels,
    LabelsToColumns, Matrix, Names as ColumnNames, Organize, Reduce, RenameByRegex, RowsToColumns,
    SortRows, Test, TextForm, Transformation, Transpose,
};

/// The panel's transformations; what cannot be done is reported, and left out.
pub(super) fn import(
    panel: &Value,
    names: &Names,
    report: &mut PanelReport,
) -> Vec<Transformation> {
    let mut steps = Vec::new();
    for (entry, index) in panel.list("transformations").iter().zip(0..) {
        if entry.flag("disabled") {
            continue;
        }
        let path = format!(".transformations[{index}]");
        let id = entry.str("id");
        let options = entry.at("options").unwrap_or(&Value::Null);
        match one(id, options, names) {
            Ok(step) => steps.extend(step.map(|step| limited(step, entry, names))),
            Err(reason) => {
                let reason = format!("the transformation `{id}` is not applied{reason}");
                report.add(Status::Degraded, &path, &reason);
            }
        }
        if id == "timeSeriesTable" {
            report.add(
                Status::Degraded,
                &path,
                "of a trend its last value is shown",
            );
        }
    }
    steps
}

/// A step that is for the tables of some queries alone.
fn limited(step: Transformation, entry: &Value, names: &Names) -> Transformation {
    match entry.str("filter.id") {
        "byRefId" => Transformation::Only {
            queries: names.ref_ids(entry.str("filter.options")),
            then: Box::new(step),
        },
        _ => step,
    }
}

/// What is in the way of a transformation; empty where it is unknown.
type Reason = &'static str;

/// The step; none for what changes nothing here.
fn one(id: &str, options: &Value, names: &Names) -> Result<Option<Transformation>, Reason> {
    let column = |path: &str| names.column(options.str(path));
    Ok(Some(match id {
        "organize" => Transformation::Organize(organize(options, names)),
        "filterFieldsByName" | "filterByRefId" | "filterByValue" => filter(id, options, names)?,
        "merge" => Transformation::Merge,
        "concatenate" => Transformation::Concatenate,
        "seriesToRows" => Transformation::SeriesToRows,
        "timeSeriesTable" => Transformation::SeriesTable,
        "renameByRegex" => Transformation::RenameByRegex(rename(options)?),
        "convertFieldType" => Transformation::Convert(convert(options, names)?),
        "joinByField" | "seriesToColumns" => Transformation::Join(Join {
            by: column("byField"),
            inner: options.str("mode") == "inner",
        }),
        "joinByLabels" => Transformation::JoinByLabels(JoinByLabels {
            value: options.str("value").to_owned(),
            by: options.texts("join"),
        }),
        "extractFields" => Transformation::Extract(extract(options, names)?),
        "labelsToFields" => Transformation::LabelsToColumns(labels_to_columns(options)),
        "groupBy" => Transformation::GroupBy(group_by(options, names)?),
        "reduce" => Transformation::Reduce(reduce(options)?),
        "calculateField" => Transformation::Calculate(formula::import(options, names)?),
        "sortBy" => return Ok(sort(options, names)),
        "limit" => Transformation::Limit(limit(options)),
        "groupingToMatrix" => Transformation::Matrix(Matrix {
            columns: column("columnField"),
            rows: column("rowField"),
            values: column("valueField"),
        }),
        "rowsToFields" => Transformation::RowsToColumns(rows_to_columns(options, names)?),
        "transpose" => Transformation::Transpose(Transpose {
            first: options.str("firstFieldName").to_owned(),
            rest: options.str("restFieldsName").to_owned(),
        }),
        // Series are in this form already.
        "prepareTimeSeries" if options.str("format") != "long" => return Ok(None),
        "noop" => return Ok(None),
        _ => return Err(""),
    }))
}

fn filter(id: &str, options: &Value, names: &Names) -> Result<Transformation, Reason> {
    Ok(match id {
        "filterFieldsByName" => Transformation::FilterColumns(filter_columns(options, names)?),
        "filterByRefId" => Transformation::FilterQueries(names.ref_ids(options.str("include"))),
        _ => Transformation::FilterRows(filter_rows(options, names)?),
    })
}

fn limit(options: &Value) -> usize {
    let rows = options.number("limitField").unwrap_or(10.0);
    rows.clamp(0.0, 1e6) as usize
}

fn sort(options: &Value, names: &Names) -> Option<Transformation> {
    let sort = options.list("sort").first()?;
    Some(Transformation::Sort(SortRows {
        by: names.column(sort.str("field")),
        descending: sort.flag("desc"),
    }))
}

fn organize(options: &Value, names: &Names) -> Organize {
    let mut order: Vec<(f64, String)> = entries(options, "indexByName")
        .filter_map(|(name, index)| Some((index.as_f64()?, names.column(name))))
        .collect();
    order.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let renamed = entries(options, "renameByName")
        .filter_map(|(name, other)| Some((names.column(name), other.as_str()?.to_owned())))
        .filter(|(_, other)| !other.is_empty());
    Organize {
        hide: flagged(options, "excludeByName", names),
        keep: flagged(options, "includeByName", names),
        order: order.into_iter().map(|(_, name)| name).collect(),
        rename: renamed.collect(),
    }
}

/// The entries of an object.
fn entries<'a>(options: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let object = options.at(key).and_then(Value::as_object);
    object.into_iter().flatten()
}

/// The columns that an object names with `true`.
fn flagged(options: &Value, key: &str, names: &Names) -> Vec<String> {
    let meant = entries(options, key).filter(|(_, flag)| **flag == true);
    meant.map(|(name, _)| names.column(name)).collect()
}

fn filter_columns(options: &Value, names: &Names) -> Result<FilterColumns, Reason> {
    let part = |key: &str| -> Result<ColumnNames, Reason> {
        let by = options.at(key).unwrap_or(&Value::Null);
        let texts = if options.flag("byVariable") {
            Vec::new()
        } else {
            by.texts("names")
        };
        if options.flag("byVariable") && !by.str("variable").is_empty() {
            return Err(": the names of its columns are in a variable");
        }
        Ok(ColumnNames {
            names: texts.iter().map(|name| names.column(name)).collect(),
            regex: regex_of(by.str("pattern"))?,
        })
    };
    Ok(FilterColumns {
        keep: part("include")?,
        hide: part("exclude")?,
    })
}

/// A pattern that Rust's regular expressions read as well.
fn regex_of(written: &str) -> Result<String, Reason> {
    let pattern = bare_regex(written);
    match regex::Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(_) => Err(": its regular expression is not understood"),
    }
}

fn rename(options: &Value) -> Result<RenameByRegex, Reason> {
    // `$1` is a group in both, but `$1x` is one of the name `1x` in Rust.
    let groups = regex::Regex::new(r"\$(\d+)").map_err(|_| "")?;
    let to = groups.replace_all(options.str("renamePattern"), "$${$1}");
    Ok(RenameByRegex {
        regex: regex_of(options.str("regex"))?,
        to: to.into_owned(),
    })
}

fn convert(options: &Value, names: &Names) -> Result<BTreeMap<String, CellType>, Reason> {
    let mut types = BTreeMap::new();
    for entry in options.list("conversions") {
        let of = match entry.str("destinationType") {
            "number" => CellType::Number,
            "time" => CellType::Time,
            "string" | "enum" => CellType::Text,
            "boolean" => CellType::Flag,
            _ => return Err(": it makes values of a type that Andon has not"),
        };
        types.insert(names.column(entry.str("targetField")), of);
    }
    Ok(types)
}

fn extract(options: &Value, names: &Names) -> Result<Extract, Reason> {
    let form = match options.str("format") {
        "" | "auto" => TextForm::Auto,
        "json" => TextForm::Json,
        "kvp" => TextForm::Pairs,
        "regexp" => TextForm::Regex(regex_of(options.str("regExp"))?),
        _ => return Err(": Andon reads no texts of this form"),
    };
    let paths = options.list("jsonPaths").iter();
    let paths = paths.map(|path| (path.str("path").to_owned(), path.str("alias").to_owned()));
    Ok(Extract {
        from: names.column(options.str("source")),
        form,
        paths: paths.filter(|(path, _)| !path.is_empty()).collect(),
        replace: options.flag("replace"),
    })
}

fn labels_to_columns(options: &Value) -> LabelsToColumns {
    LabelsToColumns {
        value: options.str("valueLabel").to_owned(),
        keep: options.texts("keepLabels"),
        as_rows: options.str("mode") == "rows",
    }
}

fn filter_rows(options: &Value, names: &Names) -> Result<FilterRows, Reason> {
    let mut conditions = Vec::new();
    for filter in options.list("filters") {
        conditions.push(Condition {
            column: names.column(filter.str("fieldName")),
            is: test(filter.at("config").unwrap_or(&Value::Null))?,
        });
    }
    Ok(FilterRows {
        exclude: options.str("type") == "exclude",
        any: options.str("match") != "all",
        conditions,
    })
}

fn level(config: &Value, path: &str) -> Result<f64, Reason> {
    let level = config.number(path);
    level.ok_or(": it compares with what is no number")
}

fn test(config: &Value) -> Result<Test, Reason> {
    let text = match config.at("options.value") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    Ok(match config.str("id") {
        "equal" => Test::Equal(text),
        "notEqual" => Test::NotEqual(text),
        "greater" => Test::Greater(level(config, "options.value")?),
        "greaterOrEqual" => Test::GreaterOrEqual(level(config, "options.value")?),
        "lower" => Test::Less(level(config, "options.value")?),
        "lowerOrEqual" => Test::LessOrEqual(level(config, "options.value")?),
        "between" | "range" => {
            let from = level(config, "options.from")?;
            Test::Between(from, level(config, "options.to")?)
        }
        "regex" => Test::Regex(regex_of(&text)?),
        "substring" => Test::Contains(text),
        "isNull" => Test::Empty,
        "isNotNull" => Test::NotEmpty,
        _ => return Err(": Andon has no such condition"),
    })
}

fn calculations(ids: &[String]) -> Result<Vec<Calculation>, Reason> {
    let known = ids
        .iter()
        .map(|id| calculation(id).ok_or(formula::UNKNOWN_CALCULATION));
    known.collect()
}

fn group_by(options: &Value, names: &Names) -> Result<GroupBy, Reason> {
    let mut group = GroupBy::default();
    for (name, how) in options
        .at("fields")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match how.str("operation") {
            "groupby" => group.by.push(names.column(name)),
            "aggregate" => {
                let of = calculations(&how.texts("aggregations"))?;
                group.calculate.insert(names.column(name), of);
            }
            _ => {}
        }
    }
    Ok(group)
}

fn reduce(options: &Value) -> Result<Reduce, Reason> {
    let calculated = calculations(&options.texts("reducers"))?;
    Ok(Reduce {
        calculations: if calculated.is_empty() {
            vec![Calculation::Max]
        } else {
            calculated
        },
        columns: options.str("mode") == "reduceFields",
        labels: options.flag("labelsToFields"),
        times: options.flag("includeTimeField") && options.str("mode") == "reduceFields",
    })
}

fn rows_to_columns(options: &Value, names: &Names) -> Result<RowsToColumns, Reason> {
    let mut rows = RowsToColumns::default();
    for mapping in options.list("mappings") {
        let column = names.column(mapping.str("fieldName"));
        match mapping.str("handlerKey") {
            "field.name" => rows.names = column,
            "field.value" => rows.values = column,
            "__ignore" | "" => {}
            _ => return Err(": it sets more than names and values"),
        }
    }
    Ok(rows)
}
