//! What a query answers, whatever its source and language: [`Frame`]s.
//!
//! A frame holds series, a table, records or a trace, and with them what must be
//! said of the answer: how new it is, what was left out, what the source remarks.
//! Panels draw frames; transformations work on tables.
//!
//! Contract: plain values, no I/O, no clock. Times are milliseconds since the
//! Unix epoch, of spans nanoseconds. An answer without values is a frame without
//! values, never an absent frame.

mod annotations;
mod moved;
mod record;
mod table;
mod trace;

use std::sync::Arc;

use series::LabeledSeries;

pub use annotations::{Annotations, QueryStats};
pub use record::{Record, Severity};
pub use table::{Cell, Column, TIME, Table, VALUE};
pub use trace::{Span, SpanEvent, SpanId, SpanKind, SpanStatus, Trace, TraceId};

/// The answer to one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The values.
    pub data: FrameData,
    /// What was left out of them; `None` where they are whole.
    pub cut: Option<Cut>,
    /// What the source says of the answer, and what it cost.
    pub annotations: Annotations,
}

/// The values of a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum FrameData {
    /// Values over time, in ascending order of labels.
    Series(Vec<LabeledSeries>),
    /// Rows and columns.
    Table(Table),
    /// Log lines or events, in ascending order of time.
    Records(Vec<Record>),
    /// One trace.
    Trace(Arc<Trace>),
}

impl Default for FrameData {
    fn default() -> Self {
        Self::Series(Vec::new())
    }
}

/// That a limit left something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many series, rows, records or spans the frame holds.
    pub shown: usize,
    /// How many there are; `None` where the source stopped counting.
    pub found: Option<usize>,
}

impl Frame {
    /// A frame of all the series that an answer has.
    pub fn of_series(series: Vec<LabeledSeries>, annotations: Annotations) -> Self {
        Self {
            data: FrameData::Series(series),
            cut: None,
            annotations,
        }
    }

    /// Its series; none where it holds other values.
    pub fn series(&self) -> &[LabeledSeries] {
        match &self.data {
            FrameData::Series(series) => series,
            _ => &[],
        }
    }

    /// Its series, taken out; none where it holds other values.
    pub fn into_series(self) -> Vec<LabeledSeries> {
        match self.data {
            FrameData::Series(series) => series,
            _ => Vec::new(),
        }
    }

    /// Whether there is no value: no series, row, record or span.
    pub fn is_empty(&self) -> bool {
        match &self.data {
            FrameData::Series(series) => series.is_empty(),
            FrameData::Table(table) => table.rows() == 0,
            FrameData::Records(records) => records.is_empty(),
            FrameData::Trace(trace) => trace.spans.is_empty(),
        }
    }

    /// The time of the newest value, which tells how old the answer is; `None`
    /// where there is none, or a table has no column of times.
    pub fn newest_ms(&self) -> Option<i64> {
        match &self.data {
            FrameData::Series(series) => series
                .iter()
                .filter_map(|one| one.samples.newest_ms())
                .max(),
            FrameData::Table(table) => table
                .time()?
                .cells
                .iter()
                .filter_map(|cell| match cell {
                    Cell::Time(ms) => Some(*ms),
                    _ => None,
                })
                .max(),
            FrameData::Records(records) => records.iter().map(|record| record.time_ms).max(),
            FrameData::Trace(trace) => trace
                .end_ns()
                .map(|ns| i64::try_from(ns / 1_000_000).unwrap_or(i64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use series::{Labels, SampleColumns};

    use super::*;

    fn check(data: FrameData, is_empty: bool, newest_ms: Option<i64>) {
        let frame = Frame {
            data,
            ..Frame::default()
        };
        assert_eq!((frame.is_empty(), frame.newest_ms()), (is_empty, newest_ms));
    }

    fn series(times_ms: &[i64]) -> LabeledSeries {
        LabeledSeries {
            labels: Labels::default(),
            samples: SampleColumns::of_floats(times_ms.to_vec(), vec![1.0; times_ms.len()]),
        }
    }

    #[test]
    fn the_newest_value_tells_the_age_whatever_the_values_are() {
        check(FrameData::default(), true, None);
        let several = vec![series(&[1, 5]), series(&[2, 9]), series(&[])];
        check(FrameData::Series(several), false, Some(9));
        let times = Column::new(TIME, vec![Cell::Time(7), Cell::Time(3), Cell::Empty]);
        let table = |columns| {
            FrameData::Table(Table {
                columns,
                ..Table::default()
            })
        };
        check(table(vec![times]), false, Some(7));
        check(
            table(vec![Column::new("a", vec![Cell::from(1.0)])]),
            false,
            None,
        );
        let record = |time_ms| Record {
            time_ms,
            ..Record::default()
        };
        check(
            FrameData::Records(vec![record(4), record(8)]),
            false,
            Some(8),
        );
        let trace = Trace {
            spans: vec![Span {
                start_ns: 1_000_000,
                end_ns: 6_000_000,
                ..Span::default()
            }],
            ..Trace::default()
        };
        check(FrameData::Trace(Arc::new(trace)), false, Some(6));
    }
}
