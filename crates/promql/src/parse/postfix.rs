//! What follows an operand: `[5m]`, `[5m:1m]`, `offset 5m`, `@ end()`.

use super::expr::number_value;
use super::token::{Token, TokenKind};
use super::{Parsed, Parser, fail, number};
use crate::ast::{At, BinaryOp, Expr, ExprKind, Range, Shift, Span, Subquery};

impl Parser<'_> {
    pub(super) fn postfix(&mut self, mut expr: Expr) -> Parsed<Expr> {
        loop {
            if self.peek().kind == TokenKind::LeftBracket {
                expr = self.brackets(expr)?;
            } else if self.peek().is_keyword("offset") {
                self.offset(&mut expr)?;
            } else if self.peek().kind == TokenKind::At {
                self.at(&mut expr)?;
            } else {
                return Ok(expr);
            }
            expr.span.end = self.previous_end();
        }
    }

    fn brackets(&mut self, expr: Expr) -> Parsed<Expr> {
        let open = self.advance().span;
        let range_ms = self.positive_duration("subquery or range")?;
        if self.take(&TokenKind::Colon) {
            let step_ms = match self.peek().kind {
                TokenKind::RightBracket => None,
                _ => Some(self.positive_duration("subquery selector")?),
            };
            let close = self.expect(&TokenKind::RightBracket, "subquery selector", "\"]\"")?;
            let span = expr.span.to(close.span);
            let kind = ExprKind::Subquery(Subquery {
                expr: Box::new(expr),
                range_ms,
                step_ms,
                shift: Shift::default(),
            });
            return self.node(kind, span);
        }
        let close = self.expect(
            &TokenKind::RightBracket,
            "subquery or range",
            "\":\" or \"]\"",
        )?;
        let span = expr.span.to(close.span);
        let ExprKind::Selector(selector) = expr.kind else {
            return fail(
                open.to(close.span),
                "ranges only allowed for vector selectors",
            );
        };
        if selector.shift.offset_ms != 0 {
            return fail(
                open.to(close.span),
                "no offset modifiers allowed before range",
            );
        }
        if selector.shift.at.is_some() {
            return fail(open.to(close.span), "no @ modifiers allowed before range");
        }
        self.node(ExprKind::Range(Range { selector, range_ms }), span)
    }

    fn positive_duration(&mut self, context: &str) -> Parsed<i64> {
        let token = self.peek().clone();
        let ms = self.duration_ms(context)?;
        if self.peek().operator().is_some() {
            return fail(self.peek().span, EXPERIMENTAL_DURATION);
        }
        if ms <= 0 {
            return fail(token.span, "duration must be greater than 0");
        }
        Ok(ms)
    }

    /// An unsigned duration, or a number of seconds.
    fn duration_ms(&mut self, context: &str) -> Parsed<i64> {
        let token = self.peek().clone();
        match token.kind {
            TokenKind::Duration => {
                self.advance();
                number::duration_ms(token.text).or_else(|message| fail(token.span, message))
            }
            TokenKind::Number => {
                self.advance();
                let seconds = number_value(&token).or_else(|message| fail(token.span, message))?;
                let ms = seconds * 1000.0;
                if !ms.is_finite() || ms.abs() > number::MAX_DURATION_MS as f64 {
                    return fail(token.span, "duration out of range");
                }
                // Go truncates to nanoseconds first and then to milliseconds.
                Ok((ms + 1e-6).floor() as i64)
            }
            TokenKind::LeftParen | TokenKind::Operator(_) => {
                fail(token.span, EXPERIMENTAL_DURATION)
            }
            _ => self.unexpected(context, "number or duration"),
        }
    }

    fn offset(&mut self, expr: &mut Expr) -> Parsed<()> {
        let keyword = self.advance();
        let negative = self.sign();
        let ms = self.duration_ms("offset")?;
        let shift = shift_of(expr).ok_or_else(|| misplaced(&keyword, "offset modifier"))?;
        if shift.offset_ms != 0 {
            return fail(keyword.span, "offset may not be set multiple times");
        }
        shift.offset_ms = if negative { -ms } else { ms };
        Ok(())
    }

    fn at(&mut self, expr: &mut Expr) -> Parsed<()> {
        let keyword = self.advance();
        let at = self.at_time(keyword.span)?;
        let shift = shift_of(expr).ok_or_else(|| misplaced(&keyword, "@ modifier"))?;
        if shift.at.is_some() {
            return fail(keyword.span, "@ <timestamp> may not be set multiple times");
        }
        shift.at = Some(at);
        Ok(())
    }

    fn at_time(&mut self, keyword: Span) -> Parsed<At> {
        for (name, at) in [("start", At::Start), ("end", At::End)] {
            if self.take_keyword(name) {
                self.expect(&TokenKind::LeftParen, "@", "\"(\"")?;
                self.expect(&TokenKind::RightParen, "@", "\")\"")?;
                return Ok(at);
            }
        }
        let negative = self.sign();
        let token = self.peek().clone();
        if !matches!(token.kind, TokenKind::Number | TokenKind::Duration) {
            return self.unexpected("@", "timestamp");
        }
        self.advance();
        let value = number_value(&token).or_else(|message| fail(token.span, message))?;
        let seconds = if negative { -value } else { value };
        if !seconds.is_finite() || seconds.abs() >= i64::MAX as f64 {
            return fail(
                keyword,
                format!("timestamp out of bounds for @ modifier: {seconds:.6}"),
            );
        }
        Ok(At::Instant((seconds * 1000.0).round() as i64))
    }

    /// Takes a sign where one is; whether it is minus.
    fn sign(&mut self) -> bool {
        match self.peek().kind {
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.advance();
                op == BinaryOp::Sub
            }
            _ => false,
        }
    }
}

const EXPERIMENTAL_DURATION: &str = "experimental duration expression is not enabled";

fn shift_of(expr: &mut Expr) -> Option<&mut Shift> {
    match &mut expr.kind {
        ExprKind::Selector(selector) => Some(&mut selector.shift),
        ExprKind::Range(range) => Some(&mut range.selector.shift),
        ExprKind::Subquery(subquery) => Some(&mut subquery.shift),
        _ => None,
    }
}

fn misplaced(keyword: &Token<'_>, what: &str) -> super::ParseError {
    super::ParseError {
        message: format!(
            "{what} must be preceded by an instant vector selector or range vector selector or a subquery"
        ),
        span: keyword.span,
    }
}
