//! What a measurement says: tables for people, then one line a figure for programs,
//! `figure NAME MEASURED UNIT <= GOAL ok`, with `>=` for figures that should be large and `short` for `ok` where the
//! goal is not reached.

use std::process::ExitCode;

/// Collects figures; tables are printed as they come.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

struct Figure {
    name: String,
    measured: f64,
    unit: &'static str,
    goal: Goal,
}

enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Report {
    /// Says what is being done: a measurement takes minutes.
    pub fn step(&self, what: &str) {
        println!("\u{25b8} {what}");
    }

    /// Prints a table: a title, and rows whose first is the heading.
    pub fn table(&self, title: &str, rows: &[Vec<String>]) {
        println!("\n{title}");
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in rows {
            let cells = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
            println!("  {}", cells.collect::<Vec<_>>().join("  "));
        }
        println!();
    }

    /// A figure that should be small.
    pub fn at_most(
        &mut self,
        name: impl Into<String>,
        measured: f64,
        unit: &'static str,
        goal: f64,
    ) {
        self.figures.push(Figure {
            name: name.into(),
            measured,
            unit,
            goal: Goal::AtMost(goal),
        });
    }

    /// A figure that should be large.
    pub fn at_least(
        &mut self,
        name: impl Into<String>,
        measured: f64,
        unit: &'static str,
        goal: f64,
    ) {
        self.figures.push(Figure {
            name: name.into(),
            measured,
            unit,
            goal: Goal::AtLeast(goal),
        });
    }

    /// Prints the figures; status 1 where one is short.
    pub fn finish(self) -> ExitCode {
        for figure in &self.figures {
            println!("{}", figure.line());
        }
        if self.figures.iter().all(Figure::is_reached) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Figure {
    fn is_reached(&self) -> bool {
        match self.goal {
            Goal::AtMost(goal) => self.measured <= goal,
            Goal::AtLeast(goal) => self.measured >= goal,
        }
    }

    fn line(&self) -> String {
        let (sign, goal) = match self.goal {
            Goal::AtMost(goal) => ("<=", goal),
            Goal::AtLeast(goal) => (">=", goal),
        };
        let Self {
            name,
            measured,
            unit,
            ..
        } = self;
        let end = if self.is_reached() { "ok" } else { "short" };
        format!(
            "figure {name} {} {unit} {sign} {goal} {end}",
            digits(*measured)
        )
    }
}

/// A number with three significant digits, never in exponents.
pub fn digits(number: f64) -> String {
    match number.abs() {
        large if large >= 100.0 => format!("{number:.0}"),
        medium if medium >= 10.0 => format!("{number:.1}"),
        small if small >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.4}"),
    }
}

/// The middle one of `numbers`; not a number where there is none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measured: f64, goal: Goal, expected: &str) {
        let figure = Figure {
            name: "it".to_owned(),
            measured,
            unit: "ms",
            goal,
        };
        assert_eq!(figure.line(), expected);
    }

    #[test]
    fn a_figure_says_whether_its_goal_is_reached() {
        check(9.876, Goal::AtMost(10.0), "figure it 9.88 ms <= 10 ok");
        check(10.1, Goal::AtMost(10.0), "figure it 10.1 ms <= 10 short");
        check(0.25, Goal::AtLeast(0.5), "figure it 0.2500 ms >= 0.5 short");
        check(1234.5, Goal::AtLeast(250.0), "figure it 1234 ms >= 250 ok");
        check(f64::NAN, Goal::AtLeast(1.0), "figure it NaN ms >= 1 short");
    }
}
