//! A column of timestamps, as deviations from the straight line through its
//! first and last: nothing where samples are regular, one byte a sample where
//! a scrape's clock jitters. Reading one is a multiplication and an addition,
//! and a column is shared by all series that were sampled together.

use std::ops::Range;

use series::{StoreError, TimeRange};

use super::numbers::{corrupt, decode, encode_integers};
use super::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

/// More samples than this in one chunk are not believed.
const COUNT_LIMIT: u64 = 1 << 20;

const FRACTION_BITS: u32 = 20;
const LONGEST_FRACTIONAL_SPAN_MS: i64 = 1 << (62 - FRACTION_BITS);

/// Timestamps, strictly ascending, at least one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    first_ms: i64,
    last_ms: i64,
    /// The mean step, times 2^`fraction_bits`.
    step: i64,
    fraction_bits: u32,
    deviations: Deviations,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Deviations {
    None(usize),
    Byte(Box<[i8]>),
    Short(Box<[i16]>),
    Long(Box<[i64]>),
}

impl Times {
    /// The column of these times, `None` where there are none.
    pub(crate) fn new(times_ms: &[i64]) -> Option<Self> {
        let (&first_ms, &last_ms) = (times_ms.first()?, times_ms.last()?);
        let mut times = Self::line(first_ms, last_ms, times_ms.len());
        let deviations: Vec<i64> = times_ms
            .iter()
            .enumerate()
            .map(|(index, &time)| time.wrapping_sub(times.on_line(index)))
            .collect();
        times.deviations = Deviations::new(&deviations);
        Some(times)
    }

    /// Times without deviations. The step has a fraction, or many small errors
    /// would grow to a large one; only spans of more than a century have none.
    fn line(first_ms: i64, last_ms: i64, count: usize) -> Self {
        let span_ms = last_ms.wrapping_sub(first_ms);
        let fraction_bits = match span_ms {
            0..LONGEST_FRACTIONAL_SPAN_MS => FRACTION_BITS,
            _ => 0,
        };
        Self {
            first_ms,
            last_ms,
            step: (span_ms << fraction_bits) / (count as i64 - 1).max(1),
            fraction_bits,
            deviations: Deviations::None(count),
        }
    }

    /// How many times there are.
    pub fn count(&self) -> usize {
        match &self.deviations {
            Deviations::None(count) => *count,
            Deviations::Byte(all) => all.len(),
            Deviations::Short(all) => all.len(),
            Deviations::Long(all) => all.len(),
        }
    }

    /// The first and the last time.
    pub fn range(&self) -> TimeRange {
        TimeRange {
            start_ms: self.first_ms,
            end_ms: self.last_ms,
        }
    }

    /// The indexes of the times in `range`.
    pub(crate) fn indexes(&self, range: TimeRange) -> Range<usize> {
        let start = if range.start_ms <= self.first_ms {
            0
        } else {
            self.position(|time| time < range.start_ms)
        };
        let end = if range.end_ms >= self.last_ms {
            self.count()
        } else {
            self.position(|time| time <= range.end_ms)
        };
        start..end.max(start)
    }

    /// Appends the times at `indexes`.
    pub(crate) fn extend(&self, indexes: Range<usize>, out: &mut Vec<i64>) {
        let all = indexes.clone();
        match &self.deviations {
            Deviations::None(_) => out.extend(all.map(|index| self.on_line(index))),
            Deviations::Byte(by) => out.extend(
                by[indexes]
                    .iter()
                    .zip(all)
                    .map(|(&by, i)| self.on_line(i).wrapping_add(i64::from(by))),
            ),
            Deviations::Short(by) => out.extend(
                by[indexes]
                    .iter()
                    .zip(all)
                    .map(|(&by, i)| self.on_line(i).wrapping_add(i64::from(by))),
            ),
            Deviations::Long(by) => {
                out.extend(
                    by[indexes]
                        .iter()
                        .zip(all)
                        .map(|(&by, i)| self.on_line(i).wrapping_add(by)),
                );
            }
        }
    }

