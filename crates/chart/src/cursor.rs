//! A place in the plot to the samples that are read there.

use crate::color_role::ColorRole;
use crate::curve::Curve;
use crate::plot::{Plot, visible};

/// What the cursor shows at one column of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The column.
    pub column: usize,
    /// Its time.
    pub time_ms: i64,
    /// Where it stands, 0 at the plot's left edge and 1 at its right.
    pub position: f64,
    /// The series that have a sample there, highest first.
    pub entries: Vec<Entry>,
}

/// A series under the cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The series' key.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color_role: ColorRole,
    /// The sample itself, not where it stands in a stack.
    pub value: f64,
    /// The sample with its unit.
    pub text: String,
    /// Where its mark stands, 0 at the plot's top and 1 at its bottom.
    pub position: f64,
    /// Whether its mark is the nearest to the cursor.
    pub nearest: bool,
}

impl Plot<'_> {
    /// The column whose time is nearest to a moment, of those in the window.
    pub fn column_at(&self, time_ms: i64) -> Option<usize> {
        let grid = self.input.data.grid;
        let seen = visible(&grid, self.input.window);
        let last = seen.end.checked_sub(1).filter(|last| *last >= seen.start)?;
        let step_ms = grid.step_ms.max(1);
        let steps = (time_ms - grid.start_ms + step_ms / 2).div_euclid(step_ms);
        Some(
            usize::try_from(steps.max(0))
                .unwrap_or(0)
                .clamp(seen.start, last),
        )
    }

    /// The moment at a horizontal position, 0 to 1.
    pub fn time_at(&self, position: f64) -> i64 {
        let window = self.input.window;
        let span_ms = (window.to_ms - window.from_ms) as f64;
        window.from_ms + (position * span_ms).round() as i64
    }

    /// What is read at a moment; `height` (0 at the top, 1 at the bottom) marks the
    /// nearest series.
    pub fn reading(&self, time_ms: i64, height: Option<f64>) -> Option<Reading> {
        let column = self.column_at(time_ms)?;
        let shown = self.curves.iter().filter(|curve| !curve.hidden);
        let mut entries: Vec<_> = shown
            .filter_map(|curve| self.entry(curve, column))
            .collect();
        if let Some(height) = height {
            let distance = |entry: &Entry| (entry.position - height).abs();
            let nearest = entries.iter().map(distance).reduce(f64::min);
            let found = entries
                .iter_mut()
                .find(|entry| Some(distance(entry)) == nearest);
            if let Some(entry) = found {
                entry.nearest = true;
            }
        }
        entries.sort_by(|a, b| b.value.total_cmp(&a.value));
        let time_ms = self.input.data.grid.time_ms(column);
        Some(Reading {
            column,
            time_ms,
            position: self.time_position(time_ms),
            entries,
        })
    }

    fn entry(&self, curve: &Curve, column: usize) -> Option<Entry> {
        let value = (*curve.series.values.0.get(column)?)?;
        let drawn = (*curve.top.get(column)?)?;
        let axis = self.axes.on(curve.side);
        Some(Entry {
            key: curve.series.key,
            name: curve.series.name.clone(),
            color_role: curve.color_role,
            value,
            text: axis.value_text(value),
            position: (1.0 - axis.position(drawn)).clamp(0.0, 1.0),
            nearest: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{data, plotted};

    const A: &[Option<f64>] = &[Some(1.0), Some(2.0), None, Some(4.0), Some(5.0)];
    const B: &[Option<f64>] = &[Some(9.0), None, None, Some(3.0), Some(8.0)];

    fn check(time_ms: i64, height: Option<f64>, column: usize, expected: &[(&str, &str, bool)]) {
        let reading = plotted(&data(0, &[A, B]), 0, 4_000, |plot| {
            plot.reading(time_ms, height)
        });
        let reading = reading.unwrap();
        let found: Vec<_> = reading
            .entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.text.as_str(), entry.nearest))
            .collect();
        assert_eq!((reading.column, found.as_slice()), (column, expected));
    }

    #[test]
    fn the_nearest_column_is_read_highest_series_first() {
        check(0, None, 0, &[("b", "9 s", false), ("a", "1 s", false)]);
        check(2_501, None, 3, &[("a", "4 s", false), ("b", "3 s", false)]);
        check(-99, None, 0, &[("b", "9 s", false), ("a", "1 s", false)]);
        check(99_000, None, 4, &[("b", "8 s", false), ("a", "5 s", false)]);
    }

    #[test]
    fn what_is_absent_is_not_read() {
        check(1_000, None, 1, &[("a", "2 s", false)]);
        check(2_000, None, 2, &[]);
    }

    #[test]
    fn the_series_nearest_to_the_pointer_is_marked() {
        check(0, Some(0.0), 0, &[("b", "9 s", true), ("a", "1 s", false)]);
        check(0, Some(1.0), 0, &[("b", "9 s", false), ("a", "1 s", true)]);
    }

    #[test]
    fn a_window_beside_the_data_reads_nothing() {
        let reading = plotted(&data(0, &[A]), 60_000, 70_000, |plot| {
            plot.reading(65_000, None)
        });
        assert_eq!(reading, None);
    }
}
