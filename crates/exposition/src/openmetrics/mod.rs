//! The rules that OpenMetrics 1.0 sets beyond its grammar: families stand
//! together, metadata comes first, suffixes fit the type, points are complete.
//!
//! Contract: fed with a document's lines in order; the first broken rule is a
//! [`Fault`] at the line (or at the first line of the point) that breaks it.
//! Source: the OpenMetrics 1.0 specification, sections "Data Model" and
//! "Metric types".

mod family;
mod histogram;

use std::collections::HashSet;

use series::MetricKind;

use crate::error::{ErrorKind, Fault};
use crate::labels::Item;
use crate::series::Series;
use family::Family;

/// The most characters that an exemplar's names and values have together.
const MAX_EXEMPLAR_CHARS: usize = 128;

/// One metadata line.
pub(crate) enum Metadata<'m> {
    Help,
    Type(MetricKind),
    Unit(&'m str),
}

/// What has been seen of a document so far.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Every name that the finished families may use for samples.
    taken_names: HashSet<String>,
    family: Option<Family>,
    has_ended: bool,
}

impl Rules {
    /// Whether `# EOF` has been read.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Takes `# EOF`.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.has_ended = true;
        self.finish_family()
    }

    pub(crate) fn metadata(
        &mut self,
        line_start: usize,
        family: &str,
        metadata: Metadata<'_>,
    ) -> Result<(), Fault> {
        if self
            .family
            .as_ref()
            .is_none_or(|open| open.name() != family)
        {
            self.start_family(Family::new(line_start, family))?;
        }
        match &mut self.family {
            Some(open) => open.metadata(line_start, metadata),
            None => Ok(()),
        }
    }

    pub(crate) fn sample(
        &mut self,
        line_start: usize,
        series: &Series<'_>,
        items: &[Item<'_>],
        (value, timestamp_ms): (f64, Option<i64>),
    ) -> Result<(), Fault> {
        let name = series.name();
        if self.family.as_ref().is_none_or(|open| !open.owns(&name)) {
            self.start_family(Family::untyped(line_start, &name))?;
        }
        match &mut self.family {
            Some(open) => open.sample(line_start, &name, items, (value, timestamp_ms)),
            None => Ok(()),
        }
    }

    pub(crate) fn exemplar(&self, line_start: usize, items: &[Item<'_>]) -> Result<(), Fault> {
        let Some(open) = &self.family else {
            return Ok(());
        };
        if !open.last_sample_may_have_exemplar() {
            return Err(open.fault(line_start, "only counters and buckets have exemplars"));
        }
        let characters: usize = items.iter().map(Item::decoded_chars).sum();
        if characters > MAX_EXEMPLAR_CHARS {
            return Err(open.fault(
                line_start,
                "an exemplar's labels have at most 128 characters",
            ));
        }
        Ok(())
    }

    fn start_family(&mut self, family: Family) -> Result<(), Fault> {
        self.finish_family()?;
        if self.taken_names.contains(family.name()) {
            return Err(family.fault_at_start(
                "its name is taken by an earlier family, or its lines do not stand together",
            ));
        }
        self.family = Some(family);
        Ok(())
    }

    fn finish_family(&mut self) -> Result<(), Fault> {
        let Some(family) = self.family.take() else {
            return Ok(());
        };
        family.finish()?;
        for name in family.sample_names() {
            if !self.taken_names.insert(name) {
                return Err(
                    family.fault_at_start("one of its sample names is taken by an earlier family")
                );
            }
        }
        Ok(())
    }
}

pub(crate) fn fault(offset: usize, family: &str, rule: &'static str) -> Fault {
    Fault {
        offset,
        kind: ErrorKind::OpenMetrics {
            family: family.to_owned(),
            rule,
        },
    }
}
