//! The identity of a series as a document writes it.

use std::borrow::Cow;

use series::{Labels, METRIC_NAME, MetricKind};

use crate::labels::ItemLexer;
use crate::{LabelPairs, Text};

/// A metric name and its labels, still as bytes of the document.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    pub(crate) raw: &'a str,
    pub(crate) name: Text<'a>,
    pub(crate) items: Option<ItemLexer<'a>>,
    pub(crate) kind: MetricKind,
}

impl<'a> Series<'a> {
    /// `name{labels}` as the document writes it: equal bytes are the same
    /// series, so this is the key of a cache from scrape to scrape. Different
    /// bytes may be the same series too (labels in another order).
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// The metric's name.
    pub fn name(&self) -> Cow<'a, str> {
        self.name.decode()
    }

    /// The type of the family that the series belongs to, as far as the
    /// document has said it before the series.
    pub fn kind(&self) -> MetricKind {
        self.kind
    }

    /// The labels in the order written, without the metric's name.
    pub fn labels(&self) -> LabelPairs<'a> {
        LabelPairs::new(self.items, self.kind)
    }

    /// The complete label set; labels with empty values are left out.
    pub fn to_labels(&self) -> Labels {
        let name = (Cow::Borrowed(METRIC_NAME), self.name());
        Labels::from_pairs(std::iter::once(name).chain(self.labels()))
    }
}
