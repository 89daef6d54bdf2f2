//! A fingerprint of each column of samples that was painted, to tell afterwards what
//! is new: nobody has to say which samples a step has replaced.

use crate::plot::Plot;

/// One number for each column in sight, made of all series' samples there.
#[derive(Debug, PartialEq)]
pub struct ColumnFingerprints {
    /// The time of the first column.
    start_ms: i64,
    step_ms: i64,
    columns: Vec<u32>,
}

/// What is to be painted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// From a time on.
    Since(i64),
    /// All: the samples are others, or some have gone.
    All,
}

impl ColumnFingerprints {
    /// The fingerprints of what a plot shows.
    pub fn of(plot: &Plot) -> Self {
        let grid = plot.input().data.grid;
        let seen = plot.columns();
        let mut columns = vec![0; seen.len()];
        for curve in plot.curves() {
            let values = curve.series.values.0.get(seen.clone()).unwrap_or_default();
            for (fingerprint, value) in columns.iter_mut().zip(values) {
                *fingerprint = mixed(*fingerprint, *value);
            }
        }
        Self {
            start_ms: grid.time_ms(seen.start),
            step_ms: grid.step_ms.max(1),
            columns,
        }
    }

    /// What differs from the fingerprints `before`; `from_ms` is the window's start.
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

fn mixed(fingerprint: u32, value: Option<f64>) -> u32 {
    let bits = value.map_or(0x7ff8_dead_beef_0000, f64::to_bits);
    let folded = (bits ^ (bits >> 32)) as u32;
    (fingerprint ^ folded)
        .wrapping_mul(0x9e37_79b1)
        .rotate_left(13)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{data, plotted};

    type Samples<'a> = &'a [Option<f64>];

    /// Both windows are as long as `before`; the second starts `moved` columns later.
    fn check(before: (i64, Samples), after: (i64, Samples), moved: i64, expected: Change) {
        let fingerprints = |(start_ms, samples): (i64, Samples), from_ms: i64| {
            let to_ms = from_ms + 1_000 * (before.1.len() as i64 - 1);
            plotted(
                &data(start_ms, &[samples]),
                from_ms,
                to_ms,
                ColumnFingerprints::of,
            )
        };
        let from_ms = before.0 + 1_000 * moved;
        let change = fingerprints(after, from_ms).change(&fingerprints(before, before.0), from_ms);
        assert_eq!(change, expected);
    }

    const FOUR: Samples = &[Some(1.0), Some(2.0), None, Some(4.0)];

    #[test]
    fn the_same_samples_are_no_change() {
        check((0, FOUR), (0, FOUR), 0, Change::None);
    }

    #[test]
    fn a_window_that_slides_is_new_at_its_end() {
        let slid: Samples = &[Some(1.0), Some(2.0), None, Some(4.0), Some(5.0)];
        check((0, FOUR), (0, slid), 1, Change::Since(4_000));
        check((0, FOUR), (1_000, &slid[1..]), 1, Change::Since(4_000));
    }

    #[test]
    fn samples_that_were_replaced_are_new() {
        check(
            (0, FOUR),
            (0, &[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]),
            0,
            Change::Since(2_000),
        );
        check((0, FOUR), (0, &FOUR[..3]), 0, Change::Since(3_000));
    }

    #[test]
    fn samples_that_have_gone_before_the_end_ask_for_all() {
        check((0, FOUR), (2_000, &FOUR[2..]), 0, Change::All);
        check((5_000, FOUR), (0, FOUR), 0, Change::All);
        check((0, FOUR), (500, FOUR), 0, Change::All);
    }
}
