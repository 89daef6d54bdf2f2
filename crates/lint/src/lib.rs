//! Queries of boards and rules, and what a source exports -> what is wrong
//! with them: the reason in words, and the query as it should be.
//!
//! Contract: pure; a query is checked only against what is known ([`Facts`]), so that
//! without a source nothing is claimed about what is exported. Every
//! [`Diagnostic`] of one query carries the same repaired text, in which all of
//! them are mended.

mod board;
mod chain;
mod checks;
mod diagnostic;
mod edit;
mod facts;
mod rules;
#[cfg(test)]
mod tests;

pub use board::{BoardDiagnostic, lint_board};
pub use diagnostic::{Check, Diagnostic, Reading, lint};
pub use facts::Facts;
pub use rules::{RuleQuery, is_rule_file, read_rules};
