//! Trees as indented text, as Prometheus' `/api/v1/format_query` gives them.

use super::{Expr, ExprKind};

/// An expression longer than this is split into lines.
const LINE_BYTES: usize = 100;

impl Expr {
    /// The expression over several lines where one would be too long.
    pub fn pretty(&self) -> String {
        self.indented(0)
    }

    fn indented(&self, level: usize) -> String {
        let indent = "  ".repeat(level);
        let text = self.to_string();
        if text.len() <= LINE_BYTES {
            return indent + &text;
        }
        match &self.kind {
            ExprKind::Aggregate(aggregate) => {
                let parts = aggregate.param.iter().chain([&aggregate.expr]);
                let lines = block(parts.map(AsRef::as_ref), level);
                format!("{indent}{}(\n{lines}\n{indent})", aggregate.head())
            }
            ExprKind::Call(call) if !call.args.is_empty() => {
                let lines = block(call.args.iter(), level);
                format!("{indent}{}(\n{lines}\n{indent})", call.function.name)
            }
            ExprKind::Paren(expr) => {
                format!("{indent}(\n{}\n{indent})", expr.indented(level + 1))
            }
            ExprKind::Binary(binary) => format!(
                "{}\n{indent}{}\n{}",
                match binary.lhs.kind {
                    ExprKind::Number { .. } => format!("{indent}  {}", binary.base()),
                    _ => binary.lhs.indented(level + 1),
                },
                binary.middle(),
                binary.rhs.indented(level + 1)
            ),
            ExprKind::Subquery(subquery) => subquery.expr.indented(level) + &subquery.suffix(),
            ExprKind::Unary { negative, expr } => {
                let sign = if *negative { '-' } else { '+' };
                format!("{indent}{sign}{}", expr.indented(level).trim_start())
            }
            _ => indent + &text,
        }
    }
}

fn block<'a>(parts: impl Iterator<Item = &'a Expr>, level: usize) -> String {
    let lines: Vec<String> = parts.map(|part| part.indented(level + 1)).collect();
    lines.join(",\n")
}
