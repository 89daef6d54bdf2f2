//! The rules that OpenMetrics 1.0 sets beyond its grammar: families stand
//! together, metadata comes first, suffixes fit the type, points are complete.
//!
//! Prometheus enforces none of them, and neither do we: a page that is read
//! elsewhere must not cost its target here. They are told to whoever runs the
//! exporter.
//!
//! Contract: fed with a document's lines in order; a broken rule is a [`Fault`]
//! at the line (or at the first line of the point) that breaks it, and the
//! document goes on as if it were kept.
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
        let is_open = self
            .family
            .as_ref()
            .is_some_and(|open| open.name() == family);
        let started = if is_open {
            Ok(())
        } else {
            self.start_family(Family::new(line_start, family))
        };
        match &mut self.family {
            Some(open) => started.and(open.metadata(line_start, metadata)),
            None => started,
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
        let is_open = self.family.as_ref().is_some_and(|open| open.owns(&name));
        let started = if is_open {
            Ok(())
        } else {
            self.start_family(Family::untyped(line_start, &name))
        };
        match &mut self.family {
            Some(open) => started.and(open.sample(line_start, &name, items, (value, timestamp_ms))),
            None => started,
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
        let finished = self.finish_family();
        let is_free = if self.taken_names.contains(family.name()) {
            Err(family.fault_at_start(
                "its name is taken by an earlier family, or its lines do not stand together",
            ))
        } else {
            Ok(())
        };
        self.family = Some(family);
        finished.and(is_free)
    }

    fn finish_family(&mut self) -> Result<(), Fault> {
        let Some(family) = self.family.take() else {
            return Ok(());
        };
        let mut finished = family.finish();
        for name in family.sample_names() {
            if !self.taken_names.insert(name) {
                finished = finished.and(Err(
                    family.fault_at_start("one of its sample names is taken by an earlier family")
                ));
            }
        }
        finished
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
