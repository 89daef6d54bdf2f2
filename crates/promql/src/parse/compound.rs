//! Function calls and aggregations.

use super::token::TokenKind;
use super::{Parsed, Parser, fail, quote};
use crate::ast::{Aggregate, AggregateOp, Call, Expr, ExprKind, Grouping, Span};
use crate::function::{Function, is_experimental};

const AGGREGATE_OPS: [AggregateOp; 12] = [
    AggregateOp::Sum,
    AggregateOp::Avg,
    AggregateOp::Count,
    AggregateOp::Min,
    AggregateOp::Max,
    AggregateOp::Group,
    AggregateOp::Stddev,
    AggregateOp::Stdvar,
    AggregateOp::Topk,
    AggregateOp::Bottomk,
    AggregateOp::CountValues,
    AggregateOp::Quantile,
];

impl Parser<'_> {
    /// Whether the word names an aggregation here and not a metric.
    pub(super) fn aggregate_follows(&self) -> bool {
        let next = self.peek_at(1);
        next.kind == TokenKind::LeftParen || next.is_keyword("by") || next.is_keyword("without")
    }

    pub(super) fn aggregate(&mut self) -> Parsed<Expr> {
        let word = self.advance();
        let name = word.text.to_ascii_lowercase();
        let mut grouping = self.grouping()?;
        let (args, _) = self.arguments("aggregation")?;
        if grouping.is_none() {
            grouping = self.grouping()?;
        }
        let span = Span {
            end: self.previous_end(),
            ..word.span
        };
        let Some(op) = AGGREGATE_OPS.into_iter().find(|op| op.as_str() == name) else {
            return fail(
                word.span,
                format!(
                    "{name}() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
                ),
            );
        };
        let (param, expr) = aggregate_arguments(op, args, span)?;
        let kind = ExprKind::Aggregate(Aggregate {
            op,
            grouping: grouping.unwrap_or_default(),
            param,
            expr,
        });
        self.node(kind, span)
    }

    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let without = self.peek().is_keyword("without");
        if !without && !self.peek().is_keyword("by") {
            return Ok(None);
        }
        self.advance();
        let labels = self.grouping_labels()?;
        Ok(Some(Grouping { without, labels }))
    }

    /// `(a, "b.c")`: keywords are labels like any other here.
    pub(super) fn grouping_labels(&mut self) -> Parsed<Vec<String>> {
        self.expect(&TokenKind::LeftParen, "grouping opts", "\"(\"")?;
        let mut labels = Vec::new();
        while !self.take(&TokenKind::RightParen) {
            let token = self.peek().clone();
            let label = match token.kind {
                TokenKind::Word => token.text.to_owned(),
                TokenKind::Quoted => {
                    quote::unquote(token.text).or_else(|message| fail(token.span, message))?
                }
                _ => return self.unexpected("grouping opts", "label"),
            };
            self.advance();
            labels.push(label);
            if self.peek().kind != TokenKind::RightParen {
                self.expect(&TokenKind::Comma, "grouping opts", "\",\" or \")\"")?;
            }
        }
        Ok(labels)
    }

    pub(super) fn call(&mut self) -> Parsed<Expr> {
        let name = self.advance();
        let (args, close) = self.arguments("function call")?;
        let Some(function) = Function::find(name.text) else {
            let message = if is_experimental(name.text) {
                format!("function {:?} is not enabled", name.text)
            } else {
                format!("unknown function with name {:?}", name.text)
            };
            return fail(name.span, message);
        };
        let kind = ExprKind::Call(Call { function, args });
        self.node(kind, name.span.to(close))
    }

    /// The arguments in parentheses and where the closing one stands.
    fn arguments(&mut self, context: &str) -> Parsed<(Vec<Expr>, Span)> {
        self.expect(&TokenKind::LeftParen, context, "\"(\"")?;
        let mut args = Vec::new();
        if self.peek().kind == TokenKind::RightParen {
            return Ok((args, self.advance().span));
        }
        loop {
            args.push(self.expr(0)?);
            if self.peek().kind == TokenKind::RightParen {
                return Ok((args, self.advance().span));
            }
            let comma = self.expect(&TokenKind::Comma, "", "")?;
            if self.peek().kind == TokenKind::RightParen {
                return fail(
                    comma.span,
                    "trailing commas not allowed in function call args",
                );
            }
        }
    }
}

type Arguments = (Option<Box<Expr>>, Box<Expr>);

fn aggregate_arguments(op: AggregateOp, args: Vec<Expr>, span: Span) -> Parsed<Arguments> {
    let expected = if op.parameter().is_some() { 2 } else { 1 };
    let found = args.len();
    let mut args = args.into_iter().map(Box::new);
    let mut next = || args.next();
    if found == 0 {
        return fail(span, "no arguments for aggregate expression provided");
    }
    let param = if expected == 2 { next() } else { None };
    match next() {
        Some(expr) if found == expected => Ok((param, expr)),
        _ => fail(
            span,
            format!(
                "wrong number of arguments for aggregate expression provided, expected {expected}, got {found}"
            ),
        ),
    }
}
