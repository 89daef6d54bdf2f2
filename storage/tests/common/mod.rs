//! What the tests of the store share: opening, writing and reading whole
//! series.

use std::path::Path;
use std::sync::Arc;

use series::{
    Histogram, HistogramSample, Labels, Matcher, Sample, SampleColumns, SeriesStore, TimeRange,
};
use storage::{Options, Store};
use tsdb::{AppendOutcome, SeriesRef};

pub fn options(folder: &Path) -> Options {
    Options {
        data_dir: Some(folder.to_owned()),
        ..Options::default()
    }
}

pub fn open(folder: &Path) -> Store {
    Store::open(&options(folder), |_| {}).unwrap()
}

pub fn labels(metric: &str, instance: usize) -> Labels {
    Labels::from_pairs([("__name__", metric), ("instance", &instance.to_string())])
}

pub fn sample(timestamp_ms: i64, value: f64) -> Sample {
    Sample {
        timestamp_ms,
        value,
    }
}

/// A histogram of two buckets that has counted `count` observations, half of
/// them in each.
pub fn histogram(timestamp_ms: i64, count: f64) -> HistogramSample {
    let histogram = Histogram {
        schema: 3,
        count,
        sum: 1.5 * count,
        positive: series::histogram::Buckets::contiguous(2, vec![count / 2.0; 2]),
        ..Histogram::default()
    };
    HistogramSample {
        timestamp_ms,
        histogram: Arc::new(histogram),
    }
}

/// Appends histograms to one series.
pub fn append_histograms(
    store: &Store,
    labels: &Labels,
    samples: &[HistogramSample],
) -> AppendOutcome {
    let series = store.series_ref(labels).unwrap();
    let batch: Vec<_> = samples.iter().map(|s| (series, s.clone())).collect();
    store.append_histograms(&batch, i64::MAX).unwrap()
}

/// Appends `samples` to one series.
pub fn append(store: &Store, labels: &Labels, samples: &[Sample]) -> AppendOutcome {
    let series = store.series_ref(labels).unwrap();
    let batch: Vec<(SeriesRef, Sample)> = samples.iter().map(|&s| (series, s)).collect();
    store.append(&batch, i64::MAX).unwrap()
}

/// The samples of every series that has `matchers`, in `range`.
pub fn read(store: &Store, matchers: &[Matcher], range: TimeRange) -> Vec<(Labels, SampleColumns)> {
    let mut found: Vec<_> = store
        .select(matchers, range)
        .unwrap()
        .iter()
        .map(|reader| {
            let mut columns = SampleColumns::default();
            reader.read(range, &mut columns).unwrap();
            assert!(columns.timestamps_ms.is_sorted_by(|a, b| a < b));
            let mut histograms = columns.histograms.iter();
            assert!(histograms.all(|all| all.timestamps_ms.is_sorted_by(|a, b| a < b)));
            (reader.labels().clone(), columns)
        })
        .filter(|(_, columns)| !columns.is_empty())
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// The samples of one series.
pub fn read_one(store: &Store, labels: &Labels) -> SampleColumns {
    let matchers: Vec<Matcher> = labels
        .iter()
        .map(|label| Matcher::equal(label.name, label.value))
        .collect();
    let found = read(store, &matchers, TimeRange::ALL);
    found
        .into_iter()
        .next()
        .map_or_else(Default::default, |(_, columns)| columns)
}
