//! A job model's signals as PromQL.
//!
//! An error counter that is absent counts as 0, but only beside a counter that
//! is there: of a system that is away nothing is claimed. `x or y * 0` says so
//! where both sides carry no labels, `x or on () y * 0` where `x` has some.

use crate::job::{Latency, LatencyType, Success};
use crate::selector::Selector;

/// The sum of a counter's rates.
pub(crate) fn rate(counter: &Selector, by: Option<&str>, range: &str) -> String {
    let by = by.map_or(String::new(), |label| format!(" by ({label})"));
    format!("sum{by} (rate({counter}[{range}]))")
}

/// Comparisons that give the values of `expr` which are outside the bounds.
pub(crate) fn is_outside(expr: &str, min: Option<f64>, max: Option<f64>) -> Vec<String> {
    let below = min.map(|min| format!("({expr}) < {min}"));
    let above = max.map(|max| format!("({expr}) > {max}"));
    below.into_iter().chain(above).collect()
}

/// The sum of a counter's rates; 0 where only the counter beside it is there.
fn rate_or_zero(counter: &Selector, beside: &Selector, by: Option<&str>, range: &str) -> String {
    let (counter, beside) = (rate(counter, by, range), rate(beside, by, range));
    format!("({counter} or {beside} * 0)")
}

impl Success {
    /// Failed jobs over all, 0 to 1; nothing where no job ended.
    pub(crate) fn failure_ratio(&self, range: &str) -> String {
        self.failure_ratio_by(None, range)
    }

    /// The same, for each value of a label.
    fn failure_ratio_by(&self, by: Option<&str>, range: &str) -> String {
        match self {
            Self::TotalAndFailure { total, failure } => {
                format!(
                    "{} / {}",
                    rate_or_zero(failure, total, by, range),
                    rate(total, by, range)
                )
            }
            Self::TotalAndSuccess { total, success } => {
                let succeeded = rate_or_zero(success, total, by, range);
                format!("1 - {succeeded} / {}", rate(total, by, range))
            }
            Self::SuccessAndFailure { success, failure } => {
                let failed = rate_or_zero(failure, success, by, range);
                format!(
                    "{failed} / ({failed} + {})",
                    rate_or_zero(success, failure, by, range)
                )
            }
        }
    }

    /// Jobs that failed a second, of all or for each value of a label.
    pub(crate) fn failed_by(&self, by: Option<&str>, range: &str) -> String {
        match self {
            Self::TotalAndFailure { total, failure } => rate_or_zero(failure, total, by, range),
            Self::TotalAndSuccess { total, success } => format!(
                "({} - {})",
                rate(total, by, range),
                rate_or_zero(success, total, by, range)
            ),
            Self::SuccessAndFailure { success, failure } => {
                rate_or_zero(failure, success, by, range)
            }
        }
    }

    /// Jobs that ended well over all, 0 to 1.
    pub(crate) fn success_ratio(&self, range: &str) -> String {
        self.success_ratio_by(None, range)
    }

    /// The same, for each value of a label.
    pub(crate) fn success_ratio_by(&self, by: Option<&str>, range: &str) -> String {
        format!("1 - ({})", self.failure_ratio_by(by, range))
    }

    /// The share of the failures allowed by `target` that is still left; below
    /// 0 where more failed.
    pub(crate) fn budget_left(&self, target: f64, window: &str) -> String {
        let allowed = shortest(1.0 - target);
        format!("1 - ({}) / {allowed}", self.failure_ratio(window))
    }

    /// A counter that is there as soon as the system is.
    pub(crate) fn present(&self) -> &Selector {
        match self {
            Self::TotalAndFailure { total, .. } | Self::TotalAndSuccess { total, .. } => total,
            Self::SuccessAndFailure { success, .. } => success,
        }
    }
}

impl Latency {
    /// The `q` quantile, where the family has quantiles.
    pub(crate) fn quantile(&self, q: f64, range: &str) -> Option<String> {
        match self.latency_type {
            LatencyType::Histogram if self.is_native => {
                let histogram = rate(&self.metric, None, range);
                Some(format!("histogram_quantile({q}, {histogram})"))
            }
            LatencyType::Histogram => {
                let buckets = rate(&self.metric.with_suffix("_bucket"), Some("le"), range);
                Some(format!("histogram_quantile({q}, {buckets})"))
            }
            LatencyType::Summary => {
                let matcher = format!("quantile=\"{q}\"");
                Some(format!("max({})", self.metric.with_matchers(&matcher)))
            }
            LatencyType::Mean => None,
        }
    }

    /// The mean, over all or by a label.
    pub(crate) fn mean(&self, by: Option<&str>, range: &str) -> String {
        if self.is_native {
            return format!("histogram_avg({})", rate(&self.metric, by, range));
        }
        let sum = rate(&self.metric.with_suffix("_sum"), by, range);
        let count = rate(&self.metric.with_suffix("_count"), by, range);
        format!("{sum} / {count}")
    }
}

/// A number without the noise of its binary form.
fn shortest(number: f64) -> String {
    ((number * 1e9).round() / 1e9).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(text: &str) -> Selector {
        Selector::new(text).unwrap()
    }

    fn check(success: &Success, expected: &str) {
        let ratio = success.failure_ratio("5m");
        assert_eq!(ratio, expected);
        for expr in [ratio, success.budget_left(0.95, "1h")] {
            promql::parse(&expr).unwrap();
        }
    }

    #[test]
    fn absent_counters_are_zero_beside_present_ones() {
        let (total, success, failure) = (selector("t"), selector("s"), selector("f"));
        check(
            &Success::TotalAndFailure {
                total: total.clone(),
                failure: failure.clone(),
            },
            "(sum (rate(f[5m])) or sum (rate(t[5m])) * 0) / sum (rate(t[5m]))",
        );
        check(
            &Success::TotalAndSuccess {
                total,
                success: success.clone(),
            },
            "1 - (sum (rate(s[5m])) or sum (rate(t[5m])) * 0) / sum (rate(t[5m]))",
        );
        check(
            &Success::SuccessAndFailure { success, failure },
            "(sum (rate(f[5m])) or sum (rate(s[5m])) * 0) / \
             ((sum (rate(f[5m])) or sum (rate(s[5m])) * 0) + \
             (sum (rate(s[5m])) or sum (rate(f[5m])) * 0))",
        );
    }

    #[test]
    fn a_budget_is_counted_in_allowed_failures() {
        let success = Success::TotalAndFailure {
            total: selector("t"),
            failure: selector("f"),
        };
        let expr = success.budget_left(0.95, "1h");
        assert!(expr.ends_with("/ 0.05"), "{expr}");
    }

    #[test]
    fn a_native_histogram_is_asked_without_buckets() {
        let mut latency = Latency {
            metric: selector("latency{a=\"b\"}"),
            latency_type: LatencyType::Histogram,
            unit: "s".to_owned(),
            by: None,
            last_bucket: None,
            is_native: true,
        };
        let quantile = latency.quantile(0.95, "5m").unwrap();
        let rate = "sum (rate(latency{a=\"b\"}[5m]))";
        assert_eq!(quantile, format!("histogram_quantile(0.95, {rate})"));
        assert_eq!(latency.mean(None, "5m"), format!("histogram_avg({rate})"));
        latency.is_native = false;
        let quantile = latency.quantile(0.95, "5m").unwrap();
        assert!(quantile.contains("latency_bucket") && quantile.contains("by (le)"));
    }
}
