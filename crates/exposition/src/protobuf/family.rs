//! A `MetricFamily` message to lines of text and native histograms.

use std::borrow::Cow;
use std::sync::Arc;

use protobuf::{Fields, Malformed};
use series::{Labels, LabelsBuilder, MetricKind};

use super::histogram::{InvalidPageHistogram, PageHistogram};
use super::text::{Pair, comment_name, help, number_text, series};
use super::{NativeHistogram, PageExemplar, PageStart, ProtobufOptions, ProtobufPage};

/// A family as its message has it.
#[derive(Default)]
pub(super) struct Family<'a> {
    pub name: &'a str,
    help: &'a str,
    unit: &'a str,
    kind: MetricKind,
    metrics: Vec<&'a [u8]>,
}

/// One metric of a family, still as bytes where it is more than a number.
#[derive(Default)]
struct Metric<'a> {
    labels: Vec<Pair<'a>>,
    /// Of a counter, a gauge or an untyped metric.
    value: Option<f64>,
    exemplar: Option<&'a [u8]>,
    start_ms: Option<i64>,
    summary: Option<&'a [u8]>,
    histogram: Option<&'a [u8]>,
    timestamp_ms: Option<i64>,
}

impl<'a> Family<'a> {
    pub fn read(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut family = Self {
            // The type that is not written.
            kind: MetricKind::Counter,
            ..Self::default()
        };
        for field in Fields::of(message) {
            match field? {
                (1, name) => family.name = name.text()?,
                (2, help) => family.help = help.text()?,
                (3, kind) => family.kind = metric_kind(kind.uint64()?),
                (4, metric) => family.metrics.push(metric.bytes()?),
                (5, unit) => family.unit = unit.text()?,
                _ => {}
            }
        }
        if family.name.is_empty() {
            return Err(Malformed);
        }
        Ok(family)
    }

    pub fn write(
        &self,
        options: ProtobufOptions,
        page: &mut ProtobufPage,
    ) -> Result<(), InvalidPageHistogram> {
        let name = comment_name(self.name);
        if !self.help.is_empty() {
            line(page, &format!("# HELP {name} {}", help(self.help)));
        }
        line(page, &format!("# TYPE {name} {}", self.kind.as_str()));
        if !self.unit.is_empty() {
            page.units
                .push((self.name.to_owned(), self.unit.to_owned()));
        }
        for metric in &self.metrics {
            let metric = Metric::read(metric)?;
            if let Some(value) = metric.value {
                let raw = self.sample(page, &metric, "", None, value);
                push_exemplar(page, raw, metric.exemplar)?;
            }
            if let Some(summary) = metric.summary {
                self.write_summary(page, &metric, summary)?;
            }
            if let Some(histogram) = metric.histogram {
                let histogram = PageHistogram::read(histogram)?;
                self.write_histogram(page, &metric, &histogram, options)?;
            }
            if let Some(start_ms) = metric.start_ms {
                self.push_start(page, &metric, start_ms);
            }
        }
        Ok(())
    }

    fn write_summary(
        &self,
        page: &mut ProtobufPage,
        metric: &Metric<'_>,
        message: &[u8],
    ) -> Result<(), Malformed> {
        let (mut count, mut sum) = (0, 0.0);
        for field in Fields::of(message) {
            match field? {
                (1, number) => count = number.uint64()?,
                (2, number) => sum = number.double()?,
                (3, quantile) => {
                    let (quantile, value) = two_doubles(quantile.bytes()?)?;
                    let label = ("quantile", Cow::Owned(number_text(quantile)));
                    self.sample(page, metric, "", Some(label), value);
                }
                (4, start) => {
                    if let Some(start_ms) = milliseconds(start.bytes()?)? {
                        self.push_start(page, metric, start_ms);
                    }
                }
                _ => {}
            }
        }
        self.sample(page, metric, "_sum", None, sum);
        self.sample(page, metric, "_count", None, count as f64);
        Ok(())
    }

    fn write_histogram(
        &self,
        page: &mut ProtobufPage,
        metric: &Metric<'_>,
        histogram: &PageHistogram<'_>,
        options: ProtobufOptions,
    ) -> Result<(), InvalidPageHistogram> {
        let is_native = options.native_histograms && histogram.is_native();
        if is_native {
            let is_gauge = self.kind == MetricKind::GaugeHistogram;
            let raw = series(self.name, "", &metric.labels, None);
            for exemplar in &histogram.exemplars {
                push_exemplar(page, raw.clone(), Some(exemplar))?;
            }
            page.histograms.push(NativeHistogram {
                raw,
                kind: self.kind,
                histogram: Arc::new(histogram.to_native(is_gauge)?),
                timestamp_ms: metric.timestamp_ms,
            });
        }
        if let Some(start_ms) = histogram.start_ms {
            self.push_start(page, metric, start_ms);
        }
        if is_native && !(options.classic_histograms && histogram.has_buckets()) {
            return Ok(());
        }
        let mut has_infinity = false;
        for bucket in histogram.buckets() {
            let bucket = bucket?;
            has_infinity |= bucket.upper == f64::INFINITY;
            let label = ("le", Cow::Owned(number_text(bucket.upper)));
            let raw = self.sample(page, metric, "_bucket", Some(label), bucket.count);
            push_exemplar(page, raw, bucket.exemplar)?;
        }
        if !has_infinity {
            let label = ("le", Cow::Borrowed("+Inf"));
            self.sample(page, metric, "_bucket", Some(label), histogram.count());
        }
        self.sample(page, metric, "_sum", None, histogram.sum());
        self.sample(page, metric, "_count", None, histogram.count());
        Ok(())
    }

