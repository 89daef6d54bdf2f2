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
            ExprKind::Binary(_) => self.indented_chain(level),
            ExprKind::Subquery(subquery) => subquery.expr.indented(level) + &subquery.suffix(),
            ExprKind::Unary { negative, expr } => {
                let sign = if *negative { '-' } else { '+' };
                format!("{indent}{sign}{}", expr.indented(level).trim_start())
            }
            _ => indent + &text,
        }
    }

    /// A chain of operators: each operator on a line of its own between what
    /// is before it, one level deeper, and its right operand, until what is
    /// before it fits into a line.
    fn indented_chain(&self, level: usize) -> String {
        let (_, operations) = self.left_spine();
        let mut after = Vec::new();
        let mut level = level;
        let mut before = self;
        // From the last operator to the first: what is before each is shorter.
        let mut length = self.to_string().len();
        for (_, binary) in operations.into_iter().rev() {
            if length <= LINE_BYTES {
                break;
            }
            let (indent, middle) = ("  ".repeat(level), binary.middle());
            let rhs = binary.rhs.indented(level + 1);
            after.push(format!("\n{indent}{middle}\n{rhs}"));
            length -= binary.rhs.to_string().len() + middle.len() + 2;
            level += 1;
            if let ExprKind::Number { .. } = binary.lhs.kind {
                after.push("  ".repeat(level) + &binary.base());
                return after.into_iter().rev().collect();
            }
            before = &binary.lhs;
        }
        after.push(before.indented(level));
        after.into_iter().rev().collect()
    }
}

fn block<'a>(parts: impl Iterator<Item = &'a Expr>, level: usize) -> String {
    let lines: Vec<String> = parts.map(|part| part.indented(level + 1)).collect();
    lines.join(",\n")
}
