//! Grafana's `calculateField` to [`Calculate`], and back.

use serde_json::{Value, json};

use crate::helpers::calculation;
use crate::json::Json;
use crate::names::Names;
use transform::Calculation;
use transform::{Calculate, Formula, Function, Operand, Operator};

pub(super) const UNKNOWN_CALCULATION: &str = ": Andon has no such calculation";

/// The calculation, or what is in the way.
pub(super) fn import(options: &Value, names: &Names) -> Result<Calculate, &'static str> {
    let of = match options.str("mode") {
        "" | "reduceRow" => row(options, names)?,
        "binary" => Formula::Binary {
            left: operand(options.at("binary.left"), names)?,
            operator: operator(options.str("binary.operator"))
                .ok_or(": Andon has no such operator")?,
            right: operand(options.at("binary.right"), names)?,
        },
        "unary" => Formula::Unary {
            function: function(options.str("unary.operator"))
                .ok_or(": Andon has no such function")?,
            column: names.column(options.str("unary.fieldName")),
        },
        "index" if !options.flag("index.asPercentile") => Formula::Index,
        "cumulativeFunctions" => Formula::Cumulative {
            column: names.column(options.str("cumulative.field")),
            calculation: reducer(options.str("cumulative.reducer"), Calculation::Sum)?,
        },
        "windowFunctions" if options.str("window.windowAlignment") != "centered" => {
            Formula::Window {
                column: names.column(options.str("window.field")),
                calculation: reducer(options.str("window.reducer"), Calculation::Mean)?,
                size: options.number("window.windowSize").unwrap_or(0.1),
            }
        }
        _ => return Err(": Andon does not calculate in this mode"),
    };
    Ok(Calculate {
        of,
        name: options.str("alias").to_owned(),
        replace: options.flag("replaceFields"),
    })
}

fn row(options: &Value, names: &Names) -> Result<Formula, &'static str> {
    let columns = options.texts("reduce.include");
    Ok(Formula::Row {
        columns: columns.iter().map(|name| names.column(name)).collect(),
        calculation: reducer(options.str("reduce.reducer"), Calculation::Sum)?,
    })
}

fn reducer(id: &str, default: Calculation) -> Result<Calculation, &'static str> {
    match id {
        "" => Ok(default),
        id => calculation(id).ok_or(UNKNOWN_CALCULATION),
    }
}

/// A text (a column, or a number), or an object of one of them.
fn operand(side: Option<&Value>, names: &Names) -> Result<Operand, &'static str> {
    let side = side.unwrap_or(&Value::Null);
    let matched = side.str("matcher.options");
    let written = [
        side.as_str().unwrap_or_default(),
        matched,
        side.str("fixed"),
    ];
    let text = written
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    if side.str("matcher.id") == "byType" {
        return match matched {
            "number" => Ok(Operand::EveryColumn),
            _ => Err(": it calculates with what are no numbers"),
        };
    }
    if let Some(number) = side.number("fixed").or_else(|| side.as_f64()) {
        return Ok(Operand::Number(number));
    }
    Ok(match text.trim().parse() {
        Ok(number) if matched.is_empty() => Operand::Number(number),
        _ => Operand::Column(names.column(text)),
    })
}

fn operator(sign: &str) -> Option<Operator> {
    Some(match sign {
        "" | "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "**" | "^" => Operator::Power,
        "%" => Operator::Modulo,
        "=" | "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        _ => return None,
    })
}

fn function(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::Abs,
        "exp" => Function::Exp,
        "ln" => Function::Ln,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "round" => Function::Round,
        _ => return None,
    })
}

/// The calculation as Grafana's options.
pub(super) fn export(step: &Calculate) -> Value {
    let mut options = written(&step.of);
    options["alias"] = step.name.as_str().into();
    options["replaceFields"] = step.replace.into();
    options
}

fn written(formula: &Formula) -> Value {
    match formula {
        Formula::Row {
            columns,
            calculation,
        } => json!({
            "mode": "reduceRow", "reduce": { "include": columns, "reducer": calculation.id() },
        }),
        Formula::Binary {
            left,
            operator,
            right,
        } => json!({
            "mode": "binary",
            "binary": { "left": written_operand(left), "operator": operator.sign(), "right": written_operand(right) },
        }),
        Formula::Unary { function, column } => json!({
            "mode": "unary", "unary": { "operator": function.name(), "fieldName": column },
        }),
        Formula::Index => json!({ "mode": "index" }),
        Formula::Cumulative {
            column,
            calculation,
        } => json!({
            "mode": "cumulativeFunctions",
            "cumulative": { "field": column, "reducer": calculation.id() },
        }),
        Formula::Window {
            column,
            calculation,
            size,
        } => json!({
            "mode": "windowFunctions",
            "window": {
                "field": column, "reducer": calculation.id(), "windowSize": size,
                "windowSizeMode": if *size < 1.0 { "percentage" } else { "fixed" },
            },
        }),
    }
}

fn written_operand(operand: &Operand) -> Value {
    match operand {
        Operand::Column(name) => json!({ "matcher": { "id": "byName", "options": name } }),
        Operand::Number(number) => json!({ "fixed": number.to_string() }),
        Operand::EveryColumn => json!({ "matcher": { "id": "byType", "options": "number" } }),
    }
}
