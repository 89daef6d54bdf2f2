//! Typed answers to Prometheus' JSON, written straight into bytes: a range
//! query's answer is mostly numbers, and a tree of values would double it.
//!
//! Numbers are written as Go's `strconv` does with the shortest digits: values
//! in quotes, `+Inf`, `-Inf`, `NaN`, an exponent below 1e-6 and from 1e21 on;
//! times in seconds with exactly three decimals where there is a fraction.

use std::io::Write;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde::Serialize;
use series::histogram::Bucket;
use series::{Histogram, LabeledSeries, Labels, Sample};

use crate::source::{Annotations, Frame, Instant, InstantSample, InstantValue, QueryStats};

/// A number as Prometheus writes it.
pub fn number_text(value: f64) -> String {
    let mut success = Success { bytes: Vec::new() };
    success.number(value);
    String::from_utf8(success.bytes).unwrap_or_default()
}

/// A successful answer under construction.
#[derive(Debug)]
pub struct Success {
    bytes: Vec<u8>,
}

impl Success {
    /// Wraps plain serialisable data.
    pub fn data(data: &impl Serialize, annotations: &Annotations) -> Self {
        let mut success = Self::begin();
        success.value(data);
        success.end(annotations)
    }

    /// The answer to a range query.
    pub fn range(frame: &Frame, with_stats: bool) -> Self {
        let mut success = Self::begin();
        success.raw(r#"{"resultType":"matrix","result":"#);
        success.matrix(frame.series());
        success.end_query(&frame.annotations, with_stats)
    }

    /// The answer to an instant query.
    pub fn instant(instant: &Instant, with_stats: bool) -> Self {
        let mut success = Self::begin();
        let kind = match instant.value {
            InstantValue::Scalar(_) => "scalar",
            InstantValue::String { .. } => "string",
            InstantValue::Vector(_) => "vector",
            InstantValue::Matrix(_) => "matrix",
        };
        success.raw(r#"{"resultType":""#);
        success.raw(kind);
        success.raw(r#"","result":"#);
        match &instant.value {
            InstantValue::Scalar(sample) => success.point(*sample),
            InstantValue::String {
                timestamp_ms,
                value,
            } => {
                success.raw("[");
                success.time(*timestamp_ms);
                success.raw(",");
                success.value(value);
                success.raw("]");
            }
            InstantValue::Vector(samples) => success.vector(samples),
            InstantValue::Matrix(series) => success.matrix(series),
        }
        success.end_query(&instant.annotations, with_stats)
    }

    /// Label sets.
    pub fn label_sets(sets: &[Labels], annotations: &Annotations) -> Self {
        let mut success = Self::begin();
        success.list(sets, Self::labels);
        success.end(annotations)
    }

    fn begin() -> Self {
        Self {
            bytes: br#"{"status":"success","data":"#.to_vec(),
        }
    }

    fn end_query(mut self, annotations: &Annotations, with_stats: bool) -> Self {
        if let Some(stats) = annotations.stats.filter(|_| with_stats) {
            self.raw(r#","stats":"#);
            self.value(&stats_json(&stats));
        }
        self.raw("}");
        self.end(annotations)
    }

    fn end(mut self, annotations: &Annotations) -> Self {
        let remarks = [
            ("warnings", &annotations.warnings),
            ("infos", &annotations.infos),
        ];
        for (name, texts) in remarks {
            if !texts.is_empty() {
                self.raw(",\"");
                self.raw(name);
                self.raw("\":");
                self.value(texts);
            }
        }
        self.raw("}");
        self
    }

    fn raw(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        // Writing into memory does not fail, and our values are all valid JSON.
        let _ = serde_json::to_writer(&mut self.bytes, value);
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.raw("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            write(self, item);
        }
        self.raw("]");
    }

    fn matrix(&mut self, series: &[LabeledSeries]) {
        self.list(series, |this, one| {
            this.raw(r#"{"metric":"#);
            this.labels(&one.labels);
            let histograms = one.samples.histograms.as_deref();
            if histograms.is_none() || !one.samples.timestamps_ms.is_empty() {
                this.raw(r#","values":["#);
                for (index, sample) in one.samples.iter().enumerate() {
                    if index > 0 {
                        this.raw(",");
                    }
                    this.point(sample);
                }
                this.raw("]");
            }
            if histograms.is_some() {
                this.raw(r#","histograms":["#);
                for (index, (time_ms, one)) in one.samples.iter_histograms().enumerate() {
                    if index > 0 {
                        this.raw(",");
                    }
                    this.histogram_point(time_ms, one);
                }
                this.raw("]");
            }
            this.raw("}");
        });
    }

    fn vector(&mut self, samples: &[InstantSample]) {
        self.list(samples, |this, one| {
            this.raw(r#"{"metric":"#);
            this.labels(&one.labels);
            match &one.histogram {
                Some(histogram) => {
                    this.raw(r#","histogram":"#);
                    this.histogram_point(one.sample.timestamp_ms, histogram);
                }
                None => {
                    this.raw(r#","value":"#);
                    this.point(one.sample);
                }
            }
            this.raw("}");
        });
    }

    fn labels(&mut self, labels: &Labels) {
        self.raw("{");
        for (index, label) in labels.iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.value(label.name);
            self.raw(":");
            self.value(label.value);
        }
        self.raw("}");
    }

    fn point(&mut self, sample: Sample) {
        self.raw("[");
        self.time(sample.timestamp_ms);
        self.raw(",\"");
        self.number(sample.value);
        self.raw("\"]");
    }

    /// Empty buckets are left out.
    fn histogram_point(&mut self, time_ms: i64, histogram: &Histogram) {
        self.raw("[");
        self.time(time_ms);
        self.raw(r#",{"count":""#);
        self.number(histogram.count);
        self.raw(r#"","sum":""#);
        self.number(histogram.sum);
        self.raw("\"");
        let filled = histogram.buckets().filter(|bucket| bucket.count != 0.0);
        let filled: Vec<Bucket> = filled.collect();
        if !filled.is_empty() {
            self.raw(r#","buckets":"#);
            self.list(&filled, Self::bucket);
        }
        self.raw("}]");
    }

    /// Which bounds fall into the bucket, the bounds, the count.
    fn bucket(&mut self, bucket: &Bucket) {
        self.raw(match (bucket.lower_inclusive, bucket.upper_inclusive) {
            (false, true) => "[0",
            (true, false) => "[1",
            (false, false) => "[2",
            (true, true) => "[3",
        });
        for number in [bucket.lower, bucket.upper, bucket.count] {
            self.raw(",\"");
            self.number(number);
            self.raw("\"");
        }
        self.raw("]");
    }

    fn time(&mut self, ms: i64) {
        let sign = if ms < 0 { "-" } else { "" };
        let ms = ms.unsigned_abs();
        let (seconds, fraction) = (ms / 1000, ms % 1000);
        let _ = match fraction {
            0 => write!(self.bytes, "{sign}{seconds}"),
            fraction => write!(self.bytes, "{sign}{seconds}.{fraction:03}"),
        };
    }

    fn number(&mut self, value: f64) {
        let magnitude = value.abs();
        let _ = if value.is_nan() {
            write!(self.bytes, "NaN")
        } else if value.is_infinite() {
            write!(self.bytes, "{}Inf", if value > 0.0 { '+' } else { '-' })
        } else if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
            self.scientific(value)
        } else {
            write!(self.bytes, "{value}")
        };
    }

    /// Go writes the exponent with its sign and at least two digits.
    fn scientific(&mut self, value: f64) -> std::io::Result<()> {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent
            .strip_prefix('-')
            .map_or(('+', exponent), |digits| ('-', digits));
        write!(self.bytes, "{mantissa}e{sign}{digits:0>2}")
    }
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.bytes).into_response()
    }
}

/// `stats` as Prometheus answers it.
fn stats_json(stats: &QueryStats) -> serde_json::Value {
    let total_s = stats.total.as_secs_f64();
    let waited_s = stats.waited.as_secs_f64();
    serde_json::json!({
        "timings": {
            "evalTotalTime": total_s - waited_s,
            "resultSortTime": 0.0,
            "queryPreparationTime": 0.0,
            "innerEvalTime": total_s - waited_s,
            "execQueueTime": waited_s,
            "execTotalTime": total_s,
        },
        "samples": {
            "totalQueryableSamples": stats.queryable_samples,
            "peakSamples": stats.peak_samples,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use series::SampleColumns;
    use series::histogram::Buckets;

    use super::*;

    fn check(timestamp_ms: i64, value: f64, expected: &str) {
        let mut success = Success { bytes: Vec::new() };
        success.point(Sample {
            timestamp_ms,
            value,
        });
        assert_eq!(String::from_utf8(success.bytes).unwrap(), expected);
    }

    #[test]
    fn points_are_written_as_prometheus_writes_them() {
        check(1_435_781_430_781, 1.5, r#"[1435781430.781,"1.5"]"#);
        check(1_435_781_430_000, 1.0, r#"[1435781430,"1"]"#);
        check(1_435_781_430_100, -0.0, r#"[1435781430.100,"-0"]"#);
        check(-1, f64::INFINITY, r#"[-0.001,"+Inf"]"#);
        check(0, f64::NEG_INFINITY, r#"[0,"-Inf"]"#);
        check(0, f64::NAN, r#"[0,"NaN"]"#);
        check(0, 1e20, r#"[0,"100000000000000000000"]"#);
        check(0, 1e21, r#"[0,"1e+21"]"#);
        check(0, 1.5e-7, r#"[0,"1.5e-07"]"#);
        check(0, 0.000001, r#"[0,"0.000001"]"#);
        check(0, f64::MAX, r#"[0,"1.7976931348623157e+308"]"#);
    }

    #[test]
    fn an_answer_has_labels_and_remarks() {
        let instant = Instant {
            value: InstantValue::Vector(vec![InstantSample {
                labels: Labels::from_pairs([("__name__", "up"), ("a", "\"\n")]),
                sample: Sample {
                    timestamp_ms: 0,
                    value: 1.0,
                },
                histogram: None,
            }]),
            annotations: Annotations {
                warnings: vec!["w".into()],
                ..Annotations::default()
            },
        };
        let bytes = Success::instant(&instant, true).bytes;
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","a":"\"\n"},"value":[0,"1"]}]},"warnings":["w"]}"#
        );
    }

    #[test]
    fn histograms_are_written_as_prometheus_writes_them() {
        let histogram = Arc::new(Histogram {
            count: 10.0,
            sum: 1e21,
            zero_threshold: 0.001,
            zero_count: 2.0,
            positive: Buckets::contiguous(0, vec![1.0, 0.0, 2.5]),
            negative: Buckets::contiguous(1, vec![4.0]),
            ..Histogram::default()
        });
        let point = r#"[1.500,{"count":"10","sum":"1e+21","buckets":[[1,"-2","-1","4"],[3,"-0.001","0.001","2"],[0,"0.5","1","1"],[0,"2","4","2.5"]]}]"#;
        let vector = vec![InstantSample {
            labels: Labels::empty(),
            sample: Sample {
                timestamp_ms: 1500,
                value: f64::NAN,
            },
            histogram: Some(Arc::clone(&histogram)),
        }];
        let mut success = Success { bytes: Vec::new() };
        success.vector(&vector);
        let expected = format!(r#"[{{"metric":{{}},"histogram":{point}}}]"#);
        assert_eq!(String::from_utf8(success.bytes).unwrap(), expected);
        let mut samples = SampleColumns::default();
        samples.push_histogram(1500, histogram);
        samples.push_histogram(2000, Arc::default());
        let mut series = vec![LabeledSeries {
            labels: Labels::empty(),
            samples,
        }];
        let empty = r#"[2,{"count":"0","sum":"0"}]"#;
        let mut success = Success { bytes: Vec::new() };
        success.matrix(&series);
        let expected = format!(r#"[{{"metric":{{}},"histograms":[{point},{empty}]}}]"#);
        assert_eq!(String::from_utf8(success.bytes).unwrap(), expected);
        series[0].samples.push(0, 1.0);
        let mut success = Success { bytes: Vec::new() };
        success.matrix(&series);
        let expected =
            format!(r#"[{{"metric":{{}},"values":[[0,"1"]],"histograms":[{point},{empty}]}}]"#);
        assert_eq!(String::from_utf8(success.bytes).unwrap(), expected);
    }
}
