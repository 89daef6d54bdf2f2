//! What a source is asked, whatever its language: [`Query`]s.
//!
//! A query names its source and holds a [`Question`]: a text in a language, and
//! what is taken of a span of time. It says no span itself: a view asks the same
//! again about the span that it shows at each step, so that equal questions are
//! equal whenever they are asked. The answer is a frame.
//!
//! Contract: plain values and pure functions; no I/O, no clock. Nothing here
//! reads what a text means, but for [`Question::depends_on_span`].

mod language;
mod lookup;
mod question;
mod source_name;
mod span;
mod step;

pub use language::Language;
pub use lookup::{InstantQuery, LatestQuery, QueryOptions, SeriesQuery};
pub use question::{Query, Question, Take};
pub use source_name::SourceName;
pub use span::Span;
pub use step::{choose_step_ms, rate_interval_ms};
