//! What a query touches: every selector with what happens to its samples, for
//! whoever checks queries against what sources export.

use super::{Expr, ExprKind, Selector};

/// What is read of a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageKind {
    /// The latest sample of each series.
    Instant,
    /// A window of samples, this many milliseconds long.
    Window(i64),
}

/// One selector of a query and how it is used.
#[derive(Clone, Debug)]
pub struct Usage<'a> {
    /// The selector.
    pub selector: &'a Selector,
    /// Its place in the text.
    pub expr: &'a Expr,
    /// What is read of it.
    pub kind: UsageKind,
    /// Functions and aggregations around it, the outermost first.
    pub within: Vec<&'static str>,
}

impl Expr {
    /// Calls `visit` for this node and all below it, parents first.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        // A list and no recursion: chains of operators are high trees.
        let mut pending = vec![self];
        while let Some(node) = pending.pop() {
            visit(node);
            pending.extend(node.children().into_iter().rev());
        }
    }

    /// The nodes directly below this one, in order of the text.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Number { .. }
            | ExprKind::Text(_)
            | ExprKind::Selector(_)
            | ExprKind::Range(_) => Vec::new(),
            ExprKind::Subquery(subquery) => vec![&subquery.expr],
            ExprKind::Call(call) => call.args.iter().collect(),
            ExprKind::Aggregate(aggregate) => aggregate
                .param
                .iter()
                .chain([&aggregate.expr])
                .map(AsRef::as_ref)
                .collect(),
            ExprKind::Binary(binary) => vec![&binary.lhs, &binary.rhs],
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => vec![expr],
        }
    }

    /// The same to change them.
    pub(super) fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Number { .. }
            | ExprKind::Text(_)
            | ExprKind::Selector(_)
            | ExprKind::Range(_) => Vec::new(),
            ExprKind::Subquery(subquery) => vec![&mut subquery.expr],
            ExprKind::Call(call) => call.args.iter_mut().collect(),
            ExprKind::Aggregate(aggregate) => aggregate
                .param
                .iter_mut()
                .chain([&mut aggregate.expr])
                .map(AsMut::as_mut)
                .collect(),
            ExprKind::Binary(binary) => vec![&mut binary.lhs, &mut binary.rhs],
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => vec![expr],
        }
    }

    /// Every selector of the expression with its use, in order of the text.
    pub fn usages(&self) -> Vec<Usage<'_>> {
        let mut usages = Vec::new();
        collect(self, &mut Vec::new(), &mut usages);
        usages
    }
}

fn collect<'a>(expr: &'a Expr, within: &mut Vec<&'static str>, usages: &mut Vec<Usage<'a>>) {
    let (first, operations) = expr.left_spine();
    if !operations.is_empty() {
        collect(first, within, usages);
        for (_, binary) in operations {
            collect(&binary.rhs, within, usages);
        }
        return;
    }
    let (selector, kind) = match &expr.kind {
        ExprKind::Selector(selector) => (Some(selector), UsageKind::Instant),
        ExprKind::Range(range) => (Some(&range.selector), UsageKind::Window(range.range_ms)),
        _ => (None, UsageKind::Instant),
    };
    if let Some(selector) = selector {
        return usages.push(Usage {
            selector,
            expr,
            kind,
            within: within.clone(),
        });
    }
    let entered = match &expr.kind {
        ExprKind::Call(call) => Some(call.function.name),
        ExprKind::Aggregate(aggregate) => Some(aggregate.op.as_str()),
        _ => None,
    };
    within.extend(entered);
    for child in expr.children() {
        collect(child, within, usages);
    }
    if entered.is_some() {
        within.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_selectors_with_the_functions_around_them() {
        let expr = crate::parse("sum(rate(a[5m])) / b").unwrap();
        let usages = expr.usages();
        assert_eq!(usages.len(), 2);
        assert_eq!(usages[0].within, ["sum", "rate"]);
        assert_eq!(usages[0].kind, UsageKind::Window(300_000));
        assert_eq!(usages[1].selector.name.as_deref(), Some("b"));
        assert!(usages[1].within.is_empty());
    }
}
