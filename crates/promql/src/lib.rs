//! A PromQL expression and a store to a value.
//!
//! [`parse`] makes a typed tree of a text; [`instant`] and [`range`] evaluate
//! it over a [`series::SeriesStore`] with the semantics of Prometheus 3.5's
//! stable features. Native histograms are not stored, so functions of theirs
//! give nothing.
//!
//! Contract: no I/O but through the store, no clock; recursion is bounded by
//! [`MAX_DEPTH`], cost by [`Limits`], and [`Interrupt`] ends an evaluation
//! from outside.

mod answer;
pub mod ast;
mod context;
mod error;
mod eval;
mod function;
mod parse;
mod text;

pub use answer::{Answer, MatrixSeries, Stats, Value, VectorSample};
pub use ast::Expr;
pub use context::{Context, Interrupt, Limits, NameRemoval};
pub use error::EvalError;
pub use eval::{instant, range};
pub use function::{Func, Function, Variadic};
pub use parse::{MAX_DEPTH, ParseError, parse, parse_selector};
