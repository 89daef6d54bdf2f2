//! An expression that does one thing after the other with one selector:
//! `sum by (a) (rate(x{b="c"}[5m]))`.

use std::collections::BTreeSet;

use promql::Expr;
use promql::ast::{Aggregate, AggregateOp, Call, ExprKind, Selector, ValueType};

/// The labels that the series of a result have left.
#[derive(Clone, Debug)]
enum Labels {
    AllBut(BTreeSet<String>),
    Only(BTreeSet<String>),
}

/// Functions and aggregations around one selector.
pub(crate) struct Chain<'a> {
    /// What is done with which metric, without the matchers.
    pub shape: String,
    /// The selector.
    pub selector: &'a Selector,
    /// Its node, or that of its range.
    pub node: &'a Expr,
    /// The name of the metric.
    pub metric: &'a str,
    /// Names of functions and aggregations, the outermost first.
    pub steps: Vec<&'static str>,
    labels: Labels,
}

impl<'a> Chain<'a> {
    /// The chain that an expression is, where it is one.
    pub fn of(expr: &'a Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Paren(inner) => Self::of(inner),
            ExprKind::Selector(selector) => Self::start(expr, selector, String::new()),
            ExprKind::Range(range) => {
                Self::start(expr, &range.selector, format!("[{}]", range.range_ms))
            }
            ExprKind::Call(call) => Self::called(call),
            ExprKind::Aggregate(aggregate) => Self::aggregated(aggregate),
            _ => None,
        }
    }

    fn start(node: &'a Expr, selector: &'a Selector, range: String) -> Option<Self> {
        let metric = selector.name.as_deref()?;
        Some(Self {
            shape: format!("{metric}{range}{}", selector.shift),
            selector,
            node,
            metric,
            steps: Vec::new(),
            labels: Labels::AllBut(BTreeSet::new()),
        })
    }

    fn called(call: &'a Call) -> Option<Self> {
        let is_series =
            |arg: &&Expr| matches!(arg.value_type(), ValueType::Vector | ValueType::Matrix);
        let mut series = call.args.iter().filter(is_series);
        let (first, None) = (series.next()?, series.next()) else {
            return None;
        };
        let mut chain = Self::of(first)?;
        let others: Vec<String> = call
            .args
            .iter()
            .filter(|arg| !is_series(arg))
            .map(ToString::to_string)
            .collect();
        chain.wrap(call.function.name, &others.join(","));
        Some(chain)
    }

    fn aggregated(aggregate: &'a Aggregate) -> Option<Self> {
        use AggregateOp::{Avg, Count, Max, Min, Sum};
        if !matches!(aggregate.op, Sum | Avg | Count | Min | Max) {
            return None;
        }
        let mut chain = Self::of(&aggregate.expr)?;
        let grouping = &aggregate.grouping;
        let named: BTreeSet<String> = grouping.labels.iter().cloned().collect();
        let modifier = format!("{}{named:?}", grouping.without);
        chain.labels = match (chain.labels, grouping.without) {
            (Labels::AllBut(gone), true) => Labels::AllBut(&gone | &named),
            (Labels::Only(left), true) => Labels::Only(&left - &named),
            (Labels::AllBut(gone), false) => Labels::Only(&named - &gone),
            (Labels::Only(left), false) => Labels::Only(&left & &named),
        };
        chain.wrap(aggregate.op.as_str(), &modifier);
        Some(chain)
    }

    fn wrap(&mut self, step: &'static str, details: &str) {
        self.shape = format!("{step}<{details}>({})", self.shape);
        self.steps.insert(0, step);
    }

    /// Whether the result's series still have the label.
    pub fn keeps(&self, label: &str) -> bool {
        match &self.labels {
            Labels::AllBut(gone) => !gone.contains(label),
            Labels::Only(left) => left.contains(label),
        }
    }

    /// Whether series are aggregated.
    pub fn is_aggregated(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(*step, "sum" | "avg" | "count" | "min" | "max"))
    }

    /// Whether it says how often something happens a second.
    pub fn is_rate(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(*step, "rate" | "irate"))
    }
}
