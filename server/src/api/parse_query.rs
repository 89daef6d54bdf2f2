//! `parse_query`: a PromQL expression -> its tree in Prometheus' JSON, as its own
//! pages draw it.
//!
//! Format: <https://prometheus.io/docs/prometheus/latest/querying/api/#parsing-a-promql-expressions-into-a-abstract-syntax-tree-ast>.

use promql::ast::{
    Aggregate, At, Binary, Call, Cardinality, ExprKind, Matching, Selector, Shift, ValueType,
};
use promql::{Expr, Function, Variadic};
use serde_json::{Value, json};
use series::Matcher;

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use super::query::parse;
use crate::source::Annotations;

/// `GET|POST /api/v1/parse_query`.
pub async fn parse_query(params: Params) -> Result<Success, ApiError> {
    let text = params.get("query");
    let tree = Tree { text }.of(&parse(text)?);
    Ok(Success::data(&tree, &Annotations::default()))
}

/// The trees of the nodes of a text.
struct Tree<'a> {
    text: &'a str,
}

impl Tree<'_> {
    /// A chain of operators is as high as it is long, so its left side is walked
    /// without recursion.
    fn of(&self, expr: &Expr) -> Value {
        let (first, operations) = expr.left_spine();
        let mut tree = self.of_node(first);
        for (_, operation) in operations {
            tree = self.of_binary(operation, tree);
        }
        tree
    }

    fn of_node(&self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Number { value, .. } => {
                json!({ "type": "numberLiteral", "val": number(*value) })
            }
            ExprKind::Text(text) => json!({ "type": "stringLiteral", "val": text }),
            ExprKind::Selector(selector) => {
                self.of_selector("vectorSelector", selector, expr.span.start)
            }
            ExprKind::Range(range) => {
                let start = expr.span.start;
                let mut tree = self.of_selector("matrixSelector", &range.selector, start);
                tree["range"] = range.range_ms.into();
                tree
            }
            ExprKind::Subquery(subquery) => shifted(
                json!({
                    "type": "subquery",
                    "expr": self.of(&subquery.expr),
                    "range": subquery.range_ms,
                    "step": subquery.step_ms.unwrap_or(0),
                }),
                subquery.shift,
            ),
            ExprKind::Call(call) => self.of_call(call),
            ExprKind::Aggregate(aggregate) => self.of_aggregate(aggregate),
            ExprKind::Binary(binary) => self.of_binary(binary, self.of(&binary.lhs)),
            ExprKind::Unary { negative, expr } => self.of_unary(*negative, expr),
            ExprKind::Paren(inner) => json!({ "type": "parenExpr", "expr": self.of(inner) }),
        }
    }

    /// A name before the braces is a matcher too, and the last one; one between them
    /// is the first.
    fn of_selector(&self, kind: &str, selector: &Selector, start: usize) -> Value {
        let is_inside = self.text.as_bytes().get(start) == Some(&b'{');
        let name = selector.name.as_deref().filter(|_| !is_inside);
        let mut matchers: Vec<&Matcher> = selector.matchers.iter().collect();
        if selector.name.is_some() {
            matchers.sort_by_key(|one| (one.name() == series::METRIC_NAME) != is_inside);
        }
        let matchers = matchers.iter().map(|matcher| {
            let op = matcher.op().as_str();
            json!({ "name": matcher.name(), "value": matcher.value(), "type": op })
        });
        let tree = json!({
            "type": kind,
            "name": name.unwrap_or_default(),
            "matchers": matchers.collect::<Value>(),
        });
        shifted(tree, selector.shift)
    }

    fn of_call(&self, call: &Call) -> Value {
        json!({
            "type": "call",
            "func": signature(call.function),
            "args": call.args.iter().map(|arg| self.of(arg)).collect::<Value>(),
        })
    }

    fn of_aggregate(&self, aggregate: &Aggregate) -> Value {
        json!({
            "type": "aggregation",
            "op": aggregate.op.as_str(),
            "expr": self.of(&aggregate.expr),
            "param": aggregate.param.as_ref().map(|param| self.of(param)),
            "grouping": aggregate.grouping.labels,
            "without": aggregate.grouping.without,
        })
    }

    fn of_binary(&self, binary: &Binary, lhs: Value) -> Value {
        let mut tree = json!({
            "type": "binaryExpr",
            "op": binary.op.as_str(),
            "rhs": self.of(&binary.rhs),
            "matching": binary.matching.as_ref().map(matching),
            "bool": binary.return_bool,
        });
        tree["lhs"] = lhs;
        tree
    }

    /// A sign before a number is a part of it.
    fn of_unary(&self, negative: bool, expr: &Expr) -> Value {
        if let ExprKind::Number { value, .. } = expr.kind {
            let value = if negative { -value } else { value };
            return json!({ "type": "numberLiteral", "val": number(value) });
        }
        let op = if negative { "-" } else { "+" };
        json!({ "type": "unaryExpr", "op": op, "expr": self.of(expr) })
    }
}

