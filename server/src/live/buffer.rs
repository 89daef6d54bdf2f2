//! The answers of a panel's queries -> the panel's window, and the columns
//! that a page which holds the window before does not have yet.
//!
//! Contract: every answer is a matrix on the panel's step; values between grid
//! times are not there. A series keeps its key while any of its points is in
//! the window. At most [`MAX_SERIES`] series are shown; that more were there is
//! said in the panel's status; [`MAX_RENDERED_SERIES`] where the server renders them.

use std::collections::HashMap;

use dashboard::Kind;
use series::{Labels, SampleColumns};
use wire::data::{EmptyReason, PanelData, Status, TimeGrid, Values};
use wire::id::{PanelId, RefId};
use wire::live::{PanelAppend, SeriesHead};

use super::named::{NamedSeries, QuerySeries};

/// More curves than this are no chart: the first ones of the answer are shown.
pub const MAX_SERIES: usize = 100;
/// Figures, shares and sums are of all series, as far as that is bounded.
pub const MAX_RENDERED_SERIES: usize = 1_000;

/// The columns that one evaluation covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The time of the first column.
    pub start_ms: i64,
    /// How many there are.
    pub len: usize,
}

/// The window of one panel, as long as its view lives.
#[derive(Clone)]
pub struct PanelBuffer {
    id: PanelId,
    data: PanelData,
    keys: HashMap<(RefId, Labels), u32>,
    next_key: u32,
    keeps_nan: bool,
    max_series: usize,
}

impl PanelBuffer {
    /// An empty window of panel `id`, which grows in steps of `step_ms` and
    /// goes back by `span_ms`, or as far as the page where that is 0.
    pub fn new(id: PanelId, step_ms: i64, span_ms: i64) -> Self {
        let grid = TimeGrid {
            step_ms,
            ..TimeGrid::default()
        };
        let data = PanelData {
            grid,
            span_ms,
            series: Vec::new(),
            status: Status::Loading,
        };
        Self {
            id,
            data,
            keys: HashMap::new(),
            next_key: 0,
            keeps_nan: false,
            max_series: MAX_SERIES,
        }
    }

    /// The same, of a panel of this kind.
    pub fn of_kind(self, kind: &Kind) -> Self {
        let max_series = if kind.is_written() {
            MAX_RENDERED_SERIES
        } else {
            MAX_SERIES
        };
        Self {
            keeps_nan: kind.shows_nan(),
            max_series,
            ..self
        }
    }

    /// The panel's id on its board.
    pub fn id(&self) -> PanelId {
        self.id
    }

    /// The window as it is now.
    pub fn data(&self) -> &PanelData {
        &self.data
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        // Beside its values a series has a name, labels and a key.
        let series = self.data.series.iter();
        let values = series.map(|series| size_of_val(&*series.values.0) + 512);
        values.sum()
    }

    /// What tells the series of this key from others of its query.
    pub fn labels(&self, key: u32) -> Option<Labels> {
        let found = self.keys.iter().find(|(_, held)| **held == key);
        found.map(|((_, labels), _)| labels.clone())
    }

    /// Takes an evaluation over; returns what changed, `None` where nothing did.
    /// `empty` says why there is nothing where there is nothing, `capacity` how
    /// many columns the window holds.
    pub fn ingest(
        &mut self,
        columns: Columns,
        answers: &[QuerySeries],
        empty: &EmptyReason,
        capacity: usize,
    ) -> Option<PanelAppend> {
        let mut append = self.append_of(columns, answers);
        append.status = self.status_of(&append, answers, empty);
        self.trim_unchanged(&mut append);
        if append.len == 0 && append.status == self.data.status {
            return None;
        }
        self.data.apply(&append, capacity);
        self.forget_departed();
        Some(append)
    }

    /// Keeps the window and says that its source failed.
    pub fn fail(&mut self, message: String) -> Option<PanelAppend> {
        self.set_status(Status::Failed { message })
    }

    /// Keeps the window and says something else of it; `None` where that is
    /// said already.
    pub fn set_status(&mut self, status: Status) -> Option<PanelAppend> {
        if self.data.status == status {
            return None;
        }
        self.data.status = status.clone();
        let start_ms = self.data.grid.time_ms(self.data.grid.len);
        Some(PanelAppend {
            id: self.id,
            start_ms,
            status,
            ..PanelAppend::default()
        })
    }

