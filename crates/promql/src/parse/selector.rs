//! `name{label="value", …}` and `{"name", "label"="value"}`.

use series::{METRIC_NAME, MatchOp, Matcher};

use super::token::{Token, TokenKind};
use super::{Parsed, Parser, fail, quote};
use crate::ast::{BinaryOp, Expr, ExprKind, Selector, Shift, Span};

impl Parser<'_> {
    pub(super) fn selector(&mut self) -> Parsed<Expr> {
        let first = self.peek().clone();
        let mut name = None;
        if first.kind != TokenKind::LeftBrace {
            self.advance();
            name = Some(first.text.to_owned());
        }
        let mut matchers = Vec::new();
        if self.take(&TokenKind::LeftBrace) {
            self.matchers(&mut name, &mut matchers)?;
        }
        let span = Span {
            end: self.previous_end(),
            ..first.span
        };
        check_name(name.as_deref(), &matchers, span)?;
        if let Some(name) = &name {
            matchers.push(Matcher::equal(METRIC_NAME, name));
        }
        if matchers.iter().all(Matcher::matches_absent) {
            return fail(
                span,
                "vector selector must contain at least one non-empty matcher",
            );
        }
        let shift = Shift::default();
        self.node(
            ExprKind::Selector(Selector {
                name,
                matchers,
                shift,
            }),
            span,
        )
    }

    /// What stands in the braces, the closing one included.
    fn matchers(&mut self, name: &mut Option<String>, matchers: &mut Vec<Matcher>) -> Parsed<()> {
        while !self.take(&TokenKind::RightBrace) {
            let label = self.peek().clone();
            match label.kind {
                TokenKind::Word => {
                    self.advance();
                    matchers.push(self.matcher(label.text.to_owned())?);
                }
                TokenKind::Quoted => {
                    self.advance();
                    self.quoted_matcher(&label, name, matchers)?;
                }
                _ => return self.unexpected("label matching", "identifier or \"}\""),
            }
            if self.peek().kind != TokenKind::RightBrace {
                self.expect(&TokenKind::Comma, "label matching", "\",\" or \"}\"")?;
            }
        }
        Ok(())
    }

    /// A quoted word is a label before an operator and the metric's name
    /// without one.
    fn quoted_matcher(
        &mut self,
        word: &Token<'_>,
        name: &mut Option<String>,
        matchers: &mut Vec<Matcher>,
    ) -> Parsed<()> {
        let text = quote::unquote(word.text).or_else(|message| fail(word.span, message))?;
        if !matches!(self.peek().kind, TokenKind::Comma | TokenKind::RightBrace) {
            matchers.push(self.matcher(text)?);
            return Ok(());
        }
        if let Some(before) = name {
            return fail(
                word.span,
                format!("metric name must not be set twice: {before:?} or {text:?}"),
            );
        }
        *name = Some(text);
        Ok(())
    }

    fn matcher(&mut self, label: String) -> Parsed<Matcher> {
        let op = match self.peek().kind {
            TokenKind::Assign => MatchOp::Equal,
            TokenKind::Operator(BinaryOp::NotEqual) => MatchOp::NotEqual,
            TokenKind::EqualRegex => MatchOp::Regex,
            TokenKind::NotRegex => MatchOp::NotRegex,
            _ => return self.unexpected("label matching", "label matching operator"),
        };
        self.advance();
        let value = self.expect(&TokenKind::Quoted, "label matching", "string")?;
        let text = quote::unquote(value.text).or_else(|message| fail(value.span, message))?;
        Matcher::new(label, op, text).or_else(|error| {
            let message = format!(
                "error parsing regexp: {}: `{}`",
                error.reason, error.pattern
            );
            fail(value.span, message)
        })
    }
}

/// Refuses a name that is given before the braces and again inside them.
fn check_name(name: Option<&str>, matchers: &[Matcher], span: Span) -> Parsed<()> {
    let Some(name) = name else { return Ok(()) };
    match matchers
        .iter()
        .find(|matcher| matcher.name() == METRIC_NAME)
    {
        Some(again) => fail(
            span,
            format!(
                "metric name must not be set twice: {name:?} or {:?}",
                again.value()
            ),
        ),
        None => Ok(()),
    }
}