fn shifted(mut tree: Value, shift: Shift) -> Value {
    let (timestamp, start_or_end) = match shift.at {
        None => (None, None),
        Some(At::Instant(at_ms)) => (Some(at_ms), None),
        Some(At::Start) => (None, Some("start")),
        Some(At::End) => (None, Some("end")),
    };
    tree["offset"] = shift.offset_ms.into();
    tree["timestamp"] = timestamp.into();
    tree["startOrEnd"] = start_or_end.into();
    tree
}

fn matching(matching: &Matching) -> Value {
    let card = match matching.cardinality {
        Cardinality::OneToOne => "one-to-one",
        Cardinality::ManyToOne => "many-to-one",
        Cardinality::OneToMany => "one-to-many",
        Cardinality::ManyToMany => "many-to-many",
    };
    json!({
        "card": card,
        "labels": matching.labels,
        "on": matching.on,
        "include": matching.include,
    })
}

fn signature(function: &Function) -> Value {
    let variadic = match function.variadic {
        Variadic::No => 0,
        Variadic::LastOptional => 1,
        Variadic::LastRepeated => -1,
    };
    json!({
        "name": function.name,
        "argTypes": function.args.iter().map(|one| type_name(*one)).collect::<Value>(),
        "variadic": variadic,
        "returnType": type_name(function.returns),
    })
}

fn type_name(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Scalar => "scalar",
        ValueType::String => "string",
        ValueType::Vector => "vector",
        ValueType::Matrix => "matrix",
    }
}

/// A number without an exponent.
fn number(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Value) {
        let tree = Tree { text }.of(&promql::parse(text).unwrap());
        assert_eq!(tree, expected, "{text}");
    }

    fn selector(kind: &str, name: &str, matchers: &[(&str, &str, &str)]) -> Value {
        let matchers = matchers.iter();
        let matchers =
            matchers.map(|(name, op, value)| json!({"name": name, "type": op, "value": value}));
        json!({
            "type": kind, "name": name, "offset": 0, "timestamp": null, "startOrEnd": null,
            "matchers": matchers.collect::<Value>(),
        })
    }

    #[test]
    fn selectors_have_their_name_as_the_last_matcher() {
        let a = ("__name__", "=", "a");
        check("a", selector("vectorSelector", "a", &[a]));
        let both = [("b", "!~", "c"), a];
        check(r#"a{b!~"c"}"#, selector("vectorSelector", "a", &both));
        let inside = [a, ("b", "=", "c")];
        check(r#"{"a", b="c"}"#, selector("vectorSelector", "", &inside));
        let mut range = selector("matrixSelector", "a", &[a]);
        range["range"] = 300_000.into();
        range["offset"] = (-60_000).into();
        range["startOrEnd"] = "end".into();
        check("a[5m] offset -1m @ end()", range);
    }

    #[test]
    fn every_node_is_as_prometheus_writes_it() {
        let a = || selector("vectorSelector", "a", &[("__name__", "=", "a")]);
        let one = json!({"type": "numberLiteral", "val": "1"});
        check("-1e3", json!({"type": "numberLiteral", "val": "-1000"}));
        check("5m", json!({"type": "numberLiteral", "val": "300"}));
        check("-a", json!({"type": "unaryExpr", "op": "-", "expr": a()}));
        check("(a)", json!({"type": "parenExpr", "expr": a()}));
        check(
            "topk without (x) (1, a)",
            json!({"type": "aggregation", "op": "topk", "expr": a(), "param": one,
                   "grouping": ["x"], "without": true}),
        );
        check(
            "1 == bool a",
            json!({"type": "binaryExpr", "op": "==", "lhs": one, "rhs": a(), "matching": null,
                   "bool": true}),
        );
        check(
            "a / on (x) group_left (y) a",
            json!({"type": "binaryExpr", "op": "/", "lhs": a(), "rhs": a(), "bool": false,
                   "matching": {"card": "many-to-one", "labels": ["x"], "on": true,
                                "include": ["y"]}}),
        );
        check(
            "round(a)",
            json!({"type": "call", "args": [a()],
                   "func": {"name": "round", "argTypes": ["vector", "scalar"], "variadic": 1,
                            "returnType": "vector"}}),
        );
        check(
            "a[1h:] @ 2",
            json!({"type": "subquery", "expr": a(), "range": 3_600_000, "step": 0, "offset": 0,
                   "timestamp": 2_000, "startOrEnd": null}),
        );
    }
}
