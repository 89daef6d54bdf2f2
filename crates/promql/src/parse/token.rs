//! The words of PromQL.

use crate::ast::{BinaryOp, Span};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword, label or metric name without colons.
    Word,
    /// A metric name with colons.
    MetricWord,
    Number,
    Duration,
    /// With its quotes.
    Quoted,
    Operator(BinaryOp),
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    At,
    Assign,
    EqualRegex,
    NotRegex,
    End,
    /// The text goes on with something that is no token; always the last.
    Invalid(String),
}

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub span: Span,
}

const AGGREGATORS: &[&str] = &[
    "avg",
    "bottomk",
    "count",
    "count_values",
    "group",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "quantile",
    "stddev",
    "stdvar",
    "sum",
    "topk",
];

/// Keywords that are no operator, and whether a metric may be called so.
const KEYWORDS: &[(&str, bool)] = &[
    ("bool", false),
    ("by", true),
    ("end", true),
    ("group_left", false),
    ("group_right", false),
    ("ignoring", false),
    ("offset", true),
    ("on", false),
    ("start", true),
    ("step", true),
    ("without", true),
];

const WORD_OPERATORS: &[(&str, BinaryOp)] = &[
    ("and", BinaryOp::And),
    ("atan2", BinaryOp::Atan2),
    ("or", BinaryOp::Or),
    ("unless", BinaryOp::Unless),
];

impl Token<'_> {
    /// Whether the token is this keyword, in any case.
    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// The aggregation of this name, in lower case.
    pub(super) fn aggregator(&self) -> Option<&'static str> {
        if self.kind != TokenKind::Word {
            return None;
        }
        AGGREGATORS
            .iter()
            .find(|name| self.text.eq_ignore_ascii_case(name))
            .copied()
    }

    /// The binary operator the token stands for.
    pub(super) fn operator(&self) -> Option<BinaryOp> {
        match self.kind {
            TokenKind::Operator(op) => Some(op),
            TokenKind::Word => WORD_OPERATORS
                .iter()
                .find(|(name, _)| self.text.eq_ignore_ascii_case(name))
                .map(|(_, op)| *op),
            _ => None,
        }
    }

    /// Whether a metric may be called so.
    pub(super) fn is_metric_name(&self) -> bool {
        let reserved = || {
            self.text.eq_ignore_ascii_case("atan2")
                || KEYWORDS
                    .iter()
                    .any(|(name, usable)| !usable && self.text.eq_ignore_ascii_case(name))
        };
        match self.kind {
            TokenKind::MetricWord => true,
            TokenKind::Word => !reserved(),
            _ => false,
        }
    }

    /// The token as Prometheus' messages describe it.
    pub(super) fn describe(&self) -> String {
        let text = self.text;
        match &self.kind {
            TokenKind::End => "end of input".to_owned(),
            TokenKind::Word if self.aggregator().is_some() => {
                format!("<aggr:{}>", text.to_ascii_lowercase())
            }
            TokenKind::Word if self.operator().is_some() => {
                format!("<op:{}>", text.to_ascii_lowercase())
            }
            TokenKind::Word if KEYWORDS.iter().any(|(name, _)| self.is_keyword(name)) => {
                format!("<{}>", text.to_ascii_lowercase())
            }
            TokenKind::Word => format!("identifier {text:?}"),
            TokenKind::MetricWord => format!("metric identifier {text:?}"),
            TokenKind::Number => format!("number {text:?}"),
            TokenKind::Duration => format!("duration {text:?}"),
            TokenKind::Quoted => format!("string {text:?}"),
            TokenKind::Operator(_) | TokenKind::EqualRegex | TokenKind::NotRegex => {
                format!("<op:{text}>")
            }
            _ => format!("{text:?}"),
        }
    }
}
