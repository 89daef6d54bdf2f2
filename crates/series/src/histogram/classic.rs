//! The series of a classic histogram (cumulative counts by `le`) -> a histogram
//! of custom buckets.

use super::{Buckets, CUSTOM_BUCKETS_SCHEMA, Histogram};

/// Why series make no histogram.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ClassicHistogramError {
    /// A bucket holds fewer observations than the one before.
    #[error("the count {count} of the bucket up to {upper} is less than that of the one before")]
    NotCumulative {
        /// Its upper bound.
        upper: f64,
        /// Its count.
        count: f64,
    },
    /// The count is another one than that of the last bucket.
    #[error("the count is {count}, that of the last bucket {last}")]
    CountMismatch {
        /// Of the series `_count`.
        count: f64,
        /// Of the last bucket.
        last: f64,
    },
    /// A bound or a count is no number.
    #[error("a bound or a count of the histogram is NaN")]
    NotANumber,
}

/// Collects what the series of a classic histogram say at one time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassicHistogram {
    /// Upper bounds and cumulative counts, ascending, each bound once.
    buckets: Vec<(f64, f64)>,
    count: Option<f64>,
    sum: f64,
}

impl ClassicHistogram {
    /// Takes in the bucket up to `upper`; of two of one bound the first counts.
    ///
    /// # Errors
    /// Where a number is none.
    pub fn bucket(&mut self, upper: f64, count: f64) -> Result<(), ClassicHistogramError> {
        if upper.is_nan() || count.is_nan() {
            return Err(ClassicHistogramError::NotANumber);
        }
        let place = self.buckets.partition_point(|(before, _)| *before < upper);
        if self.buckets.get(place).is_none_or(|(at, _)| *at != upper) {
            self.buckets.insert(place, (upper, count));
        }
        Ok(())
    }

    /// Takes in the number of all observations.
    pub fn count(&mut self, count: f64) {
        self.count = Some(count);
    }

    /// Takes in the sum of all observations.
    pub fn sum(&mut self, sum: f64) {
        self.sum = sum;
    }

    /// The histogram whose buckets these are.
    ///
    /// # Errors
    /// Where the counts contradict each other.
    pub fn convert(mut self) -> Result<Histogram, ClassicHistogramError> {
        let last = self.buckets.last().map_or(0.0, |(_, count)| *count);
        let count = self.count.unwrap_or(last);
        if self
            .buckets
            .last()
            .is_none_or(|(upper, _)| *upper != f64::INFINITY)
        {
            self.buckets.push((f64::INFINITY, count));
        }
        let mut counts = Vec::with_capacity(self.buckets.len());
        let mut before = 0.0;
        for &(upper, count) in &self.buckets {
            if count < before {
                return Err(ClassicHistogramError::NotCumulative { upper, count });
            }
            counts.push(count - before);
            before = count;
        }
        if before != count {
            let last = before;
            return Err(ClassicHistogramError::CountMismatch { count, last });
        }
        let bounds = self.buckets.iter().map(|(upper, _)| *upper);
        let mut histogram = Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            count,
            sum: self.sum,
            positive: Buckets::contiguous(0, counts),
            custom_values: bounds.take(self.buckets.len() - 1).collect(),
            ..Histogram::default()
        };
        histogram.compact();
        Ok(histogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classic_histograms_become_custom_buckets() {
        let mut classic = ClassicHistogram::default();
        for (upper, count) in [(5.0, 7.0), (1.0, 3.0), (10.0, 7.0), (f64::INFINITY, 9.0)] {
            classic.bucket(upper, count).unwrap();
        }
        classic.sum(42.0);
        let converted = classic.clone().convert().unwrap();
        assert_eq!(
            converted.to_string(),
            "{count:9, sum:42, [-Inf,1]:3, (1,5]:4, (10,+Inf]:2}"
        );
        assert_eq!(*converted.custom_values, [1.0, 5.0, 10.0]);
        classic.count(8.0);
        let (count, last) = (8.0, 9.0);
        let mismatch = ClassicHistogramError::CountMismatch { count, last };
        assert_eq!(classic.clone().convert(), Err(mismatch));
        classic.bucket(7.0, 1.0).unwrap();
        let (upper, count) = (7.0, 1.0);
        let descending = ClassicHistogramError::NotCumulative { upper, count };
        assert_eq!(classic.convert(), Err(descending));
        let mut unbounded = ClassicHistogram::default();
        unbounded.bucket(1.0, 3.0).unwrap();
        unbounded.count(4.0);
        assert_eq!(
            unbounded.convert().unwrap().to_string(),
            "{count:4, sum:0, [-Inf,1]:3, (1,+Inf]:1}"
        );
    }
}