    /// The column as it is written to disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_unsigned(&mut out, self.count() as u64);
        push_signed(&mut out, self.first_ms);
        push_signed(&mut out, self.last_ms);
        let deviations: Vec<i64> = (0..self.count()).map(|i| self.deviation(i)).collect();
        if deviations.iter().any(|&by| by != 0) {
            let start = out.len();
            // Deviations jump only where samples are missing: no differences.
            if encode_integers(&deviations, 0, &mut out).is_err() {
                out.truncate(start);
            }
        }
        out
    }

    /// The column that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where the bytes are no column of ascending times.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, StoreError> {
        let header = (|| {
            let count = take_unsigned(&mut bytes).filter(|&count| count <= COUNT_LIMIT)?;
            Some((count, take_signed(&mut bytes)?, take_signed(&mut bytes)?))
        })();
        let (count, first_ms, last_ms) = header.ok_or_else(|| corrupt("times without a header"))?;
        let count = count as usize;
        let mut deviations = Vec::new();
        if bytes.is_empty() {
            deviations.resize(count, 0);
        } else {
            decode(bytes, count, 0..count, &mut deviations)?;
        }
        let mut times = Self::line(first_ms, last_ms, count);
        times.deviations = Deviations::new(&deviations);
        let ends = count > 0 && times.get(0) == first_ms && times.get(count - 1) == last_ms;
        if !ends || !(0..count).is_sorted_by(|&a, &b| times.get(a) < times.get(b)) {
            return Err(corrupt("times that do not ascend"));
        }
        Ok(times)
    }

    fn get(&self, index: usize) -> i64 {
        self.on_line(index).wrapping_add(self.deviation(index))
    }

    fn on_line(&self, index: usize) -> i64 {
        let offset_ms = self.step.wrapping_mul(index as i64) >> self.fraction_bits;
        self.first_ms.wrapping_add(offset_ms)
    }

    fn deviation(&self, index: usize) -> i64 {
        match &self.deviations {
            Deviations::None(_) => 0,
            Deviations::Byte(all) => i64::from(all[index]),
            Deviations::Short(all) => i64::from(all[index]),
            Deviations::Long(all) => all[index],
        }
    }

    /// The first index whose time is not `before`.
    fn position(&self, before: impl Fn(i64) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.get(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Deviations {
    fn new(all: &[i64]) -> Self {
        if all.iter().all(|&by| by == 0) {
            return Self::None(all.len());
        }
        if let Ok(bytes) = all.iter().map(|&by| i8::try_from(by)).collect() {
            return Self::Byte(bytes);
        }
        match all.iter().map(|&by| i16::try_from(by)).collect() {
            Ok(shorts) => Self::Short(shorts),
            Err(_) => Self::Long(all.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times_ms: &[i64], size_bytes: usize) {
        let times = Times::new(times_ms).unwrap();
        let size = match &times.deviations {
            Deviations::None(_) => 0,
            Deviations::Byte(all) => size_of_val(&**all),
            Deviations::Short(all) => size_of_val(&**all),
            Deviations::Long(all) => size_of_val(&**all),
        };
        assert_eq!(size, size_bytes);
        assert_eq!(Times::from_bytes(&times.to_bytes()).unwrap(), times);
        let mut all = Vec::new();
        times.extend(0..times.count(), &mut all);
        assert_eq!(all, times_ms);
        for (index, &time) in times_ms.iter().enumerate() {
            let from = |start_ms, end_ms| times.indexes(TimeRange { start_ms, end_ms });
            assert_eq!(from(time, i64::MAX), index..times_ms.len());
            assert_eq!(from(i64::MIN, time), 0..index + 1);
            assert!(from(time, time.wrapping_sub(1)).is_empty() || time == i64::MIN);
        }
    }

    #[test]
    fn regular_times_cost_nothing_and_jitter_a_byte() {
        check(&[5], 0);
        check(&[-10, 0, 10, 20], 0);
        check(&[0, 15_001, 29_998, 45_000], 4);
        check(&[0, 15_000, 60_000, 75_000], 8);
        check(&[0, 1, 1 << 40], 24);
    }

    #[test]
    fn the_ends_of_time_are_times() {
        check(&[i64::MIN, 0, i64::MAX], 24);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_ascending_times() {
        let jitter = |i: i64| 15_000 * i + (i * 7919) % 5;
        let bytes = Times::new(&(0..200).map(jitter).collect::<Vec<_>>())
            .unwrap()
            .to_bytes();
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x55;
            let _ = Times::from_bytes(&damaged);
            let _ = Times::from_bytes(&bytes[..index]);
        }
    }
}
