//! Queries of boards and rules, and what a source exports -> what is wrong
//! with them: the reason in words, and the query as it should be.
//!
//! Contract: pure; a query is judged only by what is known ([`Facts`]), so that
//! without a source nothing is claimed about what is exported. Every
//! [`Finding`] of one query carries the same repaired text, in which all of
//! them are mended.

mod board;
mod chain;
mod edit;
mod facts;
mod faults;
mod finding;
mod rules;
#[cfg(test)]
mod tests;

pub use board::{BoardFinding, lint_board};
pub use facts::Facts;
pub use finding::{Fault, Finding, Reading, lint};
pub use rules::{RuleQuery, is_rule_file, read_rules};
