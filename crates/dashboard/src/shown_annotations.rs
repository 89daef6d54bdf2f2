//! Which annotations of a board the reader sees, and the times of those that
//! its file lists.

use jiff::tz::TimeZone;

use crate::annotation::{Annotation, FixedMark, MarksFrom};
use crate::board::Board;
use crate::time::{self, Edge, TimeError, is_relative, resolve};

impl FixedMark {
    /// The beginning and the end, in milliseconds since the epoch.
    ///
    /// # Errors
    /// Where either is no time, or one that moves with the clock.
    pub fn span_ms(&self, zone: &TimeZone) -> Result<(i64, i64), TimeError> {
        let from_ms = fixed_ms(&self.time, zone)?;
        let to_ms = match self.end.as_str() {
            "" => from_ms,
            end => fixed_ms(end, zone)?,
        };
        Ok((from_ms.min(to_ms), to_ms.max(from_ms)))
    }
}

/// A time that does not move with the clock.
fn fixed_ms(text: &str, zone: &TimeZone) -> Result<i64, TimeError> {
    if is_relative(text) {
        return Err(TimeError {
            text: text.to_owned(),
            reason: "a mark stands still: write a date, as in `2026-01-27 10:30`".to_owned(),
        });
    }
    resolve(text, 0, zone, Edge::From)
}

impl Board {
    /// The annotations that are shown where `switched` are not as the board
    /// has them: their [`Annotation::url_name`]s with commas between them. Times
    /// that the file names are resolved; what is none marks nothing, since files
    /// are checked when they are read.
    pub fn shown_annotations(&self, switched: &str) -> Vec<Annotation> {
        let zone = time::zone(&self.time.zone).unwrap_or(TimeZone::UTC);
        let all = self.annotations.iter();
        let shown = all.filter(|annotation| annotation.is_shown(switched));
        shown.map(|annotation| annotation.resolved(&zone)).collect()
    }
}

impl Annotation {
    /// Its name as the URL has it: without commas, which stand between names.
    pub fn url_name(&self) -> String {
        self.name.replace(',', " ")
    }

    /// Whether its marks are shown, see [`Board::shown_annotations`].
    pub fn is_shown(&self, switched: &str) -> bool {
        let name = self.url_name();
        let is_switched = switched.split(',').any(|other| other == name);
        self.off == is_switched
    }

    /// `switched` with this annotation the other way.
    pub fn switched(&self, switched: &str) -> String {
        let name = self.url_name();
        let held = switched.split(',').filter(|other| !other.is_empty());
        let mut names: Vec<&str> = held.collect();
        match names.iter().position(|other| *other == name) {
            Some(index) => drop(names.remove(index)),
            None => names.push(&name),
        }
        names.join(",")
    }

    /// With times in milliseconds since 1970.
    fn resolved(&self, zone: &TimeZone) -> Self {
        let mut annotation = self.clone();
        if let MarksFrom::Fixed(marks) = &mut annotation.from {
            for mark in marks {
                if let Ok((from_ms, to_ms)) = mark.span_ms(zone) {
                    (mark.time, mark.end) = (from_ms.to_string(), to_ms.to_string());
                }
            }
        }
        annotation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_marks_are_in_the_boards_zone() {
        let mark = |time: &str, end: &str| FixedMark {
            time: time.into(),
            end: end.into(),
            text: "m".into(),
        };
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let check = |time: &str, end: &str, expected: Option<(i64, i64)>| {
            assert_eq!(mark(time, end).span_ms(&zone).ok(), expected);
        };
        check("1970-01-01 01:00", "", Some((0, 0)));
        check("1970-01-01T00:00:01Z", "5000", Some((1_000, 5_000)));
        check("5000", "1000", Some((1_000, 5_000)));
        check("now-1h", "", None);
        check("soon", "", None);
    }

    #[test]
    fn a_switch_is_named_in_the_url() {
        let annotation = |name: &str, off: bool| Annotation {
            name: name.into(),
            off,
            ..Annotation::default()
        };
        let board = Board {
            annotations: vec![
                annotation("Deploys, all", false),
                annotation("Alerts", true),
            ],
            ..Board::default()
        };
        let check = |switched: &str, expected: &[&str]| {
            let shown = board.shown_annotations(switched);
            let names: Vec<&str> = shown.iter().map(|shown| shown.name.as_str()).collect();
            assert_eq!(names, expected);
        };
        check("", &["Deploys, all"]);
        check("Alerts", &["Deploys, all", "Alerts"]);
        check("Deploys  all,Alerts,Gone", &["Alerts"]);
        assert_eq!(board.annotations[1].switched("Gone"), "Gone,Alerts");
        assert_eq!(board.annotations[1].switched("Gone,Alerts"), "Gone");
    }
}