    fn append_of(&mut self, columns: Columns, answers: &[QuerySeries]) -> PanelAppend {
        let mut append = PanelAppend {
            id: self.id,
            start_ms: columns.start_ms,
            len: columns.len,
            ..PanelAppend::default()
        };
        for answer in answers {
            for series in &answer.series {
                let values = self.on_grid(columns, &series.samples);
                if values.iter().all(Option::is_none) {
                    continue;
                }
                if let Some(key) = self.key_of(answer.query, series, &mut append.added) {
                    append.series.push((key, Values(values)));
                }
            }
        }
        append
    }

    fn on_grid(&self, columns: Columns, samples: &SampleColumns) -> Vec<Option<f64>> {
        let mut values = vec![None; columns.len];
        for sample in samples.iter() {
            let offset_ms = sample.timestamp_ms - columns.start_ms;
            if offset_ms % self.data.grid.step_ms != 0 {
                continue;
            }
            let index = usize::try_from(offset_ms / self.data.grid.step_ms).unwrap_or(usize::MAX);
            if let Some(value) = values.get_mut(index) {
                *value = Some(sample.value).filter(|value| self.keeps_nan || !value.is_nan());
            }
        }
        values
    }

    fn key_of(
        &mut self,
        query: RefId,
        series: &NamedSeries,
        added: &mut Vec<SeriesHead>,
    ) -> Option<u32> {
        let identity = (query, series.labels.clone());
        if let Some(&key) = self.keys.get(&identity) {
            return Some(key);
        }
        if self.keys.len() >= self.max_series {
            return None;
        }
        let key = self.next_key;
        self.next_key += 1;
        self.keys.insert(identity, key);
        added.push(SeriesHead {
            key,
            name: series.name.clone(),
            query,
            overrides: series.overrides.clone(),
        });
        Some(key)
    }

    fn status_of(
        &self,
        append: &PanelAppend,
        answers: &[QuerySeries],
        empty: &EmptyReason,
    ) -> Status {
        if let Some(message) = answers.iter().flat_map(|answer| &answer.warnings).next() {
            return Status::Partial {
                message: message.clone(),
            };
        }
        let found: usize = answers.iter().map(|answer| answer.series.len()).sum();
        if found > self.max_series {
            return Status::Partial {
                message: format!("{} of {found} series are shown", self.max_series),
            };
        }
        if append.series.is_empty() && !self.has_points_before(append.start_ms) {
            return Status::Empty(empty.clone());
        }
        Status::Ok
    }

    fn has_points_before(&self, time_ms: i64) -> bool {
        let grid = self.data.grid;
        let held = usize::try_from((time_ms - grid.start_ms).max(0) / grid.step_ms.max(1))
            .unwrap_or(usize::MAX);
        self.data
            .series
            .iter()
            .any(|series| series.values.0.iter().take(held).any(Option::is_some))
    }

    /// Leaves out the leading columns that the window already holds as they are.
    fn trim_unchanged(&self, append: &mut PanelAppend) {
        let grid = self.data.grid;
        let offset = (append.start_ms - grid.start_ms) / grid.step_ms.max(1);
        let Ok(first) = usize::try_from(offset) else {
            return;
        };
        if !append.added.is_empty() || grid.len == 0 {
            return;
        }
        let unchanged = (0..append.len)
            .take_while(|column| {
                first + column < grid.len && self.column_is(append, first, *column)
            })
            .count();
        for (_, values) in &mut append.series {
            values.0.drain(..unchanged);
        }
        append.len -= unchanged;
        append.start_ms += grid.step_ms * i64::try_from(unchanged).unwrap_or(0);
    }

    fn column_is(&self, append: &PanelAppend, first: usize, column: usize) -> bool {
        self.data.series.iter().all(|series| {
            let fresh = append.series.iter().find(|(key, _)| *key == series.key);
            let fresh = fresh.and_then(|(_, values)| values.0.get(column).copied().flatten());
            let held = series.values.0.get(first + column).copied().flatten();
            // By their bits: a NaN is no news after a NaN.
            held.map(f64::to_bits) == fresh.map(f64::to_bits)
        })
    }

