//! Types: every argument and operand must fit; messages as Prometheus'.

use super::{Parsed, fail};
use crate::ast::{Aggregate, Binary, Call, Cardinality, Expr, ExprKind, ValueType};

pub(super) fn check(expr: &Expr) -> Parsed<()> {
    let (first, operations) = expr.left_spine();
    if !operations.is_empty() {
        check(first)?;
        for (node, binary) in operations {
            check(&binary.rhs)?;
            operation(node, binary)?;
        }
        return Ok(());
    }
    for child in expr.children() {
        check(child)?;
    }
    match &expr.kind {
        ExprKind::Aggregate(aggregate) => aggregation(aggregate),
        ExprKind::Call(call) => function_call(expr, call),
        ExprKind::Unary { expr: inner, .. } => match inner.value_type() {
            ValueType::Scalar | ValueType::Vector => Ok(()),
            other => fail(
                expr.span,
                format!(
                    "unary expression only allowed on expressions of type scalar or instant vector, got {:?}",
                    other.documented()
                ),
            ),
        },
        ExprKind::Subquery(subquery) => match subquery.expr.value_type() {
            ValueType::Vector => Ok(()),
            other => fail(
                expr.span,
                format!(
                    "subquery is only allowed on instant vector, got {} instead",
                    other.documented()
                ),
            ),
        },
        _ => Ok(()),
    }
}

fn expect_type(expr: &Expr, wanted: ValueType, context: &str) -> Parsed<()> {
    let found = expr.value_type();
    if found == wanted {
        return Ok(());
    }
    fail(
        expr.span,
        format!(
            "expected type {} in {context}, got {}",
            wanted.documented(),
            found.documented()
        ),
    )
}

fn aggregation(aggregate: &Aggregate) -> Parsed<()> {
    expect_type(&aggregate.expr, ValueType::Vector, "aggregation expression")?;
    match (&aggregate.param, aggregate.op.parameter()) {
        (Some(param), Some(wanted)) => expect_type(param, wanted, "aggregation parameter"),
        _ => Ok(()),
    }
}

fn function_call(expr: &Expr, call: &Call) -> Parsed<()> {
    let (function, found) = (call.function, call.args.len());
    let (fewest, most) = (function.min_args(), function.max_args());
    let bound = if most == Some(fewest) && found != fewest {
        Some(("", fewest))
    } else if found < fewest {
        Some(("at least ", fewest))
    } else {
        most.filter(|most| found > *most)
            .map(|most| ("at most ", most))
    };
    if let Some((bound, count)) = bound {
        return fail(
            expr.span,
            format!(
                "expected {bound}{count} argument(s) in call to {:?}, got {found}",
                function.name
            ),
        );
    }
    let context = format!("call to function {:?}", function.name);
    for (index, arg) in call.args.iter().enumerate() {
        expect_type(arg, function.arg_type(index), &context)?;
    }
    Ok(())
}

fn operation(expr: &Expr, binary: &Binary) -> Parsed<()> {
    let types = [binary.lhs.value_type(), binary.rhs.value_type()];
    let scalars = types == [ValueType::Scalar; 2];
    let operands = [ValueType::Scalar, ValueType::Vector];
    if binary.return_bool && !binary.op.is_comparison() {
        return fail(
            binary.op_span,
            "bool modifier can only be used on comparison operators",
        );
    }
    if binary.op.is_comparison() && !binary.return_bool && scalars {
        return fail(
            binary.op_span,
            "comparisons between scalars must use BOOL modifier",
        );
    }
    for (side, found) in [&binary.lhs, &binary.rhs].into_iter().zip(types) {
        if !operands.contains(&found) {
            return fail(
                side.span,
                "binary expression must contain only scalar and instant vector types",
            );
        }
    }
    if types != [ValueType::Vector; 2] && binary.op.is_set() {
        return fail(
            expr.span,
            format!(
                "set operator {:?} not allowed in binary scalar expression",
                binary.op.as_str()
            ),
        );
    }
    matching(expr, binary, types)
}

fn matching(expr: &Expr, binary: &Binary, types: [ValueType; 2]) -> Parsed<()> {
    let Some(matching) = &binary.matching else {
        return Ok(());
    };
    if types != [ValueType::Vector; 2] {
        return fail(
            expr.span,
            "vector matching only allowed between instant vectors",
        );
    }
    let twice = matching
        .include
        .iter()
        .find(|label| matching.on && matching.labels.contains(label));
    match twice {
        Some(label) if matching.cardinality != Cardinality::ManyToMany => fail(
            binary.op_span,
            format!("label {label:?} must not occur in ON and GROUP clause at once"),
        ),
        _ => Ok(()),
    }
}
