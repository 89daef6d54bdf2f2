//! A system to all that may be wrong with it: words, and the PromQL of what they
//! are said of.

use dashboard::{CONDITION, Health};

use super::SPAN;
use crate::expr::is_outside;
use crate::job::{JobModel, Latency, Success};
use crate::pack::{Limit, System, Watch};

/// What is wrong is said as soon as figures show it, and figures are read in
/// passing: see `overview`.
const RANGE: &str = "5m";
/// How often it is looked whether what is watched was there.
const WATCH_STEP: &str = "15s";
/// Of a part that few jobs end on, so many failures within [`RANGE`] are one
/// too many, not one unlucky job.
const FEW_FAILURES: f64 = 3.0;
const RANGE_SECONDS: f64 = 300.0;

/// Words, and the PromQL of the series that they are said of.
pub(super) struct Check {
    pub name: String,
    pub status: Health,
    pub text: String,
    pub unit: String,
    expr: String,
    /// See [`VerdictCondition::after`].
    pub after: String,
    /// Where more is said; the system's board where it is empty.
    pub url: String,
}

impl Check {
    fn new(name: &str, status: Health, text: &str, expr: String) -> Self {
        Self {
            name: name.to_owned(),
            status,
            text: text.to_owned(),
            unit: String::new(),
            expr,
            after: String::new(),
            url: String::new(),
        }
    }

    /// The series with the condition's name as a label.
    pub(super) fn labelled(&self, system: &str) -> String {
        let name = promql::quote(&format!("{system}/{}", self.name));
        format!(
            "label_replace({}, \"{CONDITION}\", {name}, \"\", \"\")",
            self.expr
        )
    }
}

impl System {
    /// Everything that may be wrong, the most telling first; then what is said
    /// where nothing is.
    pub(super) fn checks(&self) -> Vec<Check> {
        let up = self.targets.up();
        let mut checks = Vec::new();
        if let Some(up) = &up {
            checks.push(Check {
                url: wire::url::TARGETS.to_owned(),
                ..Check::new(
                    "down",
                    Health::Bad,
                    "target down$at",
                    format!("(({up}) == 0)"),
                )
            });
        }
        checks.extend(self.present().map(|present| match &up {
            Some(up) => Check::new(
                "absent",
                Health::Bad,
                "its targets answer, and export none of its metrics",
                format!("(absent({present}) and on () (({up}) == 1))"),
            ),
            None => Check::new(
                "absent",
                Health::Bad,
                "no data",
                format!("absent({present})"),
            ),
        }));
        for (limit, place) in self.limits.iter().zip(1..) {
            checks.extend(limit.checks(place));
        }
        for (watch, place) in self.watches.iter().zip(1..) {
            checks.push(watch.check(place));
        }
        for job in &self.jobs {
            checks.extend(job.checks());
        }
        checks.extend(self.in_order(up));
        checks
    }

    fn in_order(&self, up: Option<String>) -> Option<Check> {
        Some(match up {
            Some(up) => Check {
                url: wire::url::TARGETS.to_owned(),
                ..Check::new(
                    "in order",
                    Health::Good,
                    "in order, targets up: $value",
                    format!("sum(({up}) == 1)"),
                )
            },
            None => Check::new(
                "in order",
                Health::Good,
                "in order",
                format!("count({})", self.present()?),
            ),
        })
    }
}

impl Watch {
    /// What was there within [`SPAN`], and not within the time that is allowed.
    fn check(&self, place: usize) -> Check {
        let (expr, within) = (&self.expr, &self.within);
        Check {
            after: within.clone(),
            ..Check::new(
                &format!("watch {place}"),
                Health::Bad,
                &self.text,
                format!(
                    "(last_over_time(({expr})[{SPAN}:{WATCH_STEP}]) \
                     unless last_over_time(({expr})[{within}:{WATCH_STEP}]))"
                ),
            )
        }
    }
}

impl Limit {
    fn checks(&self, place: usize) -> Vec<Check> {
        let shall = self.shall();
        let outside = is_outside(&self.expr, self.min, self.max).into_iter();
        outside
            .zip(["below", "above"])
            .map(|(expr, side)| Check {
                unit: self.unit.clone(),
                ..Check::new(
                    &format!("limit {place} {side}"),
                    Health::Bad,
                    &format!("{} $value$at, {shall}", small(&self.title)),
                    format!("({expr})"),
                )
            })
            .collect()
    }
}

impl JobModel {
    fn checks(&self) -> Vec<Check> {
        let success = self
            .success
            .iter()
            .flat_map(|success| self.success_checks(success));
        let latency = self
            .latency
            .iter()
            .filter_map(|latency| self.latency_check(latency));
        success.chain(latency).collect()
    }

    /// Of the whole, and of each part where they differ.
    fn success_checks(&self, success: &Success) -> Vec<Check> {
        let target = self.objective.success;
        // Twice the failures that are allowed, as figures have it.
        let bad = 1.0 - 2.0 * (1.0 - target);
        let whole = success.success_ratio_by(None, RANGE);
        let mut unless_of_a_part = String::new();
        let mut checks = Vec::new();
        for label in &self.parts {
            let part = success.success_ratio_by(Some(label), RANGE);
            let failed = success.failed_by(label, RANGE);
            let few = FEW_FAILURES / RANGE_SECONDS;
            let broken = format!("(({part}) < {bad} and {failed} >= {few})");
            let differ = format!("count({broken}) < count({part})");
            unless_of_a_part += &format!(" unless on () ({differ})");
            let at = format!(" at {{{{{label}}}}}");
            let expr = format!("({broken} and on () ({differ}))");
            checks.push(self.success_check(&format!("by {label}"), Health::Bad, &at, expr));
        }
        let is_bad = format!("(({whole}) < {bad}{unless_of_a_part})");
        let is_low = format!("(({whole}) < {target} >= {bad}{unless_of_a_part})");
        checks.push(self.success_check("bad", Health::Bad, "", is_bad));
        checks.push(self.success_check("low", Health::Warning, "", is_low));
        checks
    }

    fn success_check(&self, name: &str, status: Health, at: &str, expr: String) -> Check {
        let (noun, target) = (&self.noun, percent(self.objective.success));
        Check {
            unit: "percentunit".to_owned(),
            ..Check::new(
                &format!("{} success {name}", self.name),
                status,
                &format!("success of {noun} $value{at}, below {target} over 5 min"),
                expr,
            )
        }
    }

    fn latency_check(&self, latency: &Latency) -> Option<Check> {
        let limit = self.objective.latency?;
        let p95 = latency.quantile(0.95, RANGE)?;
        let (noun, unit) = (&self.noun, &latency.unit);
        Some(Check {
            unit: unit.clone(),
            ..Check::new(
                &format!("{} latency", self.name),
                Health::Bad,
                &format!("latency p95 of {noun} $value, above {limit} {unit} over 5 min"),
                format!("(({p95}) > {limit})"),
            )
        })
    }
}

/// The text with a small letter at its beginning, unless it begins with an
/// abbreviation.
fn small(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            let rest = &text[first.len_utf8()..];
            first.to_lowercase().collect::<String>() + rest
        }
        _ => text.to_owned(),
    }
}

/// A share as people say it: `99.5 %`.
fn percent(share: f64) -> String {
    format!("{}\u{a0}%", (share * 1e7).round() / 1e5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_titles_are_written_as_people_say_them() {
        assert_eq!(percent(0.95), "95\u{a0}%");
        assert_eq!(percent(0.9995), "99.95\u{a0}%");
        assert_eq!(small("Active jobs"), "active jobs");
        assert_eq!(small("API errors"), "API errors");
    }
}
