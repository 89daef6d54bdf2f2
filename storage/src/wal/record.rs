//! Records to bytes and back: a kind, then its fields as varints.
//!
//! | kind | what happened                 | fields                                        |
//! |------|-------------------------------|-----------------------------------------------|
//! | 1    | series were created           | (id, length, encoded labels)…                 |
//! | 2    | samples were stored           | (id − id before, count, (time − time before, value)…)… |
//! | 3    | old samples go into a block | number of the block, first time that stays    |
//! | 4    | samples were deleted          | first time, last time, (id − id before)…      |
//! | 5    | native histograms were stored | (id − id before, `tsdb::HistogramChunk`)…     |
//!
//! Differences are signed. A value is its bits with the bytes reversed: of
//! small integers and short fractions the significant bits come first, so that
//! they take two to five bytes.

use series::{HistogramSample, Labels, Sample, TimeRange};
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

use super::histograms_record;

/// Labels of one series that take more are not taken: the record of new series
/// they go into stays far below the longest that is read back.
pub(crate) const LABELS_LIMIT_BYTES: usize = 1 << 20;

/// Series of one [`delete`] record at most, for the same reason.
pub(crate) const DELETE_SERIES: usize = 1 << 20;

pub(crate) const SERIES: u8 = 1;
const SAMPLES: u8 = 2;
const TRUNCATE: u8 = 3;
const DELETE: u8 = 4;
pub(super) const HISTOGRAMS: u8 = 5;

/// What a sample takes in the mean, its series' share included.
const SAMPLE_BYTES: usize = 8;

/// One record that was read back.
#[derive(Debug, PartialEq)]
pub(crate) enum Record {
    Series(Vec<(SeriesRef, Labels)>),
    Samples(Vec<(SeriesRef, Sample)>),
    Truncate {
        block: u64,
        before_ms: i64,
    },
    Delete {
        range: TimeRange,
        series: Vec<SeriesRef>,
    },
    Histograms(Vec<(SeriesRef, HistogramSample)>),
}

/// Appends one entry of a [`SERIES`] record.
pub(crate) fn push_series(out: &mut Vec<u8>, series: SeriesRef, labels: &Labels) {
    let encoded = labels.as_encoded();
    push_unsigned(out, u64::from(series.to_u32()));
    push_unsigned(out, encoded.len() as u64);
    out.extend_from_slice(encoded.as_bytes());
}

/// Samples of one run at most: their number takes one byte, which is written
/// before it is known.
const RUN_SAMPLES: u8 = 0x7f;

/// Builds a record of samples, one after the other.
pub(crate) struct SamplesRecord {
    payload: Vec<u8>,
    series: Option<SeriesRef>,
    /// Where the number of samples of the current run stands.
    count_at: usize,
    time_before_ms: i64,
}

impl SamplesRecord {
    /// A record with room for so many samples of different series.
    pub fn with_capacity(samples: usize) -> Self {
        let mut payload = Vec::with_capacity(1 + samples * SAMPLE_BYTES);
        payload.push(SAMPLES);
        Self {
            payload,
            series: None,
            count_at: 0,
            time_before_ms: 0,
        }
    }

    pub fn push(&mut self, series: SeriesRef, sample: Sample) {
        if self.series != Some(series) || self.payload[self.count_at] == RUN_SAMPLES {
            let before = self.series.map_or(0, SeriesRef::to_u32);
            let step = i64::from(series.to_u32()) - i64::from(before);
            push_signed(&mut self.payload, step);
            self.count_at = self.payload.len();
            self.payload.push(0);
            self.series = Some(series);
        }
        let step_ms = sample.timestamp_ms.wrapping_sub(self.time_before_ms);
        self.time_before_ms = sample.timestamp_ms;
        push_signed(&mut self.payload, step_ms);
        push_unsigned(&mut self.payload, sample.value.to_bits().swap_bytes());
        self.payload[self.count_at] += 1;
    }

    /// The finished payload.
    pub fn finish(self) -> Vec<u8> {
        self.payload
    }
}

/// The payload that says which samples are flushed from the head into a block.
pub(crate) fn truncate(block: u64, before_ms: i64) -> Vec<u8> {
    let mut payload = vec![TRUNCATE];
    push_unsigned(&mut payload, block);
    push_signed(&mut payload, before_ms);
    payload
}

/// The payload that says which samples were deleted.
pub(crate) fn delete(range: TimeRange, series: &[SeriesRef]) -> Vec<u8> {
    let mut payload = vec![DELETE];
    push_signed(&mut payload, range.start_ms);
    push_signed(&mut payload, range.end_ms);
    let mut before = 0;
    for series in series {
        let id = i64::from(series.to_u32());
        push_signed(&mut payload, id - before);
        before = id;
    }
    payload
}