    /// Series that have left the window make room for others.
    fn forget_departed(&mut self) {
        let held = &self.data.series;
        if self.keys.len() > held.len() {
            self.keys
                .retain(|_, key| held.iter().any(|series| series.key == *key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_MS: i64 = 1_000;
    const NOT_YET: EmptyReason = EmptyReason::NotYet;

    fn columns(start_ms: i64, len: usize) -> Columns {
        Columns { start_ms, len }
    }

    fn answer(series: &[(&str, &[(i64, f64)])]) -> Vec<QuerySeries> {
        let named = |(name, samples): &(&str, &[(i64, f64)])| {
            let mut columns = SampleColumns::default();
            samples
                .iter()
                .for_each(|&(timestamp_ms, value)| columns.push(timestamp_ms, value));
            NamedSeries {
                name: (*name).into(),
                labels: Labels::from_pairs([("name", *name)]),
                overrides: Vec::new(),
                samples: columns,
            }
        };
        let series = series.iter().map(named).collect();
        vec![QuerySeries {
            query: RefId('A'),
            series,
            warnings: Vec::new(),
        }]
    }

    fn filled() -> PanelBuffer {
        let mut buffer = PanelBuffer::new(PanelId(1), STEP_MS, 0);
        let columns = columns(0, 3);
        buffer.ingest(
            columns,
            &answer(&[("a", &[(0, 1.0), (1_000, 2.0), (2_000, 3.0)])]),
            &NOT_YET,
            4,
        );
        buffer
    }

    #[test]
    fn only_new_columns_are_sent() {
        let mut buffer = filled();
        let columns = columns(1_000, 3);
        let again = answer(&[("a", &[(1_000, 2.0), (2_000, 3.0), (3_000, 4.0)])]);
        let append = buffer.ingest(columns, &again, &NOT_YET, 4).unwrap();
        assert_eq!((append.start_ms, append.len), (3_000, 1));
        assert_eq!(append.series, [(0, Values(vec![Some(4.0)]))]);
    }

    #[test]
    fn changed_recent_columns_are_sent_again() {
        let mut buffer = filled();
        let columns = columns(1_000, 3);
        let again = answer(&[("a", &[(1_000, 2.0), (2_000, 9.0), (3_000, 4.0)])]);
        let append = buffer.ingest(columns, &again, &NOT_YET, 4).unwrap();
        assert_eq!((append.start_ms, append.len), (2_000, 2));
    }

    #[test]
    fn an_evaluation_without_news_sends_nothing() {
        let mut buffer = filled();
        let columns = columns(2_000, 1);
        assert_eq!(
            buffer.ingest(columns, &answer(&[("a", &[(2_000, 3.0)])]), &NOT_YET, 4),
            None
        );
    }

    #[test]
    fn a_page_that_applies_every_append_holds_the_same_window() {
        let mut buffer = filled();
        let mut page = buffer.data().clone();
        for step in 3..20_i64 {
            let columns = columns((step - 1) * STEP_MS, 2);
            let name = if step % 5 == 0 { "b" } else { "a" };
            let samples = [((step - 1) * STEP_MS, 1.5), (step * STEP_MS, step as f64)];
            if let Some(append) = buffer.ingest(columns, &answer(&[(name, &samples)]), &NOT_YET, 4)
            {
                page.apply(&append, 4);
            }
            assert_eq!(&page, buffer.data());
        }
    }

    #[test]
    fn what_is_no_data_is_said() {
        let mut buffer = PanelBuffer::new(PanelId(1), STEP_MS, 0);
        buffer.ingest(columns(0, 3), &answer(&[]), &NOT_YET, 4);
        assert_eq!(buffer.data().status, Status::Empty(NOT_YET));
        let append = buffer.fail("prometheus does not answer".into()).unwrap();
        assert!(matches!(append.status, Status::Failed { .. }));
        assert_eq!(buffer.fail("prometheus does not answer".into()), None);
    }

    #[test]
    fn too_many_series_are_cut_and_said() {
        let names: Vec<String> = (0..MAX_SERIES + 5).map(|n| format!("s{n}")).collect();
        let points = [(0, 1.0)];
        let series: Vec<(&str, &[(i64, f64)])> = names
            .iter()
            .map(|name| (name.as_str(), points.as_slice()))
            .collect();
        let mut buffer = PanelBuffer::new(PanelId(1), STEP_MS, 0);
        buffer.ingest(columns(0, 1), &answer(&series), &NOT_YET, 4);
        assert_eq!(buffer.data().series.len(), MAX_SERIES);
        let message = "100 of 105 series are shown".to_owned();
        assert_eq!(buffer.data().status, Status::Partial { message });
    }
}
