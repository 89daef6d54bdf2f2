//! Native histograms to what panels draw of them: buckets as series of floats.

use std::collections::{BTreeMap, HashMap};

use series::{Histogram, LabeledSeries, Labels, SampleColumns};

/// The label of a bucket's upper bound.
const LE: &str = "le";

/// Buckets are joined to this resolution, two a power of two: finer rows would
/// be too low to be seen.
const FINEST_SCHEMA: i32 = 1;

/// What becomes of the native histograms of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BucketSeries {
    /// A series a bucket, of how many observations there are up to its bound
    /// (`le`), over all histograms of a time.
    pub series: Vec<LabeledSeries>,
    /// Histograms that have no common buckets with the others of their time:
    /// they are left out.
    pub left_out: usize,
}

/// Whether any series has a native histogram.
pub fn has_histograms(series: &[LabeledSeries]) -> bool {
    series.iter().any(|one| one.samples.histograms.is_some())
}

/// The buckets of all native histograms.
pub fn bucket_series(series: &[LabeledSeries]) -> BucketSeries {
    let mut sums: BTreeMap<i64, Histogram> = BTreeMap::new();
    let mut left_out = 0;
    let histograms = series.iter().flat_map(|one| one.samples.iter_histograms());
    for (timestamp_ms, histogram) in histograms {
        let coarse = if histogram.uses_custom_buckets() {
            Histogram::clone(histogram)
        } else {
            histogram.at_schema(histogram.schema.min(FINEST_SCHEMA))
        };
        match sums.get_mut(&timestamp_ms) {
            Some(sum) => left_out += usize::from(sum.add(&coarse).is_err()),
            None => drop(sums.insert(timestamp_ms, coarse)),
        }
    }
    BucketSeries {
        series: cumulative(&sums),
        left_out,
    }
}

fn cumulative(histograms: &BTreeMap<i64, Histogram>) -> Vec<LabeledSeries> {
    let mut by_bound: HashMap<u64, SampleColumns> = HashMap::new();
    for (timestamp_ms, histogram) in histograms {
        let mut count = 0.0;
        for bucket in histogram.buckets() {
            count += bucket.count;
            let samples = by_bound.entry(bucket.upper.to_bits()).or_default();
            samples.push(*timestamp_ms, count);
        }
    }
    let mut series: Vec<(f64, SampleColumns)> = by_bound
        .into_iter()
        .map(|(bound, samples)| (f64::from_bits(bound), samples))
        .collect();
    series.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let labeled = series.into_iter().map(|(bound, samples)| LabeledSeries {
        labels: Labels::from_pairs([(LE, bound_text(bound))]),
        samples,
    });
    labeled.collect()
}

fn bound_text(bound: f64) -> String {
    if bound == f64::INFINITY {
        "+Inf".to_owned()
    } else {
        bound.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA};

    use super::*;

    fn series(samples: &[(i64, Histogram)]) -> LabeledSeries {
        let mut columns = SampleColumns::default();
        for (time, histogram) in samples {
            columns.push_histogram(*time, Arc::new(histogram.clone()));
        }
        LabeledSeries {
            labels: Labels::empty(),
            samples: columns,
        }
    }

    fn exponential(schema: i32, first: i32, counts: &[f64]) -> Histogram {
        Histogram {
            schema,
            count: counts.iter().sum(),
            positive: Buckets::contiguous(first, counts.to_vec()),
            ..Histogram::default()
        }
    }

    fn shown(found: &BucketSeries) -> Vec<(String, Vec<(i64, f64)>)> {
        let series = found.series.iter().map(|one| {
            let samples = one.samples.iter().map(|s| (s.timestamp_ms, s.value));
            (
                one.labels.get("le").unwrap_or("").to_owned(),
                samples.collect(),
            )
        });
        series.collect()
    }

    #[test]
    fn the_histograms_of_a_time_are_added_up_by_bucket() {
        let one = series(&[
            (0, exponential(0, 0, &[1.0, 2.0])),
            (10, exponential(0, 1, &[4.0])),
        ]);
        let other = series(&[(0, exponential(0, 1, &[3.0]))]);
        let found = bucket_series(&[one, other]);
        assert_eq!(found.left_out, 0);
        assert_eq!(
            shown(&found),
            [
                ("1".to_owned(), vec![(0, 1.0)]),
                ("2".to_owned(), vec![(0, 6.0), (10, 4.0)]),
            ]
        );
    }

    #[test]
    fn fine_buckets_are_joined_and_custom_ones_stay() {
        let fine = series(&[(0, exponential(3, 1, &[1.0; 8]))]);
        let found = shown(&bucket_series(&[fine]));
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], ("2".to_owned(), vec![(0, 8.0)]));
        let custom = Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            positive: Buckets::contiguous(0, vec![1.0, 2.0]),
            custom_values: [0.5].into(),
            ..Histogram::default()
        };
        let mixed = [
            series(&[(0, custom)]),
            series(&[(0, exponential(0, 0, &[1.0]))]),
        ];
        let found = bucket_series(&mixed);
        assert_eq!(found.left_out, 1);
        let bounds: Vec<String> = shown(&found).into_iter().map(|(bound, _)| bound).collect();
        assert_eq!(bounds, ["0.5", "+Inf"]);
    }

    #[test]
    fn an_answer_of_floats_has_none() {
        let mut floats = SampleColumns::default();
        floats.push(0, 1.0);
        let floats = LabeledSeries {
            labels: Labels::empty(),
            samples: floats,
        };
        assert!(!has_histograms(std::slice::from_ref(&floats)));
        assert_eq!(bucket_series(&[floats]), BucketSeries::default());
    }
}
