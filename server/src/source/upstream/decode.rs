//! Prometheus' JSON to typed answers.
//!
//! Samples go straight from the text into columns. Native histograms stand under
//! other keys, as buckets with bounds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use series::histogram::Bucket;
use series::{
    Histogram, LabeledSeries, Labels, LabelsBuilder, Metadata, MetricKind, Sample, SampleColumns,
};

use super::request::Body;
use crate::source::{
    Annotations, ApiErrorKind, Frame, Instant, InstantSample, InstantValue, MetricMetadata,
    SourceError,
};

/// An answer with its remarks.
#[derive(Debug)]
pub struct Envelope<T> {
    /// What was asked for.
    pub data: T,
    /// Warnings and infos.
    pub annotations: Annotations,
}

#[derive(Deserialize)]
struct RawEnvelope<T> {
    status: String,
    data: Option<T>,
    #[serde(rename = "errorType", default)]
    error_type: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    infos: Vec<String>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "errorType", default)]
    error_type: String,
    error: String,
}

/// Opens an answer.
pub fn envelope<'a, T: Deserialize<'a>>(body: &'a Body) -> Result<Envelope<T>, SourceError> {
    if !body.status.is_success() {
        return Err(refusal(body));
    }
    let raw: RawEnvelope<T> =
        serde_json::from_slice(body.bytes()).map_err(|error| not_prometheus(body, &error))?;
    match raw.data {
        Some(data) if raw.status == "success" => Ok(Envelope {
            data,
            annotations: Annotations {
                warnings: raw.warnings,
                infos: raw.infos,
                stats: None,
            },
        }),
        _ if raw.status == "error" => Err(SourceError::Api {
            kind: ApiErrorKind::from_name(&raw.error_type),
            message: raw.error,
        }),
        _ => Err(SourceError::NotPrometheus {
            url: body.url.clone(),
            reason: format!("it answered {:?}", body.excerpt()),
        }),
    }
}

fn refusal(body: &Body) -> SourceError {
    match serde_json::from_slice::<Refusal>(body.bytes()) {
        Ok(refusal) => SourceError::Api {
            kind: ApiErrorKind::from_name(&refusal.error_type),
            message: refusal.error,
        },
        Err(_) => body.status_error(),
    }
}

fn not_prometheus(body: &Body, error: &serde_json::Error) -> SourceError {
    let reason = if body.bytes().first() == Some(&b'{') {
        error.to_string()
    } else {
        format!("it answered {:?}", body.excerpt())
    };
    SourceError::NotPrometheus {
        url: body.url.clone(),
        reason,
    }
}

/// The answer to a range query.
pub fn range(envelope: Envelope<QueryData>, body: &Body) -> Result<Frame, SourceError> {
    let QueryData::Matrix(series) = envelope.data else {
        return Err(SourceError::NotPrometheus {
            url: body.url.clone(),
            reason: "its range query yields no matrix".to_owned(),
        });
    };
    let mut series = matrix(series);
    series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
    Ok(Frame::of_series(series, envelope.annotations))
}

/// The answer to an instant query.
pub fn instant(envelope: Envelope<QueryData>) -> Result<Instant, SourceError> {
    let annotations = envelope.annotations;
    let value = match envelope.data {
        QueryData::Matrix(series) => InstantValue::Matrix(matrix(series)),
        QueryData::Vector(samples) => InstantValue::Vector(vector(samples)),
        QueryData::Scalar(point) => InstantValue::Scalar(point.0),
        QueryData::String((seconds, value)) => InstantValue::String {
            timestamp_ms: milliseconds(seconds),
            value,
        },
    };
    Ok(Instant { value, annotations })
}

fn matrix(series: Vec<MatrixSeriesJson>) -> Vec<LabeledSeries> {
    let series = series.into_iter().map(|one| {
        let mut samples = one.values.0;
        for HistogramPoint(timestamp_ms, histogram) in one.histograms {
            samples.push_histogram(timestamp_ms, histogram);
        }
        LabeledSeries {
            labels: one.metric.0,
            samples,
        }
    });
    series.filter(|one| !one.samples.is_empty()).collect()
}

fn vector(samples: Vec<VectorSampleJson>) -> Vec<InstantSample> {
    samples
        .into_iter()
        .filter_map(|one| {
            let (sample, histogram) = match (one.value, one.histogram) {
                (Some(point), _) => (point.0, None),
                (None, Some(HistogramPoint(timestamp_ms, histogram))) => {
                    let value = f64::NAN;
                    let sample = Sample {
                        timestamp_ms,
                        value,
                    };
                    (sample, Some(histogram))
                }
                (None, None) => return None,
            };
            Some(InstantSample {
                labels: one.metric.0,
                sample,
                histogram,
            })
        })
        .collect()
}

