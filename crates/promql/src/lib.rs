//! A PromQL expression and a store to a value.
//!
//! [`parse`] makes a typed tree of a text; [`instant`] and [`range`] evaluate
//! it over a [`series::SeriesStore`] with the semantics of Prometheus 3.5's
//! stable features, native histograms included.
//!
//! Contract: no I/O but through the store, no clock; recursion is bounded by
//! [`MAX_DEPTH`] and [`MAX_HEIGHT`], cost by [`Limits`], and [`Interrupt`] ends an evaluation
//! from outside.

pub mod ast;
mod context;
mod error;
mod eval;
mod function;
mod parse;
mod text;
mod value;

pub use ast::Expr;
pub use context::{Context, Interrupt, Limits, NameRemoval};
pub use error::EvalError;
pub use eval::{instant, range};
pub use function::{Func, Function, Variadic};
pub use parse::{MAX_DEPTH, MAX_HEIGHT, ParseError, parse, parse_selector};
pub use text::quote;
pub use value::{Answer, Stats, Value, VectorSample};
