//! Grafana's expressions over the answers of other queries to PromQL that
//! computes the same.
//!
//! `reduce` over the range becomes `…_over_time`, `math` the same formula, and
//! `threshold` a comparison that gives 0 or 1.

use serde_json::Value;

use crate::json::Json;

/// Expressions refer to each other at most so deep: cycles end here.
const MAX_DEPTH: u8 = 8;
/// What is longer than this no source reads.
const MAX_CHARS: usize = 20_000;

/// An expression as a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Computed {
    /// PromQL.
    pub expr: String,
    /// Whether it is one value of the whole range.
    pub instant: bool,
    /// Whether it puts series of several queries together, which PromQL does
    /// by equal labels alone.
    pub joins: bool,
}

/// The query that computes the expression, or why there is none.
pub(super) fn to_promql(target: &Value, targets: &[Value]) -> Result<Computed, String> {
    resolve(target, targets, MAX_DEPTH)
}

fn resolve(target: &Value, targets: &[Value], depth: u8) -> Result<Computed, String> {
    if depth == 0 {
        return Err("it refers to itself".to_owned());
    }
    let inner = |reference: &str| {
        let name = reference
            .trim_start_matches(['$', '{'])
            .trim_end_matches('}');
        let found = targets.iter().find(|target| target.str("refId") == name);
        let found = found.ok_or_else(|| format!("there is no query `{name}`"))?;
        resolve(found, targets, depth - 1)
    };
    let expr = target.str("expr");
    let computed = match target.str("type") {
        _ if !expr.is_empty() => Computed {
            expr: expr.to_owned(),
            instant: target.flag("instant") && !target.flag("range"),
            joins: false,
        },
        "math" => math(target.str("expression"), &inner)?,
        "reduce" => {
            let of = inner(target.str("expression"))?;
            reduce(target.str("reducer"), of)?
        }
        "resample" => inner(target.str("expression"))?,
        "threshold" => {
            let of = inner(target.str("expression"))?;
            threshold(target, of)?
        }
        other => return Err(format!("Andon computes no `{}`", other.replace('_', " "))),
    };
    match computed.expr.len() {
        0 => Err("one of its queries is empty".to_owned()),
        length if length > MAX_CHARS => Err("it is too long".to_owned()),
        _ => Ok(computed),
    }
}

fn reduce(reducer: &str, of: Computed) -> Result<Computed, String> {
    let function = match reducer {
        "last" | "" => "last",
        "mean" => "avg",
        same @ ("min" | "max" | "sum" | "count") => same,
        other => return Err(format!("Andon does not reduce by `{other}`")),
    };
    if of.instant {
        return Ok(of); // it is one value already
    }
    Ok(Computed {
        expr: format!("{function}_over_time(({})[$__range:$__interval])", of.expr),
        instant: true,
        ..of
    })
}

fn threshold(target: &Value, of: Computed) -> Result<Computed, String> {
    let evaluator = target.list("conditions").first();
    let evaluator = evaluator.and_then(|condition| condition.at("evaluator"));
    let evaluator = evaluator.unwrap_or(&Value::Null);
    let signs: &[&str] = match evaluator.str("type") {
        "gt" => &[">"],
        "gte" => &[">="],
        "lt" => &["<"],
        "lte" => &["<="],
        "eq" => &["=="],
        "ne" => &["!="],
        "within_range" => &[">", "<"],
        other => return Err(format!("Andon has no threshold `{other}`")),
    };
    let mut comparisons = Vec::new();
    for (index, sign) in signs.iter().enumerate() {
        let level = evaluator.list("params").get(index).and_then(Value::as_f64);
        let level = level.ok_or("its level is no number")?;
        comparisons.push(format!("({}) {sign} bool {level}", of.expr));
    }
    let expr = match comparisons.as_slice() {
        [only] => only.clone(),
        both => format!("({})", both.join(") * (")),
    };
    Ok(Computed { expr, ..of })
}

