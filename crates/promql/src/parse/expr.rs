//! Operators by precedence, and what stands between them.

use super::token::TokenKind;
use super::{MAX_DEPTH, Parsed, Parser, number, quote, too_deep};
use crate::ast::{Binary, BinaryOp, Cardinality, Expr, ExprKind, Matching, Span, ValueType};

/// How tightly the operator binds, and whether it groups to the right.
fn precedence(op: BinaryOp) -> (u8, bool) {
    match op {
        BinaryOp::Or => (1, false),
        BinaryOp::And | BinaryOp::Unless => (2, false),
        BinaryOp::Add | BinaryOp::Sub => (4, false),
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Atan2 => (5, false),
        BinaryOp::Pow => (6, true),
        _ => (3, false),
    }
}

/// A sign binds tighter than `*` and looser than `^`.
const SIGN_OPERAND: u8 = 6;

impl Parser<'_> {
    /// An expression whose operators all bind at least as tightly as `least`.
    pub(super) fn expr(&mut self, least: u8) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return too_deep(self.peek().span);
        }
        let mut lhs = self.operand()?;
        while let Some(op) = self.peek().operator() {
            let (binds, to_the_right) = precedence(op);
            if binds < least {
                break;
            }
            let op_span = self.advance().span;
            let least = if to_the_right { binds } else { binds + 1 };
            lhs = self.binary(lhs, (op, op_span), least)?;
        }
        self.depth -= 1;
        Ok(lhs)
    }

    fn binary(&mut self, lhs: Expr, (op, op_span): (BinaryOp, Span), least: u8) -> Parsed<Expr> {
        let return_bool = self.take_keyword("bool");
        let written = self.matching(op)?;
        let rhs = self.expr(least)?;
        let vectors = [&lhs, &rhs]
            .iter()
            .all(|side| side.value_type() == ValueType::Vector);
        // Kept on scalars too where it names labels: the check refuses it.
        let keep = vectors || !written.labels.is_empty();
        let span = lhs.span.to(rhs.span);
        let kind = ExprKind::Binary(Binary {
            op,
            op_span,
            lhs: Box::new(lhs),
            rhs: Box::new(rhs),
            return_bool,
            matching: keep.then_some(written),
        });
        self.node(kind, span)
    }

    fn matching(&mut self, op: BinaryOp) -> Parsed<Matching> {
        let mut matching = default_matching(op);
        matching.on = self.peek().is_keyword("on");
        if !matching.on && !self.peek().is_keyword("ignoring") {
            return Ok(matching);
        }
        self.advance();
        matching.labels = self.grouping_labels()?;
        let many_left = self.peek().is_keyword("group_left");
        if many_left || self.peek().is_keyword("group_right") {
            let span = self.advance().span;
            if op.is_set() {
                return super::fail(
                    span,
                    format!("no grouping allowed for {:?} operation", op.as_str()),
                );
            }
            matching.cardinality = if many_left {
                Cardinality::ManyToOne
            } else {
                Cardinality::OneToMany
            };
            if self.peek().kind == TokenKind::LeftParen {
                matching.include = self.grouping_labels()?;
            }
        }
        Ok(matching)
    }

    fn operand(&mut self) -> Parsed<Expr> {
        match self.peek().operator() {
            Some(op @ (BinaryOp::Add | BinaryOp::Sub)) => self.signed(op == BinaryOp::Sub),
            _ => {
                let expr = self.primary()?;
                self.postfix(expr)
            }
        }
    }

    fn signed(&mut self, negative: bool) -> Parsed<Expr> {
        let sign = self.advance().span;
        let mut expr = self.expr(SIGN_OPERAND)?;
        let span = sign.to(expr.span);
        if let ExprKind::Number { value, .. } = &mut expr.kind {
            if negative {
                *value = -*value;
            }
            expr.span = span;
            return Ok(expr);
        }
        let expr = Box::new(expr);
        self.node(ExprKind::Unary { negative, expr }, span)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let token = self.peek().clone();
        match token.kind {
            TokenKind::Number | TokenKind::Duration => self.number(),
            TokenKind::Quoted => {
                self.advance();
                let text = quote::unquote(token.text)
                    .or_else(|message| super::fail(token.span, message))?;
                self.node(ExprKind::Text(text), token.span)
            }
            TokenKind::LeftParen => {
                self.advance();
                let inner = self.expr(0)?;
                let close = self.expect(&TokenKind::RightParen, "", "")?.span;
                self.node(ExprKind::Paren(Box::new(inner)), token.span.to(close))
            }
            TokenKind::LeftBrace => self.selector(),
            TokenKind::Word if token.aggregator().is_some() && self.aggregate_follows() => {
                self.aggregate()
            }
            TokenKind::Word
                if self.peek_at(1).kind == TokenKind::LeftParen && self.is_function_name() =>
            {
                self.call()
            }
            TokenKind::Word | TokenKind::MetricWord if token.is_metric_name() => self.selector(),
            _ => self.unexpected("", ""),
        }
    }

    fn number(&mut self) -> Parsed<Expr> {
        let token = self.advance();
        let is_duration = token.kind == TokenKind::Duration;
        let value = number_value(&token).or_else(|message| super::fail(token.span, message))?;
        self.node(ExprKind::Number { value, is_duration }, token.span)
    }

    /// Operators and keywords are no functions; `start` and `end` may become.
    fn is_function_name(&self) -> bool {
        let token = self.peek();
        token.operator().is_none()
            && ![
                "by",
                "without",
                "on",
                "ignoring",
                "offset",
                "bool",
                "group_left",
                "group_right",
            ]
            .iter()
            .any(|keyword| token.is_keyword(keyword))
    }
}

/// The value of a number, or of a duration in seconds.
pub(super) fn number_value(token: &super::Token<'_>) -> Result<f64, String> {
    if token.kind == TokenKind::Duration {
        return number::duration_ms(token.text).map(|ms| ms as f64 / 1000.0);
    }
    number::value(token.text)
        .ok_or_else(|| format!("error parsing number: invalid syntax: {:?}", token.text))
}

fn default_matching(op: BinaryOp) -> Matching {
    Matching {
        cardinality: if op.is_set() {
            Cardinality::ManyToMany
        } else {
            Cardinality::OneToOne
        },
        on: false,
        labels: Vec::new(),
        include: Vec::new(),
    }
}