    /// Writes a line; gives its series.
    fn sample(
        &self,
        page: &mut ProtobufPage,
        metric: &Metric<'_>,
        suffix: &str,
        label: Option<Pair<'_>>,
        value: f64,
    ) -> String {
        let raw = series(self.name, suffix, &metric.labels, label);
        let value = number_text(value);
        match metric.timestamp_ms {
            Some(time_ms) => line(page, &format!("{raw} {value} {time_ms}")),
            None => line(page, &format!("{raw} {value}")),
        }
        raw
    }

    fn push_start(&self, page: &mut ProtobufPage, metric: &Metric<'_>, start_ms: i64) {
        let series = series(self.name, "", &metric.labels, None);
        page.starts.push(PageStart { series, start_ms });
    }
}

impl<'a> Metric<'a> {
    fn read(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut metric = Self::default();
        for field in Fields::of(message) {
            match field? {
                (1, label) => {
                    let (name, value) = pair(label.bytes()?)?;
                    // An empty value is no label.
                    if !value.is_empty() {
                        metric.labels.push((name, Cow::Borrowed(value)));
                    }
                }
                (2 | 5, number) => metric.read_number(number.bytes()?)?,
                (3, counter) => metric.read_counter(counter.bytes()?)?,
                (4, summary) => metric.summary = Some(summary.bytes()?),
                (6, time) => metric.timestamp_ms = Some(time.int64()?).filter(|ms| *ms != 0),
                (7, histogram) => metric.histogram = Some(histogram.bytes()?),
                _ => {}
            }
        }
        Ok(metric)
    }

    /// `Gauge` and `Untyped`
    fn read_number(&mut self, message: &'a [u8]) -> Result<(), Malformed> {
        self.value = Some(two_doubles(message)?.0);
        Ok(())
    }

    fn read_counter(&mut self, message: &'a [u8]) -> Result<(), Malformed> {
        self.value = Some(0.0);
        for field in Fields::of(message) {
            match field? {
                (1, value) => self.value = Some(value.double()?),
                (2, exemplar) => self.exemplar = Some(exemplar.bytes()?),
                (3, start) => self.start_ms = milliseconds(start.bytes()?)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn line(page: &mut ProtobufPage, text: &str) {
    page.text.extend_from_slice(text.as_bytes());
    page.text.push(b'\n');
}

fn push_exemplar(
    page: &mut ProtobufPage,
    series: String,
    message: Option<&[u8]>,
) -> Result<(), Malformed> {
    let Some(message) = message else {
        return Ok(());
    };
    let mut labels = LabelsBuilder::default();
    let mut exemplar = PageExemplar {
        series,
        labels: Labels::empty(),
        value: 0.0,
        timestamp_ms: None,
    };
    for field in Fields::of(message) {
        match field? {
            (1, label) => {
                let (name, value) = pair(label.bytes()?)?;
                labels.set(name, value);
            }
            (2, value) => exemplar.value = value.double()?,
            (3, time) => exemplar.timestamp_ms = milliseconds(time.bytes()?)?,
            _ => {}
        }
    }
    exemplar.labels = labels.build();
    page.exemplars.push(exemplar);
    Ok(())
}

/// `LabelPair`
fn pair(message: &[u8]) -> Result<(&str, &str), Malformed> {
    let (mut name, mut value) = ("", "");
    for field in Fields::of(message) {
        match field? {
            (1, text) => name = text.text()?,
            (2, text) => value = text.text()?,
            _ => {}
        }
    }
    Ok((name, value))
}

/// `Quantile`, `Gauge` and `Untyped`: their doubles by number.
fn two_doubles(message: &[u8]) -> Result<(f64, f64), Malformed> {
    let mut numbers = (0.0, 0.0);
    for field in Fields::of(message) {
        match field? {
            (1, number) => numbers.0 = number.double()?,
            (2, number) => numbers.1 = number.double()?,
            _ => {}
        }
    }
    Ok(numbers)
}

/// `google.protobuf.Timestamp`; `None` where it is not set.
pub(super) fn milliseconds(message: &[u8]) -> Result<Option<i64>, Malformed> {
    let (mut seconds, mut nanos) = (0_i64, 0_i64);
    for field in Fields::of(message) {
        match field? {
            (1, number) => seconds = number.int64()?,
            (2, number) => nanos = number.int64()?,
            _ => {}
        }
    }
    let ms = seconds
        .saturating_mul(1000)
        .saturating_add(nanos / 1_000_000);
    Ok(Some(ms).filter(|ms| *ms != 0))
}

/// `MetricType`
fn metric_kind(number: u64) -> MetricKind {
    match number {
        0 => MetricKind::Counter,
        1 => MetricKind::Gauge,
        2 => MetricKind::Summary,
        4 => MetricKind::Histogram,
        5 => MetricKind::GaugeHistogram,
        _ => MetricKind::Unknown,
    }
}