/// A formula with `$A` or `${A}` for the answers of other queries.
fn math(
    formula: &str,
    inner: &dyn Fn(&str) -> Result<Computed, String>,
) -> Result<Computed, String> {
    let reference = regex::Regex::new(r"\$(\{[^}]*\}|\w+)").map_err(|error| error.to_string())?;
    let mut operands = Vec::new();
    for found in reference.find_iter(formula) {
        operands.push((found.range(), inner(found.as_str())?));
    }
    let mut expr = String::new();
    let mut end = 0;
    for (range, operand) in &operands {
        expr.push_str(&in_promql(&formula[end..range.start])?);
        expr.push_str(&["(", operand.expr.as_str(), ")"].concat());
        end = range.end;
    }
    expr.push_str(&in_promql(&formula[end..])?);
    let mut distinct: Vec<&str> = operands.iter().map(|(_, of)| of.expr.as_str()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    Ok(Computed {
        expr,
        instant: operands.iter().all(|(_, of)| of.instant),
        joins: distinct.len() > 1 || operands.iter().any(|(_, of)| of.joins),
    })
}

/// What stands between the operands of a formula.
fn in_promql(part: &str) -> Result<String, String> {
    for absent in ["&&", "||", "is_", "null", "nan", "inf"] {
        if part.contains(absent) {
            return Err(format!("PromQL has no `{absent}` for formulas"));
        }
    }
    let part = part.replace("**", "^").replace("log(", "ln(");
    let comparison = regex::Regex::new("(==|!=|<=|>=|<|>)").map_err(|error| error.to_string())?;
    let part = comparison.replace_all(&part, "$1 bool");
    if part.contains('!') && !part.contains("!=") {
        return Err("PromQL has no `!`".to_owned());
    }
    Ok(part.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(target: &Value, expected: Result<(&str, bool, bool), &str>) {
        let targets = [
            json!({"refId": "A", "expr": "sum(a > 1)"}),
            json!({"refId": "B", "expr": "b", "instant": true}),
            json!({"refId": "C", "type": "reduce", "expression": "A", "reducer": "mean"}),
            json!({"refId": "L", "type": "math", "expression": "$L + 1"}),
        ];
        let computed = to_promql(target, &targets);
        let got = computed.as_ref();
        let got = got.map(|computed| (computed.expr.as_str(), computed.instant, computed.joins));
        assert_eq!(got.map_err(String::as_str), expected, "{target}");
    }

    #[test]
    fn formulas_become_promql() {
        let math = |formula: &str| json!({"type": "math", "expression": formula});
        check(
            &math("$A / $B * 100"),
            Ok(("(sum(a > 1)) / (b) * 100", false, true)),
        );
        check(
            &math("${A} > 5"),
            Ok(("(sum(a > 1)) > bool 5", false, false)),
        );
        check(&math("log($B) ** 2"), Ok(("ln((b)) ^ 2", true, false)));
        check(&math("$A && $B"), Err("PromQL has no `&&` for formulas"));
        check(&math("$X"), Err("there is no query `X`"));
        check(&math("$L"), Err("it refers to itself"));
    }

    #[test]
    fn the_range_is_reduced_to_one_value() {
        let reduced = "avg_over_time((sum(a > 1))[$__range:$__interval])";
        check(
            &json!({"type": "reduce", "expression": "A", "reducer": "mean"}),
            Ok((reduced, true, false)),
        );
        check(
            &json!({"type": "reduce", "expression": "$B", "reducer": "last"}),
            Ok(("b", true, false)),
        );
        let above = |expression: &str| {
            json!({"type": "threshold", "expression": expression,
                "conditions": [{"evaluator": {"type": "gt", "params": [3]}}]})
        };
        let compared = format!("({reduced}) > bool 3");
        check(&above("C"), Ok((compared.as_str(), true, false)));
        check(
            &json!({"type": "classic_conditions"}),
            Err("Andon computes no `classic conditions`"),
        );
    }
}
