//! Answers with native histograms -> what a panel of a kind can draw of them,
//! and words about the rest: nothing is left out in silence.

use std::sync::Arc;

use dashboard::Kind;
use series::LabeledSeries;
use transform::{bucket_series, has_histograms};

use crate::source::Frame;

/// The answer without native histograms: a heatmap and a histogram get their
/// buckets, every other panel a remark in their place.
pub fn drawable(kind: &Kind, frame: Arc<Frame>) -> Arc<Frame> {
    if !has_histograms(frame.series()) {
        return frame;
    }
    let mut annotations = frame.annotations.clone();
    let draws_buckets = match kind {
        Kind::Heatmap(options) => !options.calculate,
        Kind::Histogram(_) => true,
        _ => false,
    };
    let (mut series, remark) = if draws_buckets {
        let buckets = bucket_series(frame.series());
        let left_out = buckets.left_out;
        let remark = (left_out > 0).then(|| {
            format!(
                "{left_out} native histograms have other buckets than the rest, and are left out"
            )
        });
        (buckets.series, remark)
    } else {
        (Vec::new(), Some(remark(frame.series())))
    };
    series.extend(floats(frame.series()));
    series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
    annotations.warnings.extend(remark);
    Arc::new(Frame {
        cut: frame.cut,
        ..Frame::of_series(series, annotations)
    })
}

/// The series that have floats, those alone.
fn floats(series: &[LabeledSeries]) -> impl Iterator<Item = LabeledSeries> + '_ {
    let with_floats = series
        .iter()
        .filter(|one| !one.samples.timestamps_ms.is_empty());
    with_floats.map(|one| {
        let mut one = one.clone();
        one.samples.histograms = None;
        one
    })
}

fn remark(series: &[LabeledSeries]) -> String {
    let count = series
        .iter()
        .filter(|one| one.samples.histograms.is_some())
        .count();
    let (series, holds) = match count {
        1 => ("a series".to_owned(), "holds a native histogram"),
        count => (format!("{count} series"), "hold native histograms"),
    };
    format!(
        "{series} {holds}, which this panel does not draw: use histogram_quantile, \
         histogram_avg or histogram_count, or a heatmap"
    )
}

#[cfg(test)]
mod tests {
    use dashboard::{HeatmapOptions, HistogramOptions, StatOptions};
    use series::{Histogram, Labels, SampleColumns};

    use super::*;
    use crate::source::Annotations;

    /// A series of a float, one of a histogram, one of both.
    fn frame() -> Arc<Frame> {
        let series = [(true, false), (false, true), (true, true)];
        let series = series
            .into_iter()
            .zip(0..)
            .map(|((floats, histograms), place)| {
                let mut samples = SampleColumns::default();
                if floats {
                    samples.push(0, 1.0);
                }
                if histograms {
                    let histogram = Histogram {
                        count: 2.0,
                        zero_count: 2.0,
                        zero_threshold: 0.5,
                        ..Histogram::default()
                    };
                    samples.push_histogram(10, Arc::new(histogram));
                }
                LabeledSeries {
                    labels: Labels::from_pairs([("a", place.to_string())]),
                    samples,
                }
            });
        Arc::new(Frame::of_series(series.collect(), Annotations::default()))
    }

    fn labels(frame: &Frame) -> Vec<String> {
        let series = frame.series().iter();
        series.map(|one| one.labels.to_string()).collect()
    }

    #[test]
    fn a_panel_of_numbers_gets_the_floats_and_a_remark() {
        let drawn = drawable(&Kind::Stat(StatOptions::default()), frame());
        assert_eq!(labels(&drawn), [r#"{a="0"}"#, r#"{a="2"}"#]);
        assert!(!has_histograms(drawn.series()));
        let remark = &drawn.annotations.warnings[0];
        assert!(
            remark.starts_with("2 series hold native histograms"),
            "{remark}"
        );
    }

    #[test]
    fn panels_of_buckets_get_the_buckets() {
        let histogram = Kind::Histogram(HistogramOptions::default());
        for kind in [Kind::Heatmap(HeatmapOptions::default()), histogram] {
            let drawn = drawable(&kind, frame());
            let expected = [r#"{a="0"}"#, r#"{a="2"}"#, r#"{le="0.5"}"#];
            assert_eq!(labels(&drawn), expected);
            assert_eq!(drawn.series()[2].samples.values, [4.0]);
            assert!(drawn.annotations.warnings.is_empty());
        }
        let calculate = HeatmapOptions {
            calculate: true,
            ..HeatmapOptions::default()
        };
        let drawn = drawable(&Kind::Heatmap(calculate), frame());
        assert_eq!(drawn.annotations.warnings.len(), 1);
    }

    #[test]
    fn an_answer_of_floats_stays_as_it_is() {
        let floats = Arc::new(Frame::of_series(Vec::new(), Annotations::default()));
        let drawn = drawable(&Kind::Stat(StatOptions::default()), Arc::clone(&floats));
        assert!(Arc::ptr_eq(&drawn, &floats));
    }
}
