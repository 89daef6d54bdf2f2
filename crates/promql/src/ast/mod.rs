//! The typed syntax tree of a PromQL expression, as [`crate::parse`] makes it.
//!
//! Contract: a tree from the parser is well typed (arguments fit their
//! function, operands their operator) and nests no deeper than
//! [`crate::MAX_DEPTH`]. A chain of operators (`a or b or …`) does not nest,
//! yet is a tree as high as it is long, at most [`crate::MAX_HEIGHT`]: walk the
//! left side of a binary node by [`Expr::left_spine`], not by recursion.

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
    value_type: ValueType,
    shape: Shape,
}

/// How high and how deep the tree below a node is, this node included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Nodes on the longest way down.
    pub height: usize,
    /// The same without those that only continue a chain of operators.
    pub nesting: usize,
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

impl ExprKind {
    fn value_type(&self) -> ValueType {
        match self {
            Self::Number { .. } => ValueType::Scalar,
            Self::Text(_) => ValueType::String,
            Self::Selector(_) | Self::Aggregate(_) => ValueType::Vector,
            Self::Range(_) | Self::Subquery(_) => ValueType::Matrix,
            Self::Call(call) => call.function.returns,
            Self::Unary { expr, .. } | Self::Paren(expr) => expr.value_type,
            Self::Binary(Binary { lhs, rhs, .. }) => {
                if [lhs, rhs]
                    .iter()
                    .all(|side| side.value_type == ValueType::Scalar)
                {
                    ValueType::Scalar
                } else {
                    ValueType::Vector
                }
            }
        }
    }
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

impl Grouping {
    /// Whether the label is one of those written.
    pub(crate) fn names(&self, label: &str) -> bool {
        self.labels.iter().any(|name| name == label)
    }
}

impl Matching {
    /// Whether the label is one of those of `on` or `ignoring`.
    pub(crate) fn names(&self, label: &str) -> bool {
        self.labels.iter().any(|name| name == label)
    }
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        let mut expr = Self {
            value_type: kind.value_type(),
            kind,
            span,
            shape: Shape::default(),
        };
        expr.shape = expr.measure();
        expr
    }

    fn measure(&self) -> Shape {
        let mut shape = Shape::default();
        for child in self.children() {
            shape.height = shape.height.max(child.shape.height);
            shape.nesting = shape.nesting.max(child.shape.nesting);
        }
        shape.height += 1;
        shape.nesting += 1;
        if let ExprKind::Binary(binary) = &self.kind
            && matches!(binary.lhs.kind, ExprKind::Binary(_))
        {
            // One more operator of the chain on its left.
            let on_the_right = binary.rhs.shape.nesting + 1;
            shape.nesting = binary.lhs.shape.nesting.max(on_the_right);
        }
        shape
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The first operand of a chain of operators, and the binary nodes from
    /// there up to this one; this node alone where it is none.
    pub fn left_spine(&self) -> (&Self, Vec<(&Self, &Binary)>) {
        let mut first = self;
        let mut operations = Vec::new();
        while let ExprKind::Binary(binary) = &first.kind {
            operations.push((first, binary));
            first = &binary.lhs;
        }
        operations.reverse();
        (first, operations)
    }

    /// What the expression evaluates to.
    pub fn value_type(&self) -> ValueType {
        self.value_type
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
