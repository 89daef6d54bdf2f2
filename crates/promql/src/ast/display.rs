//! Trees as text, in Prometheus' canonical spelling.

use std::fmt::{self, Display, Formatter};

use series::duration::format_ms;
use series::{METRIC_NAME, MatchOp, Matcher};

use super::{
    Aggregate, At, Binary, BinaryOp, Cardinality, Expr, ExprKind, Matching, Selector, Shift,
    Subquery,
};
use crate::text::{format_float, is_legacy_label, is_legacy_metric, quote};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number { value, is_duration } if *is_duration => {
                f.write_str(&format_ms((value * 1000.0).round() as i64))
            }
            ExprKind::Number { value, .. } => f.write_str(&format_float(*value)),
            ExprKind::Text(text) => f.write_str(&quote(text)),
            ExprKind::Selector(selector) => {
                write!(f, "{}{}", Series(selector), selector.shift)
            }
            ExprKind::Range(range) => {
                let series = Series(&range.selector);
                let length = format_ms(range.range_ms);
                write!(f, "{series}[{length}]{}", range.selector.shift)
            }
            ExprKind::Subquery(subquery) => write!(f, "{}{}", subquery.expr, subquery.suffix()),
            ExprKind::Call(call) => {
                write!(f, "{}({})", call.function.name, join(&call.args))
            }
            ExprKind::Aggregate(aggregate) => {
                write!(f, "{}(", aggregate.head())?;
                if let Some(param) = &aggregate.param {
                    write!(f, "{param}, ")?;
                }
                write!(f, "{})", aggregate.expr)
            }
            ExprKind::Binary(_) => self.fmt_chain(f),
            ExprKind::Unary { negative, expr } => {
                write!(f, "{}{expr}", if *negative { '-' } else { '+' })
            }
            ExprKind::Paren(expr) => write!(f, "({expr})"),
        }
    }
}

impl Expr {
    /// A chain of operators from its first operand on.
    fn fmt_chain(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (_, operations) = self.left_spine();
        if let Some((_, innermost)) = operations.first() {
            f.write_str(&innermost.base())?;
        }
        for (_, binary) in operations {
            write!(f, " {} {}", binary.middle(), binary.rhs)?;
        }
        Ok(())
    }
}

fn join(items: &[impl ToString]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

fn join_labels(labels: &[String]) -> String {
    let quoted: Vec<String> = labels.iter().map(|label| label_text(label)).collect();
    quoted.join(", ")
}

fn label_text(label: &str) -> String {
    if is_legacy_label(label) {
        label.to_owned()
    } else {
        quote(label)
    }
}

impl Subquery {
    /// What follows the expression: `[5m:1m] offset 1h`.
    pub(super) fn suffix(&self) -> String {
        let step = self.step_ms.map(format_ms).unwrap_or_default();
        format!("[{}:{step}]{}", format_ms(self.range_ms), self.shift)
    }
}

impl Aggregate {
    /// What precedes the parenthesis: `sum by (job) `.
    pub(super) fn head(&self) -> String {
        let labels = join_labels(&self.grouping.labels);
        let op = self.op.as_str();
        if self.grouping.without {
            format!("{op} without ({labels}) ")
        } else if labels.is_empty() {
            op.to_owned()
        } else {
            format!("{op} by ({labels}) ")
        }
    }
}

impl Binary {
    /// The left operand. Infinity is written with a sign elsewhere, but a
    /// sign before `^` would hold for the power.
    pub(super) fn base(&self) -> String {
        match (self.op, &self.lhs.kind) {
            (BinaryOp::Pow, ExprKind::Number { value, .. }) if *value == f64::INFINITY => {
                "Inf".to_owned()
            }
            _ => self.lhs.to_string(),
        }
    }

    /// The operator with its modifiers: `== bool on (job)`.
    pub(super) fn middle(&self) -> String {
        let bool_modifier = if self.return_bool { " bool" } else { "" };
        let matching = self.matching.as_ref().map(Matching::suffix);
        format!(
            "{}{bool_modifier}{}",
            self.op.as_str(),
            matching.unwrap_or_default()
        )
    }
}

impl Matching {
    fn suffix(&self) -> String {
        if self.labels.is_empty() && !self.on {
            return String::new();
        }
        let tag = if self.on { "on" } else { "ignoring" };
        let group = match self.cardinality {
            Cardinality::ManyToOne => "group_left",
            Cardinality::OneToMany => "group_right",
            _ => return format!(" {tag} ({})", join_labels(&self.labels)),
        };
        format!(
            " {tag} ({}) {group} ({})",
            join_labels(&self.labels),
            join_labels(&self.include)
        )
    }
}

impl Display for Shift {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(At::Instant(ms)) => write!(f, " @ {:.3}", ms as f64 / 1000.0)?,
            Some(At::Start) => f.write_str(" @ start()")?,
            Some(At::End) => f.write_str(" @ end()")?,
            None => {}
        }
        match self.offset_ms {
            0 => Ok(()),
            offset_ms => write!(f, " offset {}", format_ms(offset_ms)),
        }
    }
}

/// A selector without its modifiers.
struct Series<'a>(&'a Selector);

impl Display for Series<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.name.as_deref().unwrap_or("");
        let mut conditions: Vec<String> = self
            .0
            .matchers
            .iter()
            .filter(|matcher| !is_the_name(matcher, name))
            .map(matcher_text)
            .collect();
        conditions.sort_unstable();
        let plain = name.is_empty() || is_legacy_metric(name);
        if !plain {
            conditions.insert(0, quote(name));
        }
        let name = if plain { name } else { "" };
        if conditions.is_empty() {
            f.write_str(name)
        } else {
            write!(f, "{name}{{{}}}", conditions.join(","))
        }
    }
}

fn is_the_name(matcher: &Matcher, name: &str) -> bool {
    !name.is_empty()
        && matcher.name() == METRIC_NAME
        && matcher.op() == MatchOp::Equal
        && matcher.value() == name
}

fn matcher_text(matcher: &Matcher) -> String {
    let (label, op) = (label_text(matcher.name()), matcher.op().as_str());
    format!("{label}{op}{}", quote(matcher.value()))
}
