//! A print of each column of samples that was painted, to tell afterwards what
//! is new: nobody has to say which samples a step has replaced.

use chart::Plot;

/// One number for each column in sight, made of all series' samples there.
#[derive(Debug, PartialEq)]
pub(super) struct Prints {
    /// The time of the first column.
    start_ms: i64,
    step_ms: i64,
    columns: Vec<u32>,
}

/// What is to be painted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// From a time on.
    Since(i64),
    /// All: the samples are others, or some have gone.
    All,
}

impl Prints {
    /// The prints of what a plot shows.
    pub fn of(plot: &Plot) -> Self {
        let grid = plot.input().data.grid;
        let seen = plot.columns();
        let mut columns = vec![0; seen.len()];
        for curve in plot.curves() {
            let values = curve.series.values.0.get(seen.clone()).unwrap_or_default();
            for (print, value) in columns.iter_mut().zip(values) {
                *print = mixed(*print, *value);
            }
        }
        Self {
            start_ms: grid.time_ms(seen.start),
            step_ms: grid.step_ms.max(1),
            columns,
        }
    }

    /// What differs from the prints `before`; `from_ms` is the window's start.
    pub fn change(&self, before: &Self, from_ms: i64) -> Change {
        let gone_ms = self.start_ms - before.start_ms;
        let Ok(gone) = usize::try_from(gone_ms.div_euclid(self.step_ms)) else {
            return Change::All;
        };
        let same_grid = self.step_ms == before.step_ms && gone_ms % self.step_ms == 0;
        let seen_go = gone > 0 && self.start_ms > from_ms + self.step_ms;
        if !same_grid || seen_go {
            return Change::All;
        }
        let kept = before.columns.get(gone..).unwrap_or_default();
        let same = self
            .columns
            .iter()
            .zip(kept)
            .take_while(|(now, then)| now == then)
            .count();
        if same == self.columns.len() && same == kept.len() {
            return Change::None;
        }
        let steps = i64::try_from(same).unwrap_or(i64::MAX);
        Change::Since(self.start_ms + self.step_ms * steps)
    }
}

fn mixed(print: u32, value: Option<f64>) -> u32 {
    let bits = value.map_or(0x7ff8_dead_beef_0000, f64::to_bits);
    let folded = (bits ^ (bits >> 32)) as u32;
    (print ^ folded).wrapping_mul(0x9e37_79b1).rotate_left(13)
}
