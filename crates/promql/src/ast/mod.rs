//! The typed syntax tree of a PromQL expression, as [`crate::parse`] makes it.
//!
//! Contract: a tree from the parser is well typed (arguments fit their
//! function, operands their operator) and no deeper than
//! [`crate::MAX_DEPTH`], so walking it recursively is safe.

mod display;
mod operator;
mod pretty;
mod rewrite;
mod visit;

use series::Matcher;

use crate::function::Function;
pub use operator::{AggregateOp, BinaryOp};
pub use visit::{Usage, UsageKind};

/// Where a piece of the query text lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: usize,
    /// Byte offset behind the last byte.
    pub end: usize,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte, in bytes, from 1.
    pub column: u32,
}

impl Span {
    /// The span from the start of `self` to the end of `other`.
    pub fn to(self, other: Self) -> Self {
        Self {
            end: other.end.max(self.end),
            ..self
        }
    }
}

/// What an expression evaluates to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// One float a step.
    Scalar,
    /// A text.
    String,
    /// Series with at most one value a step.
    Vector,
    /// Series with a window of samples a step.
    Matrix,
}

impl ValueType {
    /// The type as Prometheus' messages name it.
    pub fn documented(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
        }
    }
}

/// A node of the tree with its place in the text. Its `Display` is the
/// canonical text: one spelling for all that differ in spaces only.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What the node is.
    pub kind: ExprKind,
    /// Where it was written.
    pub span: Span,
    height: usize,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number, or a duration in seconds.
    Number {
        /// The value; a duration's is its seconds.
        value: f64,
        /// Whether it was written as a duration.
        is_duration: bool,
    },
    /// A quoted text, unquoted.
    Text(String),
    /// The latest sample of each selected series.
    Selector(Selector),
    /// The samples of each selected series over a range.
    Range(Range),
    /// An expression evaluated over a range at its own resolution.
    Subquery(Subquery),
    /// A function call.
    Call(Call),
    /// An aggregation over series.
    Aggregate(Aggregate),
    /// A binary operation.
    Binary(Binary),
    /// Plus or minus before an expression.
    Unary {
        /// Whether the sign is minus.
        negative: bool,
        /// What the sign stands before.
        expr: Box<Expr>,
    },
    /// An expression in parentheses.
    Paren(Box<Expr>),
}

/// The time an `@` modifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// `@ 1609746000`, in milliseconds.
    Instant(i64),
    /// `@ start()`
    Start,
    /// `@ end()`
    End,
}

/// `offset` and `@` of a selector or subquery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// How far to look back; negative looks ahead.
    pub offset_ms: i64,
    /// The time to evaluate at in place of the step's.
    pub at: Option<At>,
}

/// A selector of series.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// The metric name written before the braces, or quoted inside them.
    pub name: Option<String>,
    /// All matchers, the one of the name included.
    pub matchers: Vec<Matcher>,
    /// `offset` and `@`.
    pub shift: Shift,
}

/// `selector[range]`
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Which series, and when.
    pub selector: Selector,
    /// Length of the window, positive.
    pub range_ms: i64,
}

/// `expr[range:step]`
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// What is evaluated at every step; an instant vector.
    pub expr: Box<Expr>,
    /// Length of the window, positive.
    pub range_ms: i64,
    /// Its resolution; `None` takes the context's default.
    pub step_ms: Option<i64>,
    /// `offset` and `@`.
    pub shift: Shift,
}

/// `function(args…)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which function.
    pub function: &'static Function,
    /// Its arguments, as many and of such types as it takes.
    pub args: Vec<Expr>,
}

/// `by (…)` or `without (…)`; `by ()` where nothing was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// Whether the labels are the ones to leave out.
    pub without: bool,
    /// The labels as written.
    pub labels: Vec<String>,
}

/// `op by (…) (param, expr)`
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which aggregation.
    pub op: AggregateOp,
    /// Which series fall together.
    pub grouping: Grouping,
    /// The parameter of `topk` and its kin.
    pub param: Option<Box<Expr>>,
    /// What is aggregated; an instant vector.
    pub expr: Box<Expr>,
}

/// How many series of each side one match joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One with one.
    OneToOne,
    /// `group_left`: many on the left.
    ManyToOne,
    /// `group_right`: many on the right.
    OneToMany,
    /// Set operators.
    ManyToMany,
}

/// How the series of two vectors find each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// How many of each side.
    pub cardinality: Cardinality,
    /// Whether `labels` are the ones compared (`on`) or the ones left out.
    pub on: bool,
    /// The labels of `on` or `ignoring`.
    pub labels: Vec<String>,
    /// The labels that `group_left`/`group_right` take from the "one" side.
    pub include: Vec<String>,
}

/// `lhs op rhs`
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Where the operator was written.
    pub op_span: Span,
    /// Left operand.
    pub lhs: Box<Expr>,
    /// Right operand.
    pub rhs: Box<Expr>,
    /// Whether a comparison gives 0 or 1 in place of filtering.
    pub return_bool: bool,
    /// Present where both operands are vectors.
    pub matching: Option<Matching>,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        let mut expr = Self {
            kind,
            span,
            height: 0,
        };
        let below = expr.children().iter().map(|child| child.height).max();
        expr.height = below.unwrap_or(0) + 1;
        expr
    }

    /// Nodes on the longest way down, this one included.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// What the expression evaluates to.
    pub fn value_type(&self) -> ValueType {
        match &self.kind {
            ExprKind::Number { .. } => ValueType::Scalar,
            ExprKind::Text(_) => ValueType::String,
            ExprKind::Selector(_) | ExprKind::Aggregate(_) => ValueType::Vector,
            ExprKind::Range(_) | ExprKind::Subquery(_) => ValueType::Matrix,
            ExprKind::Call(call) => call.function.returns,
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => expr.value_type(),
            ExprKind::Binary(binary) => {
                let scalars = [&binary.lhs, &binary.rhs]
                    .iter()
                    .all(|side| side.value_type() == ValueType::Scalar);
                if scalars {
                    ValueType::Scalar
                } else {
                    ValueType::Vector
                }
            }
        }
    }

    /// The expression inside any parentheses around it.
    pub fn unwrap_parens(&self) -> &Self {
        let mut inner = self;
        while let ExprKind::Paren(expr) = &inner.kind {
            inner = expr;
        }
        inner
    }
}
