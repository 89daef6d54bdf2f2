//! What is wrong with a query.

use std::fmt;

use promql::Expr;

use crate::checks;
use crate::edit::{self, Edit};
use crate::facts::Facts;

/// What a query is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It names a metric that no source exports.
    MissingMetric,
    /// It divides series by themselves.
    AlwaysOne,
    /// It takes the rate of what goes up and down.
    RateOfGauge,
    /// It sums buckets without keeping them apart.
    QuantileWithoutLe,
    /// Its window holds too few scrapes.
    ShortWindow,
    /// It compares a quantile with more than the last bucket can tell.
    BeyondLastBucket,
    /// It reads failures a second as a share of failures.
    RateAsShare,
}

impl Check {
    /// The check's name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingMetric => "missing-metric",
            Self::AlwaysOne => "always-one",
            Self::RateOfGauge => "rate-of-gauge",
            Self::QuantileWithoutLe => "quantile-without-le",
            Self::ShortWindow => "short-window",
            Self::BeyondLastBucket => "beyond-last-bucket",
            Self::RateAsShare => "rate-as-share",
        }
    }
}

/// One thing that is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The check that it does not pass.
    pub check: Check,
    /// Why, in a sentence or two.
    pub reason: String,
    /// The query as it should be, where that can be said.
    pub repaired: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check.as_str(), self.reason)?;
        match &self.repaired {
            Some(repaired) => write!(f, "; write `{repaired}`"),
            None => Ok(()),
        }
    }
}

/// How a query's values are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Whether they are shown as a percentage.
    pub is_percent: bool,
    /// The levels from which they mean something.
    pub levels: Vec<f64>,
}

/// A query with its tree and how it is read; what every check looks at.
pub(crate) struct Query<'a> {
    pub text: &'a str,
    pub expr: &'a Expr,
    pub reading: &'a Reading,
    pub facts: &'a Facts,
}

impl Query<'_> {
    /// The text of a node.
    pub fn text_of(&self, expr: &Expr) -> &str {
        self.text.get(expr.span.start..expr.span.end).unwrap_or("")
    }
}

/// A check that a query does not pass, and what mends it.
pub(crate) struct Violation {
    pub check: Check,
    pub reason: String,
    pub edits: Vec<Edit>,
}

/// Everything that is wrong with a query.
///
/// # Errors
/// Where the text is no PromQL.
pub fn lint(
    text: &str,
    reading: &Reading,
    facts: &Facts,
) -> Result<Vec<Diagnostic>, promql::ParseError> {
    let expr = promql::parse(text)?;
    let query = Query {
        text,
        expr: &expr,
        reading,
        facts,
    };
    let violations = checks::all(&query);
    let edits = violations
        .iter()
        .flat_map(|violation| violation.edits.clone());
    let repaired = edit::apply(text, edits.collect());
    let violations = violations.into_iter();
    Ok(violations
        .map(|violation| Diagnostic {
            check: violation.check,
            reason: violation.reason,
            repaired: (!violation.edits.is_empty()).then(|| repaired.clone()),
        })
        .collect())
}
