//! A system's limits and objectives as PromQL: how many of them are broken; and
//! when it began anew.

use dashboard::annotation::{Annotation, AnnotationQuery, MarksFrom};

use crate::expr::is_outside;
use crate::job::JobModel;
use crate::metrics::metrics_of;
use crate::system::System;

/// A figure is read in passing: it shall not jump with every scrape.
const RANGE: &str = "5m";

impl System {
    /// How many of the system's limits and objectives are broken; nothing while
    /// the system is not there. `None` where it has none.
    pub(crate) fn broken_limits(&self) -> Option<String> {
        let limits = self
            .limits
            .iter()
            .flat_map(|limit| is_outside(&limit.expr, limit.min, limit.max));
        let objectives = self.jobs.iter().flat_map(JobModel::missed_objectives);
        let counts: Vec<String> = limits
            .chain(objectives)
            .map(|outside| format!("(count({outside}) or vector(0))"))
            .collect();
        let present = self.present()?;
        (!counts.is_empty()).then(|| format!("{} and on () count({present})", counts.join(" + ")))
    }

    /// A metric that is there as long as the system is.
    pub(crate) fn present(&self) -> Option<String> {
        let of_job = self.jobs.iter().find_map(JobModel::present);
        of_job.or_else(|| {
            let mut names = self.limits.iter().flat_map(|limit| metrics_of(&limit.expr));
            names.find_map(|names| names.into_iter().next())
        })
    }
}

/// Marks when parts of a system began anew: where a counter that it has fell
/// back. `None` where it has none.
pub fn restarts(system: &System) -> Option<Annotation> {
    let mut counters = system.jobs.iter().filter_map(|job| job.success.as_ref());
    let counter = counters.next()?.present();
    let query = AnnotationQuery {
        expr: format!("sum by (instance) (resets({counter}[1m])) > 0"),
        title: "{{instance}}".to_owned(),
        ..AnnotationQuery::default()
    };
    Some(Annotation {
        name: "Restart".to_owned(),
        from: MarksFrom::Query(query),
        ..Annotation::default()
    })
}

impl JobModel {
    /// Comparisons that give something where an objective is missed.
    fn missed_objectives(&self) -> Vec<String> {
        let objective = &self.objective;
        let success = self.success.as_ref().map(|success| {
            let ratio = success.success_ratio(RANGE);
            is_outside(&ratio, Some(objective.success), None)
        });
        let latency = self.latency.as_ref().and_then(|latency| {
            let p95 = latency.quantile(0.95, RANGE)?;
            Some(is_outside(&p95, None, objective.latency))
        });
        success.into_iter().chain(latency).flatten().collect()
    }

    fn present(&self) -> Option<String> {
        if let Some(success) = &self.success {
            Some(success.present().to_string())
        } else if let Some(latency) = &self.latency {
            Some(latency.metric.with_suffix("_count").to_string())
        } else if let Some(workers) = &self.workers {
            Some(workers.busy.to_string())
        } else {
            Some(self.queue.as_ref()?.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Inventory, Pack};
    use series::MetricKind;

    fn check(pack: &str, expected: Option<&str>) {
        let mut inventory = Inventory::default();
        for name in ["busy", "jobs_total"] {
            inventory.declare(name, MetricKind::Gauge);
        }
        let head = "name = \"farm\"\ntitle = \"Farm\"\n[recognise]\nall = [\"busy\"]\n";
        let pack = Pack::from_toml(&format!("{head}{pack}")).unwrap();
        let expr = pack.recognise(&inventory).unwrap().broken_limits();
        assert_eq!(expr.as_deref(), expected);
        if let Some(expr) = expr {
            promql::parse(&expr).unwrap();
        }
    }

    #[test]
    fn broken_limits_are_counted_while_the_system_is_there() {
        check("", None);
        check(
            "[[limit]]\ntitle = \"Busy\"\nexpr = \"sum(busy) or busy\"\nmin = 1\nmax = 10",
            Some(
                "(count((sum(busy) or busy) < 1) or vector(0)) + \
                 (count((sum(busy) or busy) > 10) or vector(0)) and on () count(busy)",
            ),
        );
        check(
            "[[job]]\nname = \"j\"\nobjective = { success = 0.95 }\n\
             success = { total = \"jobs_total\", failure = \"fails_total\" }",
            Some(
                "(count((1 - ((sum (rate(fails_total[5m])) or sum (rate(jobs_total[5m])) * 0) / \
                 sum (rate(jobs_total[5m])))) < 0.95) or vector(0)) and on () count(jobs_total)",
            ),
        );
    }
}
