//! The samples of classic histograms to native ones of custom buckets (NHCB).

use std::collections::HashMap;

use series::histogram::{ClassicHistogram, ClassicHistogramError};
use series::{Labels, LabelsBuilder, METRIC_NAME, MetricKind};

use crate::{NativeHistogram, Sample};

/// The classic histograms of a page, as far as it has been read.
#[derive(Debug, Default)]
pub struct ClassicHistograms {
    places: HashMap<Labels, usize>,
    all: Vec<Collected>,
}

#[derive(Debug)]
struct Collected {
    /// Of the histogram: the family's name, and no `le`.
    labels: Labels,
    timestamp_ms: Option<i64>,
    histogram: Result<ClassicHistogram, ClassicHistogramError>,
}

/// A classic histogram that cannot be converted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{labels}: {source}")]
pub struct InvalidClassicHistogram {
    /// Which.
    pub labels: Labels,
    /// Why.
    pub source: ClassicHistogramError,
}

/// Which part of a histogram a sample is.
enum Part {
    Bucket(f64),
    Count,
    Sum,
}

impl ClassicHistograms {
    /// Takes in a sample; says whether it is part of a histogram.
    pub fn take(&mut self, sample: &Sample<'_>) -> bool {
        if sample.series.kind() != MetricKind::Histogram {
            return false;
        }
        let labels = sample.series.to_labels();
        let Some((part, builder)) = split(&labels) else {
            return false;
        };
        let collected = self.of(builder.build());
        collected.timestamp_ms = sample.timestamp_ms;
        if let Ok(histogram) = &mut collected.histogram {
            let taken = match part {
                Part::Bucket(upper) => histogram.bucket(upper, sample.value),
                Part::Count => {
                    histogram.count(sample.value);
                    Ok(())
                }
                Part::Sum => {
                    histogram.sum(sample.value);
                    Ok(())
                }
            };
            if let Err(error) = taken {
                collected.histogram = Err(error);
            }
        }
        true
    }

    /// The histograms, in the order of the page.
    pub fn convert(self) -> impl Iterator<Item = Result<NativeHistogram, InvalidClassicHistogram>> {
        self.all.into_iter().map(|collected| {
            let histogram = collected.histogram.and_then(ClassicHistogram::convert);
            match histogram {
                Ok(histogram) => Ok(NativeHistogram::new(
                    &collected.labels,
                    histogram,
                    collected.timestamp_ms,
                )),
                Err(source) => Err(InvalidClassicHistogram {
                    labels: collected.labels,
                    source,
                }),
            }
        })
    }

    fn of(&mut self, labels: Labels) -> &mut Collected {
        let next = self.all.len();
        let place = *self.places.entry(labels.clone()).or_insert(next);
        if place == next {
            self.all.push(Collected {
                labels,
                timestamp_ms: None,
                histogram: Ok(ClassicHistogram::default()),
            });
        }
        &mut self.all[place]
    }
}

/// Which part of which histogram a series is; `None` where it is none.
fn split(labels: &Labels) -> Option<(Part, LabelsBuilder)> {
    let name = labels.metric_name();
    let mut builder = labels.to_builder();
    let (part, family) = if let Some(family) = name.strip_suffix("_bucket") {
        let upper = labels.get("le")?.parse().ok()?;
        builder.set("le", "");
        (Part::Bucket(upper), family)
    } else if let Some(family) = name.strip_suffix("_count") {
        (Part::Count, family)
    } else {
        (Part::Sum, name.strip_suffix("_sum")?)
    };
    builder.set(METRIC_NAME, family);
    Some((part, builder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Format, Parser};

    fn convert(page: &str) -> (usize, Vec<Result<NativeHistogram, InvalidClassicHistogram>>) {
        let mut all = ClassicHistograms::default();
        let mut others = 0;
        for entry in Parser::new(page.as_bytes(), Format::Text).unwrap() {
            if let Entry::Sample(sample) = entry.unwrap() {
                others += usize::from(!all.take(&sample));
            }
        }
        (others, all.convert().collect())
    }

    #[test]
    fn each_histogram_of_a_page_becomes_one_of_custom_buckets() {
        let page = "up 1\n# TYPE latency histogram\n\
                    latency_bucket{le=\"0.5\",a=\"x\"} 1\nlatency_bucket{a=\"x\",le=\"+Inf\"} 3\n\
                    latency_bucket{a=\"y\",le=\"+Inf\"} 7\n\
                    latency_sum{a=\"x\"} 2.5\nlatency_count{a=\"x\"} 3\n";
        let (others, found) = convert(page);
        assert_eq!((others, found.len()), (1, 2));
        let first = found[0].as_ref().unwrap();
        assert_eq!(first.raw(), r#"latency{a="x"}"#);
        assert_eq!(first.histogram.custom_values[..], [0.5]);
        assert_eq!(first.histogram.positive.counts, [1.0, 2.0]);
        assert_eq!((first.histogram.count, first.histogram.sum), (3.0, 2.5));
        let second = found[1].as_ref().unwrap();
        let labels = second.series().unwrap().to_labels();
        assert_eq!(labels.to_string(), r#"latency{a="y"}"#);
    }

    #[test]
    fn counts_that_contradict_each_other_are_said_with_their_series() {
        let page = "# TYPE latency histogram\n\
                    latency_bucket{le=\"1\"} 5\nlatency_bucket{le=\"+Inf\"} 3\n";
        let (_, found) = convert(page);
        let error = found[0].as_ref().unwrap_err().to_string();
        assert!(error.starts_with("latency: the count 3"), "{error}");
    }
}
