//! Batches of samples to the series of the head, and what became of them.

use series::{HistogramSample, Sample};

use crate::append::{AppendOutcome, Offence, Rejection, SeriesRef};
use crate::head::Head;
use crate::samples::{Bounds, Samples, Stored};

impl Head {
    /// Stores samples, none later than `latest_ms`; `on_accept` sees each one
    /// that was stored. Samples of one series cost least side by side.
    pub fn append(
        &self,
        batch: &[(SeriesRef, Sample)],
        latest_ms: i64,
        on_accept: impl FnMut(SeriesRef, &Sample),
    ) -> AppendOutcome {
        self.append_within(batch, self.bounds(latest_ms), on_accept)
    }

    /// Stores native histograms, as [`Self::append`] does floats.
    pub fn append_histograms(
        &self,
        batch: &[(SeriesRef, HistogramSample)],
        latest_ms: i64,
        on_accept: impl FnMut(SeriesRef, &HistogramSample),
    ) -> AppendOutcome {
        self.append_within(batch, self.bounds(latest_ms), on_accept)
    }

    /// Stores samples that a WAL holds, however old they are.
    pub fn restore(&self, batch: &[(SeriesRef, Sample)]) -> AppendOutcome {
        self.append_within(batch, EVERYTHING, |_, _| {})
    }

    /// Stores native histograms that a WAL holds, however old they are.
    pub fn restore_histograms(&self, batch: &[(SeriesRef, HistogramSample)]) -> AppendOutcome {
        self.append_within(batch, EVERYTHING, |_, _| {})
    }

    fn bounds(&self, latest_ms: i64) -> Bounds {
        Bounds {
            window_ms: self.options.out_of_order_window_ms,
            latest_ms,
        }
    }

    fn append_within<T: Insert>(
        &self,
        batch: &[(SeriesRef, T)],
        bounds: Bounds,
        mut on_accept: impl FnMut(SeriesRef, &T),
    ) -> AppendOutcome {
        let mut outcome = AppendOutcome::default();
        let table = self.table.read();
        let mut index = 0;
        for run in batch.chunk_by(|(a, _), (b, _)| a == b) {
            let reference = run[0].0;
            let series = table.get(reference.0);
            let mut samples = series.map(|series| series.lock());
            for (_, sample) in run {
                let timestamp_ms = sample.timestamp_ms();
                let stored = match &mut samples {
                    None => Err(Rejection::UnknownSeries),
                    Some(_) if timestamp_ms > bounds.latest_ms => Err(Rejection::TooFarInFuture),
                    Some(samples) => sample.insert_into(samples, bounds, self),
                };
                match stored {
                    Ok(Stored::New) => {
                        outcome.accept(timestamp_ms);
                        on_accept(reference, sample);
                    }
                    Ok(Stored::Repeated) => outcome.repeated += 1,
                    Err(reason) => outcome.reject(Offence {
                        index,
                        series: reference,
                        timestamp_ms,
                        reason,
                    }),
                }
                index += 1;
            }
        }
        self.widen_span(outcome.accepted_range);
        outcome
    }
}

const EVERYTHING: Bounds = Bounds {
    window_ms: i64::MAX,
    latest_ms: i64::MAX,
};

/// What a series stores.
trait Insert {
    fn timestamp_ms(&self) -> i64;

    fn insert_into(
        &self,
        samples: &mut Samples,
        bounds: Bounds,
        head: &Head,
    ) -> Result<Stored, Rejection>;
}

impl Insert for Sample {
    fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    #[inline]
    fn insert_into(
        &self,
        samples: &mut Samples,
        bounds: Bounds,
        head: &Head,
    ) -> Result<Stored, Rejection> {
        samples.insert(*self, bounds, &head.times)
    }
}

impl Insert for HistogramSample {
    fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    fn insert_into(
        &self,
        samples: &mut Samples,
        bounds: Bounds,
        _: &Head,
    ) -> Result<Stored, Rejection> {
        samples.insert_histogram(self, bounds)
    }
}
