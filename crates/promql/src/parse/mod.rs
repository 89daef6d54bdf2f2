//! Query text -> typed tree.
//!
//! The parser is our own where `promql-parser` was considered: that crate's
//! tree carries no places, so neither an error (`1:5: parse error: …`) nor an
//! annotation (`… (1:6)`) could say where, all its syntax errors read
//! `invalid promql query`, it knows no `1_000`, and it takes syntax that is
//! not in Prometheus 3.5 (`fill`, `or` between matchers).
//!
//! Contract: linear in the text, recursion bounded by [`MAX_DEPTH`] and, over
//! operators in a row, [`MAX_HEIGHT`]; the tree is well typed. Messages are Prometheus'.

mod check;
mod compound;
mod expr;
mod lexer;
mod number;
mod postfix;
mod quote;
mod selector;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;

use token::{Token, TokenKind};

use crate::ast::{Expr, ExprKind, Span};

/// How deep an expression may nest. Operators in a row do not nest.
pub const MAX_DEPTH: usize = 128;

/// How high the tree of an expression may be, and so how many operators may
/// stand in a row: a tree is copied and dropped by recursion.
pub const MAX_HEIGHT: usize = 1_250;

/// A query that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, as Prometheus words it.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { line, column, .. } = self.span;
        write!(f, "{line}:{column}: parse error: {}", self.message)
    }
}

impl std::error::Error for ParseError {}

type Parsed<T> = Result<T, ParseError>;

fn fail<T>(span: Span, message: impl Into<String>) -> Parsed<T> {
    Err(ParseError {
        message: message.into(),
        span,
    })
}

/// Parses an expression and checks its types.
///
/// # Errors
/// Where the text is no expression: the message and its place.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let mut parser = Parser::new(text);
    if parser.peek().kind == TokenKind::End {
        return fail(parser.peek().span, "no expression found in input");
    }
    let expr = parser.expr(0)?;
    if parser.peek().kind != TokenKind::End {
        return parser.unexpected("", "");
    }
    check::check(&expr)?;
    Ok(expr)
}

/// Parses a selector such as `up{job="x"}`, as `match[]` takes it.
///
/// # Errors
/// Where the text is no selector, or one with a range, `offset` or `@`.
pub fn parse_selector(text: &str) -> Result<Vec<series::Matcher>, ParseError> {
    let expr = parse(text)?;
    match expr.kind {
        ExprKind::Selector(selector) if selector.shift == crate::ast::Shift::default() => {
            Ok(selector.matchers)
        }
        _ => fail(
            expr.span,
            "expected a selector of series such as up{job=\"x\"}",
        ),
    }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            tokens: lexer::tokens(text),
            position: 0,
            depth: 0,
        }
    }

    fn peek(&self) -> &Token<'a> {
        self.peek_at(0)
    }

    /// The token `ahead` of the next one; the last token repeats.
    fn peek_at(&self, ahead: usize) -> &Token<'a> {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.position + ahead).min(last)]
    }

    fn advance(&mut self) -> Token<'a> {
        let token = self.peek().clone();
        self.position += 1;
        token
    }

    fn take(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek().kind == *kind;
        if found {
            self.position += 1;
        }
        found
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_keyword(keyword);
        if found {
            self.position += 1;
        }
        found
    }

    fn expect(&mut self, kind: &TokenKind, context: &str, expected: &str) -> Parsed<Token<'a>> {
        if self.peek().kind == *kind {
            Ok(self.advance())
        } else {
            self.unexpected(context, expected)
        }
    }

    /// The end of the token before the next one.
    fn previous_end(&self) -> usize {
        self.tokens[self.position.saturating_sub(1).min(self.tokens.len() - 1)]
            .span
            .end
    }

    fn unexpected<T>(&self, context: &str, expected: &str) -> Parsed<T> {
        let token = self.peek();
        if let TokenKind::Invalid(message) = &token.kind {
            return fail(token.span, message.clone());
        }
        let mut message = format!("unexpected {}", token.describe());
        if !context.is_empty() {
            message.push_str(" in ");
            message.push_str(context);
        }
        if !expected.is_empty() {
            message.push_str(", expected ");
            message.push_str(expected);
        }
        fail(token.span, message)
    }

    /// Makes a node, unless the tree gets too deep or too high.
    fn node(&self, kind: ExprKind, span: Span) -> Parsed<Expr> {
        let expr = Expr::new(kind, span);
        let shape = expr.shape();
        if shape.nesting > MAX_DEPTH {
            return too_deep(span);
        }
        if shape.height > MAX_HEIGHT {
            let message = format!("expression has more than {MAX_HEIGHT} operators in a row");
            return fail(span, message);
        }
        Ok(expr)
    }
}

fn too_deep<T>(span: Span) -> Parsed<T> {
    fail(span, too_deep_message())
}

fn too_deep_message() -> String {
    format!("expression is nested deeper than {MAX_DEPTH} levels")
}
