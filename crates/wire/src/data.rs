//! A panel's data: series on one grid of times, and what is to be said of them.
//!
//! All series of a panel share the grid; a point that is not there is `None`
//! and is never drawn as zero.

use serde::{Deserialize, Serialize};

use crate::id::RefId;

pub use crate::values::Values;

/// Evenly spaced times: `start_ms + i · step_ms` for `i` below `len`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeGrid {
    /// The first time, a multiple of `step_ms`.
    pub start_ms: i64,
    /// The distance of two times, above zero.
    pub step_ms: i64,
    /// How many times there are.
    pub len: usize,
}

impl TimeGrid {
    /// The time of index `i`.
    pub fn time_ms(&self, i: usize) -> i64 {
        self.start_ms + self.step_ms * i64::try_from(i).unwrap_or(i64::MAX)
    }

    /// The last time, `start_ms` where the grid is empty.
    pub fn end_ms(&self) -> i64 {
        self.time_ms(self.len.saturating_sub(1))
    }
}

/// The data of one panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PanelData {
    /// The times of every series' values.
    pub grid: TimeGrid,
    /// How far back the panel goes, whatever the page shows; 0 is as far as the page.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub span_ms: i64,
    /// In the order in which they are drawn and listed.
    pub series: Vec<SeriesData>,
    /// Why there is no data, or what is wrong with it.
    pub status: Status,
}

/// What the server has rendered of a panel that the browser does not draw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedPanel {
    /// Markup that is safe in any page: all of it, or rows where `rows` says
    /// so; `None` where what stands in the page stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Where the rows in `html` go; `None` where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowPlacement>,
    /// Changes before the one in `html` that the page has not taken yet.
    #[serde(skip)]
    pub earlier: Vec<(String, Option<RowPlacement>)>,
    /// The time of the newest point that it shows; `None` where there is none.
    pub newest_ms: Option<i64>,
    /// Why there is no data, or what is wrong with it.
    #[serde(default)]
    pub status: Status,
}

/// Where rows go in a panel's markup, in which one element has the attribute
/// `data-rows`, and each of its children a `data-row-key` of its own. A row
/// whose key is there takes that one's place; the others are inserted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlacement {
    /// Whether they are inserted before the rows that are there, or after them.
    pub at_start: bool,
    /// At most so many rows stay: those farthest from where rows are inserted go.
    pub keep: usize,
}

/// A page takes changes as they come; one that left so many has nobody who shows them.
const MOST_EARLIER: usize = 120;

impl RenderedPanel {
    /// Takes over what is new.
    pub fn apply(&mut self, fresh: Self) {
        self.newest_ms = fresh.newest_ms;
        self.status = fresh.status;
        if fresh.html.is_none() {
            return;
        }
        match self.html.take() {
            Some(html) if fresh.rows.is_some() => self.earlier.push((html, self.rows)),
            _ if fresh.rows.is_none() => self.earlier.clear(),
            _ => {}
        }
        if self.earlier.len() > MOST_EARLIER {
            self.earlier.clear();
        }
        (self.html, self.rows) = (fresh.html, fresh.rows);
    }

    /// What has changed since this was last asked, in order; it is dropped here.
    pub fn take(&mut self) -> Vec<(String, Option<RowPlacement>)> {
        let mut changes = std::mem::take(&mut self.earlier);
        changes.extend(self.html.take().map(|html| (html, self.rows.take())));
        changes
    }
}

/// In a series' name: what follows does not decide its colour. A word joiner,
/// which is not seen.
pub const COMPARISON_MARK: char = '\u{2060}';

pub(crate) fn is_zero(span_ms: &i64) -> bool {
    *span_ms == 0
}

/// One series of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesData {
    /// Names the series within its panel for as long as the view lives.
    pub key: u32,
    /// What the legend says.
    pub name: String,
    /// The name of the query that yields it.
    pub query: RefId,
    /// The places of the overrides that are for it, among those of its panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<u16>,
    /// One value a grid time.
    pub values: Values,
}

/// Something that happened at a time or over a span of it, marked over all series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// What it is one of: `Deploys`.
    pub name: String,
    /// When it began.
    pub from_ms: i64,
    /// When it ended; equal to `from_ms` for a moment.
    pub to_ms: i64,
    /// A few words.
    pub text: String,
    /// What it meant.
    pub status: crate::board::Health,
}

/// What is to be said of a panel's data besides its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// There is data.
    #[default]
    Ok,
    /// No answer has come yet.
    Loading,
    /// The question is under way for longer than usual; older data, if any, is
    /// still shown.
    Waiting {
        /// A few words: what it waits for, and how many queries are before its own.
        message: String,
    },
    /// The source answered, and there is nothing to show.
    Empty(EmptyReason),
    /// The source did not answer; older data, if any, is still shown.
    Failed {
        /// One sentence: what failed, in the source's own words where it has some.
        message: String,
    },
    /// The source answered in part; `message` is its warning.
    Partial {
        /// The source's warning.
        message: String,
    },
}

/// Why an answered panel has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyReason {
    /// The metric exists, its series have no sample in this range yet.
    NotYet,
    /// The source does not export the metric.
    NeverExported {
        /// The metric's name.
        metric: String,
    },
    /// Targets have the metric on their pages, and no sample of it was stored.
    NotStored {
        /// The metric's name.
        metric: String,
    },
    /// The series are there, and all their values in this range are NaN.
    NotANumber,
    /// The panel's queries match nothing, and nothing more is known.
    NoSeries,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(html: &str, keep: Option<usize>) -> RenderedPanel {
        RenderedPanel {
            html: Some(html.to_owned()),
            rows: keep.map(|keep| RowPlacement {
                at_start: false,
                keep,
            }),
            ..RenderedPanel::default()
        }
    }

    /// Events as whole markup (`None`) or rows, and what a page then takes.
    fn check_taken(events: &[(&str, Option<usize>)], expected: &[&str]) {
        let mut panel = RenderedPanel::default();
        for (html, keep) in events {
            panel.apply(changed(html, *keep));
        }
        let taken: Vec<String> = panel.take().into_iter().map(|(html, _)| html).collect();
        assert_eq!(taken, expected);
        assert_eq!(panel, RenderedPanel::default());
    }

    #[test]
    fn rows_come_on_top_of_markup_and_go_with_it() {
        check_taken(&[("a", None), ("b", None)], &["b"]);
        check_taken(
            &[("a", None), ("1", Some(9)), ("2", Some(9))],
            &["a", "1", "2"],
        );
        check_taken(&[("1", Some(9)), ("2", Some(9))], &["1", "2"]);
        check_taken(&[("a", None), ("1", Some(9)), ("b", None)], &["b"]);
    }

    #[test]
    fn changes_that_nobody_takes_do_not_pile_up() {
        let mut panel = changed("a", None);
        for _ in 0..1_000 {
            panel.apply(changed("row", Some(9)));
        }
        assert!(panel.take().len() <= MOST_EARLIER + 1);
    }

    #[test]
    fn the_grid_counts_its_times() {
        let grid = TimeGrid {
            start_ms: 1_000,
            step_ms: 500,
            len: 3,
        };
        assert_eq!((grid.time_ms(2), grid.end_ms()), (2_000, 2_000));
    }
}
