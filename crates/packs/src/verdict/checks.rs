//! A system to all that may be wrong with it: words, and the PromQL of what they
//! are said of.

use dashboard::{CONDITION, Health};

use super::SPAN;
use crate::expr::is_outside;
use crate::job::{JobModel, Latency, Success};
use crate::pack::{Limit, Watch};
use crate::system::System;

/// What is wrong is said as soon as figures show it, and figures are read in
/// passing: see `overview`.
const RANGE: &str = "5m";
/// Failures a second that are more than one unlucky job: of few jobs, three
/// within [`RANGE`] are bad, and two of a part are worth a word.
const MANY: f64 = 2.5 / 300.0;
const FEW: f64 = 1.5 / 300.0;

/// Words, and the PromQL of the series that they are said of.
pub(super) struct Check {
    pub name: String,
    pub status: Health,
    pub text: String,
    pub unit: String,
    expr: String,
    /// What is gravest is said first, of all systems.
    pub gravity: Gravity,
    /// See [`dashboard::VerdictCondition::descending`].
    pub descending: bool,
    /// See [`dashboard::VerdictCondition::after`].
    pub after: String,
    /// Where more is said; the system's board where it is empty.
    pub url: String,
}

/// What is wrong, from the gravest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gravity {
    Down,
    Limit,
    Missing,
    Success,
    Latency,
    Nothing,
}

impl Check {
    fn new(name: &str, status: Health, text: &str, expr: String) -> Self {
        Self {
            name: name.to_owned(),
            status,
            text: text.to_owned(),
            unit: String::new(),
            expr,
            gravity: Gravity::Down,
            descending: false,
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
        checks.extend(self.any_sign().map(|signs| match &up {
            Some(up) => Check::new(
                "absent",
                Health::Bad,
                "its targets answer, and export none of its metrics",
                format!("(absent({signs}) and on () (({up}) == 1))"),
            ),
            None => Check::new("absent", Health::Bad, "no data", format!("absent({signs})")),
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

    /// Something as long as one of the system's metrics is there. A counter may
    /// be absent before its first event, so one alone does not tell.
    fn any_sign(&self) -> Option<String> {
        let counts = self.signs.iter().map(|name| format!("count({name})"));
        let counts: Vec<String> = counts.collect();
        (!counts.is_empty()).then(|| counts.join(" or "))
    }

    fn in_order(&self, up: Option<String>) -> Option<Check> {
        let check = match up {
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
                format!("({})", self.any_sign()?),
            ),
        };
        Some(Check {
            gravity: Gravity::Nothing,
            ..check
        })
    }
}

impl Watch {
    /// What was there within [`SPAN`], and not within the time that is allowed.
    fn check(&self, place: usize) -> Check {
        let (before, lately) = (self.over(SPAN), self.over(&self.within));
        Check {
            after: self.within.clone(),
            gravity: Gravity::Missing,
            ..Check::new(
                &format!("watch {place}"),
                Health::Bad,
                &self.text,
                format!("(({before}) unless ({lately}))"),
            )
        }
    }
}

impl Limit {
    fn checks(&self, place: usize) -> Vec<Check> {
        let shall = self.shall();
        let below = is_outside(&self.expr, self.min, None).into_iter();
        let above = is_outside(&self.expr, None, self.max).into_iter();
        let below = below.map(|expr| (expr, "below"));
        let above = above.map(|expr| (expr, "above"));
        below
            .chain(above)
            .map(|(expr, side)| Check {
                unit: self.unit.clone(),
                gravity: Gravity::Limit,
                descending: side == "above",
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

    /// Of each part, and of the whole where no part tells it.
    fn success_checks(&self, success: &Success) -> Vec<Check> {
        let target = self.objective.success;
        // Twice the failures that are allowed, as figures have it.
        let bad = 1.0 - 2.0 * (1.0 - target);
        let mut parts = Vec::new();
        let mut checks = Vec::new();
        for label in &self.parts {
            let ratio = success.success_ratio_by(Some(label), RANGE);
            let failed = success.failed_by(Some(label), RANGE);
            let at = format!(" at {{{{{label}}}}}");
            let is_bad = format!("(({ratio}) < {bad} and {failed} >= {MANY})");
            let is_low = format!("(({ratio}) < {target} >= {bad} and {failed} >= {FEW})");
            checks.push(self.success_check(&format!("by {label}"), Health::Bad, &at, &is_bad));
            checks.push(self.success_check(
                &format!("by {label}, low"),
                Health::Warning,
                &at,
                &is_low,
            ));
            parts.extend([is_bad, is_low]);
        }
        let unless_of_a_part = match parts.as_slice() {
            [] => String::new(),
            parts => format!(" unless on () (count({}) > 0)", parts.join(" or ")),
        };
        let ratio = success.success_ratio(RANGE);
        let failed = success.failed_by(None, RANGE);
        let is_bad = format!("({ratio}) < {bad} and {failed} >= {MANY}");
        let is_low = format!("({ratio}) < {target} unless ({is_bad})");
        let [is_bad, is_low] = [is_bad, is_low].map(|expr| format!("(({expr}){unless_of_a_part})"));
        checks.push(self.success_check("bad", Health::Bad, "", &is_bad));
        checks.push(self.success_check("low", Health::Warning, "", &is_low));
        checks
    }

    fn success_check(&self, name: &str, status: Health, at: &str, expr: &str) -> Check {
        let (noun, target) = (&self.noun, percent(self.objective.success));
        Check {
            unit: "percentunit".to_owned(),
            gravity: Gravity::Success,
            ..Check::new(
                &format!("{} success {name}", self.name),
                status,
                &format!("success of {noun} $value{at}, below {target} over 5 min"),
                expr.to_owned(),
            )
        }
    }

    fn latency_check(&self, latency: &Latency) -> Option<Check> {
        let limit = self.objective.latency?;
        let p95 = latency.quantile(0.95, RANGE)?;
        let (noun, unit) = (&self.noun, &latency.unit);
        Some(Check {
            unit: unit.clone(),
            gravity: Gravity::Latency,
            descending: true,
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
