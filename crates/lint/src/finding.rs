//! What is wrong with a query.

use std::fmt;

use promql::Expr;

use crate::edit::{self, Edit};
use crate::facts::Facts;
use crate::faults;

/// What kind of fault a query has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
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

impl Fault {
    /// The fault's name in reports.
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
pub struct Finding {
    /// What kind of fault it is.
    pub fault: Fault,
    /// Why it is one, in a sentence or two.
    pub reason: String,
    /// The query as it should be, where that can be said.
    pub repaired: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.fault.as_str(), self.reason)?;
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

/// A fault and what mends it.
pub(crate) struct Remark {
    pub fault: Fault,
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
) -> Result<Vec<Finding>, promql::ParseError> {
    let expr = promql::parse(text)?;
    let query = Query {
        text,
        expr: &expr,
        reading,
        facts,
    };
    let remarks = faults::all(&query);
    let edits = remarks.iter().flat_map(|remark| remark.edits.clone());
    let repaired = edit::apply(text, edits.collect());
    let finding = |remark: Remark| Finding {
        fault: remark.fault,
        reason: remark.reason,
        repaired: (!remark.edits.is_empty()).then(|| repaired.clone()),
    };
    Ok(remarks.into_iter().map(finding).collect())
}