/// `data` of `metadata`.
pub type MetadataByName = BTreeMap<String, Vec<RawMetadata>>;

/// Type, help and unit of a metric.
#[derive(Debug, Deserialize)]
pub struct RawMetadata {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    unit: String,
}

/// What exporters say of metrics: the first of several contradicting exporters.
pub fn metadata(by_name: MetadataByName) -> Vec<MetricMetadata> {
    by_name
        .into_iter()
        .filter_map(|(name, all)| Some((name, all.into_iter().next()?)))
        .map(|(name, raw)| MetricMetadata {
            name,
            metadata: Metadata {
                kind: MetricKind::from_word(&raw.kind).unwrap_or_default(),
                help: raw.help,
                unit: raw.unit,
            },
        })
        .collect()
}

/// `data` of `query` and `query_range`.
#[derive(Debug, Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub enum QueryData {
    /// Many samples a series.
    Matrix(Vec<MatrixSeriesJson>),
    /// One sample a series.
    Vector(Vec<VectorSampleJson>),
    /// A number.
    Scalar(Point),
    /// A text.
    String((f64, String)),
}

/// A series of a matrix.
#[derive(Debug, Deserialize)]
pub struct MatrixSeriesJson {
    metric: Metric,
    #[serde(default)]
    values: Points,
    #[serde(default)]
    histograms: Vec<HistogramPoint>,
}

/// A series of a vector.
#[derive(Debug, Deserialize)]
pub struct VectorSampleJson {
    metric: Metric,
    value: Option<Point>,
    histogram: Option<HistogramPoint>,
}

/// A label set.
#[derive(Debug)]
pub struct Metric(pub Labels);

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MetricVisitor)
    }
}

struct MetricVisitor;

impl<'de> Visitor<'de> for MetricVisitor {
    type Value = Metric;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("labels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metric, A::Error> {
        let mut builder = LabelsBuilder::default();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            builder.set(&name, &value);
        }
        Ok(Metric(builder.build()))
    }
}

/// `[1435781430.781, "1.5"]`.
#[derive(Debug)]
pub struct Point(Sample);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (seconds, Value(value)) = Deserialize::deserialize(deserializer)?;
        Ok(Self(Sample {
            timestamp_ms: milliseconds(seconds),
            value,
        }))
    }
}

/// `[1435781430.781, {"count": "3", "sum": "1.5", "buckets": […]}]`.
#[derive(Debug)]
struct HistogramPoint(i64, Arc<Histogram>);

impl<'de> Deserialize<'de> for HistogramPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (seconds, json): (f64, HistogramJson) = Deserialize::deserialize(deserializer)?;
        let buckets: Vec<Bucket> = json.buckets.iter().map(BucketJson::bucket).collect();
        let histogram = Histogram::from_buckets(json.count.0, json.sum.0, &buckets);
        Ok(Self(milliseconds(seconds), Arc::new(histogram)))
    }
}

/// A native histogram; of its buckets those that hold anything.
#[derive(Deserialize)]
struct HistogramJson {
    count: Value,
    sum: Value,
    #[serde(default)]
    buckets: Vec<BucketJson>,
}

/// Which bounds fall into the bucket, the bounds, the count: `[0, "1", "2", "3"]`.
#[derive(Deserialize)]
struct BucketJson(u8, Value, Value, Value);

impl BucketJson {
    fn bucket(&self) -> Bucket {
        let Self(inclusive, Value(lower), Value(upper), Value(count)) = self;
        Bucket {
            lower: *lower,
            upper: *upper,
            lower_inclusive: matches!(inclusive, 1 | 3),
            upper_inclusive: matches!(inclusive, 0 | 3),
            count: *count,
        }
    }
}

/// Points as columns.
#[derive(Debug, Default)]
struct Points(SampleColumns);

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PointsVisitor)
    }
}

struct PointsVisitor;

impl<'de> Visitor<'de> for PointsVisitor {
    type Value = Points;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("samples")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut points: A) -> Result<Points, A::Error> {
        let mut columns = SampleColumns::default();
        while let Some(Point(sample)) = points.next_element()? {
            columns.push(sample.timestamp_ms, sample.value);
        }
        Ok(Points(columns))
    }
}

/// A float in quotes; `+Inf`, `-Inf` and `NaN` among them.
struct Value(f64);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        text.parse()
            .map(Value)
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

#[cfg(test)]
mod tests;