/// The record that a payload holds, `None` where it holds none.
pub(crate) fn parse(payload: &[u8]) -> Option<Record> {
    let (&kind, mut rest) = payload.split_first()?;
    let rest = &mut rest;
    match kind {
        SERIES => parse_series(rest),
        SAMPLES => parse_samples(rest),
        TRUNCATE => Some(Record::Truncate {
            block: take_unsigned(rest)?,
            before_ms: take_signed(rest)?,
        }),
        DELETE => parse_delete(rest),
        HISTOGRAMS => histograms_record::parse(rest).map(Record::Histograms),
        _ => None,
    }
}

fn parse_series(rest: &mut &[u8]) -> Option<Record> {
    let mut all = Vec::new();
    while !rest.is_empty() {
        let series = SeriesRef::from_u32(take_unsigned(rest)?.try_into().ok()?);
        let length = take_unsigned(rest)?.try_into().ok()?;
        let (encoded, after) = rest.split_at_checked(length)?;
        *rest = after;
        all.push((series, Labels::from_encoded(str::from_utf8(encoded).ok()?)?));
    }
    Some(Record::Series(all))
}

fn parse_samples(rest: &mut &[u8]) -> Option<Record> {
    let mut all = Vec::new();
    let mut id = 0;
    let mut timestamp_ms = 0_i64;
    while !rest.is_empty() {
        let series = take_ref(rest, &mut id)?;
        for _ in 0..take_unsigned(rest)? {
            timestamp_ms = timestamp_ms.wrapping_add(take_signed(rest)?);
            let value = f64::from_bits(take_unsigned(rest)?.swap_bytes());
            all.push((
                series,
                Sample {
                    timestamp_ms,
                    value,
                },
            ));
        }
    }
    Some(Record::Samples(all))
}

fn parse_delete(rest: &mut &[u8]) -> Option<Record> {
    let range = TimeRange {
        start_ms: take_signed(rest)?,
        end_ms: take_signed(rest)?,
    };
    let mut series = Vec::new();
    let mut id = 0;
    while !rest.is_empty() {
        series.push(take_ref(rest, &mut id)?);
    }
    Some(Record::Delete { range, series })
}

/// Takes the difference to the id before off the front.
pub(super) fn take_ref(rest: &mut &[u8], id: &mut i64) -> Option<SeriesRef> {
    *id = id.checked_add(take_signed(rest)?)?;
    Some(SeriesRef::from_u32(u32::try_from(*id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<(SeriesRef, Sample)> {
        let sample = |id, timestamp_ms, value| {
            let sample = Sample {
                timestamp_ms,
                value,
            };
            (SeriesRef::from_u32(id), sample)
        };
        vec![
            sample(7, i64::MIN, 0.0),
            sample(7, 0, -1.5),
            sample(3, i64::MAX, 12_345.0),
            sample(u32::MAX, 5, f64::MAX),
        ]
    }

    fn payload(samples: &[(SeriesRef, Sample)]) -> Vec<u8> {
        let mut record = SamplesRecord::with_capacity(0);
        for &(series, sample) in samples {
            record.push(series, sample);
        }
        record.finish()
    }

    #[test]
    fn samples_come_back() {
        assert_eq!(
            parse(&payload(&samples())),
            Some(Record::Samples(samples()))
        );
        assert_eq!(parse(&payload(&[])), Some(Record::Samples(vec![])));
    }

    #[test]
    fn series_come_back() {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "ä")]);
        let series = [9, 3, 0].map(|id| (SeriesRef::from_u32(id), labels.clone()));
        let mut payload = vec![SERIES];
        for (series, labels) in &series {
            push_series(&mut payload, *series, labels);
        }
        assert_eq!(parse(&payload), Some(Record::Series(series.to_vec())));
    }

    #[test]
    fn marks_and_deletions_come_back() {
        let left = Record::Truncate {
            block: 9,
            before_ms: -5,
        };
        assert_eq!(parse(&truncate(9, -5)), Some(left));
        let series = [5, 2, u32::MAX].map(SeriesRef::from_u32).to_vec();
        let range = TimeRange::ALL;
        let deleted = Record::Delete {
            range,
            series: series.clone(),
        };
        assert_eq!(parse(&delete(range, &series)), Some(deleted));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut random = fastrand::Rng::with_seed(3);
        let whole = payload(&samples());
        for _ in 0..20_000 {
            let mut bytes = whole.clone();
            for _ in 0..random.usize(1..4) {
                let index = random.usize(..bytes.len());
                bytes[index] = random.u8(..);
            }
            bytes.truncate(random.usize(..=whole.len()));
            parse(&bytes);
        }
    }
}
