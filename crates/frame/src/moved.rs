//! A frame to the same values at other times: what was yesterday, to be drawn
//! over today.

use std::sync::Arc;

use series::LabeledSeries;

use crate::{Cell, Column, Frame, FrameData, Record, Span, Table, Trace};

/// Nanoseconds of a millisecond.
const NS_PER_MS: i64 = 1_000_000;

impl Frame {
    /// Every time in it `later_ms` later; below zero is earlier.
    #[must_use]
    pub fn moved(&self, later_ms: i64) -> Self {
        let data = match &self.data {
            FrameData::Series(all) => {
                FrameData::Series(all.iter().map(|one| series(one, later_ms)).collect())
            }
            FrameData::Table(of) => FrameData::Table(table(of, later_ms)),
            FrameData::Records(all) => {
                FrameData::Records(all.iter().map(|one| record(one, later_ms)).collect())
            }
            FrameData::Trace(of) => FrameData::Trace(Arc::new(trace(of, later_ms))),
        };
        Self {
            data,
            cut: self.cut,
            annotations: self.annotations.clone(),
        }
    }
}

fn series(series: &LabeledSeries, later_ms: i64) -> LabeledSeries {
    LabeledSeries {
        labels: series.labels.clone(),
        samples: series.samples.moved(later_ms),
    }
}

fn table(table: &Table, later_ms: i64) -> Table {
    let columns = table.columns.iter().map(|column| Column {
        cells: column
            .cells
            .iter()
            .map(|cell| match cell {
                Cell::Time(ms) => Cell::Time(ms.saturating_add(later_ms)),
                other => other.clone(),
            })
            .collect(),
        ..column.headed()
    });
    Table {
        query: table.query,
        columns: columns.collect(),
    }
}

fn record(record: &Record, later_ms: i64) -> Record {
    Record {
        time_ms: record.time_ms.saturating_add(later_ms),
        ..record.clone()
    }
}

fn trace(trace: &Trace, later_ms: i64) -> Trace {
    let later_ns = later_ms.saturating_mul(NS_PER_MS);
    let spans = trace.spans.iter().map(|span| {
        let mut moved = Span {
            start_ns: span.start_ns.saturating_add_signed(later_ns),
            end_ns: span.end_ns.saturating_add_signed(later_ns),
            ..span.clone()
        };
        for event in &mut moved.events {
            event.time_ns = event.time_ns.saturating_add_signed(later_ns);
        }
        moved
    });
    Trace {
        id: trace.id,
        spans: spans.collect(),
    }
}

#[cfg(test)]
mod tests {
    use series::SampleColumns;

    use super::*;
    use crate::TIME;

    fn check(data: FrameData) {
        let frame = Frame {
            data,
            ..Frame::default()
        };
        let newest_ms = frame.newest_ms().unwrap();
        assert_eq!(frame.moved(500).newest_ms(), Some(newest_ms + 500));
        assert_eq!(frame.moved(500).moved(-500), frame);
    }

    #[test]
    fn all_times_of_a_frame_move_together() {
        check(FrameData::Series(vec![LabeledSeries {
            samples: SampleColumns::of_floats(vec![1_000, 2_000], vec![1.0, 2.0]),
            ..LabeledSeries::default()
        }]));
        check(FrameData::Table(Table {
            columns: vec![
                Column::new(TIME, vec![Cell::Time(1_000), Cell::Empty]),
                Column::new("a", vec![Cell::from("b"), Cell::from(1.0)]),
            ],
            ..Table::default()
        }));
        check(FrameData::Records(vec![Record {
            time_ms: 1_000,
            ..Record::default()
        }]));
        check(FrameData::Trace(Arc::new(Trace {
            spans: vec![Span {
                start_ns: 1_000_000_000,
                end_ns: 2_000_000_000,
                ..Span::default()
            }],
            ..Trace::default()
        })));
    }
}
