//! What the form of a board file cannot hold: that its parts fit together.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use regex::Regex;

use crate::annotation::{Annotation, MarksFrom};
use crate::board::{Board, TimeDefaults};
use crate::duration;
use crate::field::Field;
use crate::kind::{Kind, StatOptions};
use crate::panel::Panel;
use crate::time::{self, Edge};
use crate::variable::{ChoicesFrom, Variable};

/// Everything that does not fit: the path, and what is wrong with it.
pub(super) fn check(board: &Board) -> Vec<(String, String)> {
    let mut errors = Errors(Vec::new());
    let zone = errors.time(&board.time);
    errors.annotations(&board.annotations, &zone);
    let mut names = BTreeSet::new();
    for (variable, index) in board.variables.iter().zip(0..) {
        errors.variable(&format!("variables[{index}]"), variable);
        if !names.insert(variable.name.as_str()) {
            let message = format!("there is another variable `{}` before it", variable.name);
            errors.add(format!("variables[{index}].name"), message);
        }
    }
    let mut ids = BTreeSet::new();
    for (panel, index) in board.panels.iter().zip(0..) {
        let path = format!("panels[{index}]");
        errors.panel(&path, panel);
        if !ids.insert(panel.id) {
            let message = format!("there is another panel with the id {} before it", panel.id);
            errors.add(format!("{path}.id"), message);
        }
        if let Some(repeat) = &panel.repeat
            && !names.contains(repeat.variable.as_str())
        {
            let message = format!("there is no variable `{}`", repeat.variable);
            errors.add(format!("{path}.repeat.variable"), message);
        }
    }
    errors.0
}

struct Errors(Vec<(String, String)>);

impl Errors {
    fn add(&mut self, path: String, message: String) {
        self.0.push((path, message));
    }

    fn holds<T, E: ToString>(&mut self, path: String, result: Result<T, E>) {
        if let Err(error) = result {
            self.add(path, error.to_string());
        }
    }

    /// Checks the defaults; returns the zone of times that name none.
    fn time(&mut self, time: &TimeDefaults) -> TimeZone {
        let zone = time::zone(&time.zone).unwrap_or_else(|error| {
            self.add("time.zone".to_owned(), error.to_string());
            TimeZone::UTC
        });
        let from = time::resolve(&time.from, 0, &zone, Edge::From);
        self.holds("time.from".to_owned(), from);
        let to = time::resolve(&time.to, 0, &zone, Edge::To);
        self.holds("time.to".to_owned(), to);
        zone
    }

    fn annotations(&mut self, annotations: &[Annotation], zone: &TimeZone) {
        let mut names = BTreeSet::new();
        for (annotation, index) in annotations.iter().zip(0..) {
            let path = format!("annotations[{index}]");
            if !names.insert(annotation.url_name()) {
                let name = &annotation.name;
                let message = format!("there is another annotation `{name}` before it");
                self.add(format!("{path}.name"), message);
            }
            match &annotation.from {
                MarksFrom::Query(query) => {
                    self.duration(format!("{path}.from.query.min_step"), &query.min_step);
                }
                MarksFrom::Fixed(marks) => {
                    for (mark, index) in marks.iter().zip(0..) {
                        self.holds(format!("{path}.from.fixed[{index}]"), mark.span_ms(zone));
                    }
                }
            }
        }
    }

    fn duration(&mut self, path: String, text: &str) {
        let is_open = text.is_empty() || text.contains('$') || text.contains("[[");
        if !is_open {
            self.holds(path, duration::parse(text));
        }
    }

    fn variable(&mut self, path: &str, variable: &Variable) {
        if variable.name.is_empty() || !variable.name.chars().all(is_of_name) {
            let message = format!(
                "`{}` is no name of a variable: use letters, digits and `_`",
                variable.name
            );
            self.add(format!("{path}.name"), message);
        }
        self.holds(format!("{path}.regex"), Regex::new(&variable.regex));
        self.duration(format!("{path}.auto_min"), &variable.auto_min);
        if let ChoicesFrom::Interval(intervals) = &variable.from {
            for (interval, index) in intervals.iter().zip(0..) {
                if interval != "auto" {
                    self.duration(format!("{path}.from.interval[{index}]"), interval);
                }
            }
        }
    }

    fn panel(&mut self, path: &str, panel: &Panel) {
        let grid = panel.grid;
        let is_on_grid = grid.w >= 1 && grid.h >= 1 && grid.x.saturating_add(grid.w) <= 24;
        if !is_on_grid {
            let message = "a board has 24 columns: `x + w` is at most 24, `w` and `h` at least 1";
            self.add(format!("{path}.grid"), message.to_owned());
        }
        self.duration(format!("{path}.time.from"), &panel.time.from);
        self.duration(format!("{path}.time.shift"), &panel.time.shift);
        self.field(&format!("{path}.field"), &panel.field);
        for (over, index) in panel.overrides.iter().zip(0..) {
            let path = format!("{path}.overrides[{index}]");
            self.field(&format!("{path}.field"), &over.field);
        }
        self.queries(path, panel);
        match &panel.kind {
            Kind::TimeSeries(options) if options.connect_gaps != "always" => {
                let path = format!("{path}.kind.timeseries.connect_gaps");
                self.duration(path, &options.connect_gaps);
            }
            Kind::Verdict(options) => {
                for (condition, index) in options.conditions.iter().zip(0..) {
                    let path = format!("{path}.kind.verdict.conditions[{index}].after");
                    self.duration(path, &condition.after);
                }
            }
            Kind::Stat(options) => self.stat(&format!("{path}.kind.stat"), options, panel),
            _ => {}
        }
    }

    fn field(&mut self, path: &str, field: &Field) {
        if !field.thresholds.is_sorted_by(|a, b| a.value <= b.value) {
            let message = "thresholds ascend: put the lowest first";
            self.add(format!("{path}.thresholds"), message.to_owned());
        }
    }

    fn queries(&mut self, path: &str, panel: &Panel) {
        let mut ref_ids = BTreeSet::new();
        for (query, index) in panel.queries.iter().zip(0..) {
            if !ref_ids.insert(query.ref_id) {
                let message = format!("there is another query `{}` before it", query.ref_id);
                self.add(format!("{path}.queries[{index}].letter"), message);
            }
            self.duration(format!("{path}.queries[{index}].min_step"), &query.min_step);
        }
    }

    fn stat(&mut self, path: &str, options: &StatOptions, panel: &Panel) {
        let capacity = options.capacity_query.iter();
        let capacity = capacity.map(|ref_id| ("capacity_query".to_owned(), *ref_id));
        let notes = options.notes.iter().zip(0..);
        let notes = notes.map(|(note, index)| (format!("notes[{index}].query"), note.query));
        for (key, ref_id) in capacity.chain(notes) {
            if !panel.queries.iter().any(|query| query.ref_id == ref_id) {
                let message = format!("the panel has no query `{ref_id}`");
                self.add(format!("{path}.{key}"), message);
            }
        }
    }
}

/// Whether the character may stand in the name of a variable.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
