//! Records of native histograms to bytes and back: each series' run as the
//! chunks that a block has as well.

use std::sync::Arc;

use series::{Histogram, HistogramSample, SampleColumns, TimeRange};
use tsdb::varint::push_signed;
use tsdb::{HistogramChunk, SeriesRef};

use super::record::{HISTOGRAMS, take_ref};

/// Builds a record of histograms, one after the other.
#[derive(Default)]
pub(crate) struct HistogramsRecord {
    payload: Vec<u8>,
    id_before: u32,
    series: Option<SeriesRef>,
    /// The histograms of the current series.
    run: Vec<(i64, Arc<Histogram>)>,
}

impl HistogramsRecord {
    /// Adds a histogram, newer than the one before where the series is the same:
    /// an older one begins a run of its own.
    pub fn push(&mut self, series: SeriesRef, sample: &HistogramSample) {
        let last = self.run.last();
        let goes_on = last.is_none_or(|(time, _)| *time < sample.timestamp_ms);
        if self.series != Some(series) || !goes_on {
            self.end_run();
            self.series = Some(series);
        }
        self.run
            .push((sample.timestamp_ms, Arc::clone(&sample.histogram)));
    }

    /// The finished payload.
    pub fn finish(mut self) -> Vec<u8> {
        self.end_run();
        self.payload
    }

    fn end_run(&mut self) {
        let Some(series) = self.series else {
            self.payload.push(HISTOGRAMS);
            return;
        };
        for chunk in HistogramChunk::pack(self.run.iter().map(|(time, one)| (*time, one))) {
            let id = series.to_u32();
            push_signed(&mut self.payload, i64::from(id) - i64::from(self.id_before));
            self.id_before = id;
            chunk.push_to(&mut self.payload);
        }
        self.run.clear();
    }
}

/// The histograms of a record, `None` where the bytes are none.
pub(super) fn parse(rest: &mut &[u8]) -> Option<Vec<(SeriesRef, HistogramSample)>> {
    let mut all = Vec::new();
    let mut id = 0;
    while !rest.is_empty() {
        let series = take_ref(rest, &mut id)?;
        let mut columns = SampleColumns::default();
        HistogramChunk::read_from(rest, TimeRange::ALL, &mut columns).ok()?;
        for (timestamp_ms, histogram) in columns.iter_histograms() {
            let sample = HistogramSample {
                timestamp_ms,
                histogram: Arc::clone(histogram),
            };
            all.push((series, sample));
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::record::{self, Record};
    use super::*;

    fn sample(id: u32, timestamp_ms: i64, count: f64) -> (SeriesRef, HistogramSample) {
        let histogram = Histogram {
            count,
            ..Histogram::default()
        };
        let sample = HistogramSample {
            timestamp_ms,
            histogram: Arc::new(histogram),
        };
        (SeriesRef::from_u32(id), sample)
    }

    fn check(samples: &[(SeriesRef, HistogramSample)]) {
        let mut record = HistogramsRecord::default();
        for (series, sample) in samples {
            record.push(*series, sample);
        }
        let read = record::parse(&record.finish());
        assert_eq!(read, Some(Record::Histograms(samples.to_vec())));
    }

    #[test]
    fn the_bytes_stay_what_they_are() {
        let histogram = Histogram {
            count: 3.0,
            sum: 4.5,
            positive: series::histogram::Buckets::contiguous(1, vec![3.0]),
            ..Histogram::default()
        };
        let sample = HistogramSample {
            timestamp_ms: 1000,
            histogram: Arc::new(histogram),
        };
        let mut record = HistogramsRecord::default();
        record.push(SeriesRef::from_u32(0), &sample);
        let chunk = [12, 0xd0, 15, 0, 0, 0, 1, 2, 1, 0, 0xc0, 36, 6, 0, 0, 6];
        let head = [HISTOGRAMS, 0, 1, 0xd0, 15, 0xd0, 15, 16];
        assert_eq!(record.finish(), [&head[..], &chunk].concat());
    }

    #[test]
    fn histograms_come_back() {
        check(&[]);
        check(&[sample(7, i64::MIN, 0.5)]);
        check(&[
            sample(7, 1, 2.0),
            sample(7, 2, 3.0),
            sample(7, -5, 1.0),
            sample(u32::MAX, i64::MAX, 4.0),
            sample(0, 3, 1e300),
        ]);
        let many: Vec<_> = (0..1000).map(|time| sample(3, time, time as f64)).collect();
        check(&many);
    }
}
