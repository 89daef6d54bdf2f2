//! What is asked for annotations, and what the answers mark.
//!
//! As Grafana's annotations of Prometheus: a series marks the times at which its
//! value is above zero, neighbours as one span; or its value is itself a time.

use jiff::tz::TimeZone;
use series::{Labels, METRIC_NAME};
use wire::data::{Annotation as Mark, TimeGrid};
use wire::id::RefId;

use crate::annotation::{Annotation, AnnotationQuery, MarksFrom};
use crate::kind::{Kind, TextOptions};
use crate::legend_format::fill_labels;
use crate::panel::Panel;
use crate::panel_query::PanelQuery;

/// More marks than this hide the curves: the newest are shown.
const MAX_MARKS: usize = 200;

impl AnnotationQuery {
    /// What a mark of a series says.
    fn text_of(&self, labels: &Labels) -> String {
        let tags = self.tags.iter().filter_map(|tag| labels.get(tag));
        let tags = tags.collect::<Vec<_>>().join(", ");
        let mut words = String::new();
        for part in [
            fill_labels(&self.title, labels),
            fill_labels(&self.text, labels),
            tags,
        ] {
            if !words.is_empty() && !part.is_empty() {
                words.push_str(" · ");
            }
            words.push_str(&part);
        }
        if !words.is_empty() {
            return words;
        }
        let named = labels.iter().filter(|label| label.name != METRIC_NAME);
        let named = named.map(|label| label.value.to_owned());
        named.collect::<Vec<_>>().join(", ")
    }

    /// The beginnings and ends that a series marks.
    fn spans_ms(&self, grid: TimeGrid, values: &[Option<f64>]) -> Vec<(i64, i64)> {
        let mut spans: Vec<(i64, i64)> = Vec::new();
        if self.value_is_time {
            let times = values.iter().flatten().map(|value| *value as i64);
            spans.extend(times.filter(|time_ms| *time_ms > 0).map(|ms| (ms, ms)));
            spans.dedup();
            return spans;
        }
        let columns = values.iter().enumerate();
        for (column, _) in columns.filter(|(_, value)| value.is_some_and(|value| value > 0.0)) {
            let time_ms = grid.time_ms(column);
            match spans.last_mut() {
                Some((_, to_ms)) if time_ms - *to_ms <= grid.step_ms => *to_ms = time_ms,
                _ => spans.push((time_ms, time_ms)),
            }
        }
        spans
    }
}

impl Annotation {
    fn mark(&self, (from_ms, to_ms): (i64, i64), text: String) -> Mark {
        Mark {
            name: self.name.clone(),
            from_ms,
            to_ms,
            text,
            status: self.status,
        }
    }
}

/// A series that an annotation's query is answered with.
#[derive(Clone, Debug)]
pub struct MarkingSeries<'a> {
    /// The name of the query, as [`annotations_panel`] gave it.
    pub query: RefId,
    /// What the marks say.
    pub labels: Labels,
    /// One value a grid time.
    pub values: &'a [Option<f64>],
}

/// What is asked for the annotations of a board, as a panel that nobody sees,
/// with a query for each annotation that has one: `A` for the first annotation.
pub fn annotations_panel(annotations: &[Annotation]) -> Panel {
    let asked = annotations.iter().zip(RefId::all());
    let queries = asked.filter_map(|(annotation, ref_id)| match &annotation.from {
        MarksFrom::Fixed(_) => None,
        MarksFrom::Query(query) => Some(PanelQuery {
            ref_id,
            source: query.source.clone(),
            min_step: query.min_step.clone(),
            ..PanelQuery::promql(&query.expr)
        }),
    });
    Panel {
        title: "Annotations".to_owned(),
        kind: Kind::Text(TextOptions::default()),
        queries: queries.collect(),
        ..Panel::default()
    }
}

/// The marks of annotations in the order of time: those that a file names, and
/// those of what the source answered on `grid`.
pub fn marks(annotations: &[Annotation], grid: TimeGrid, series: &[MarkingSeries]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (annotation, ref_id) in annotations.iter().zip(RefId::all()) {
        match &annotation.from {
            MarksFrom::Fixed(fixed) => {
                for mark in fixed {
                    if let Ok(span) = mark.span_ms(&TimeZone::UTC) {
                        marks.push(annotation.mark(span, mark.text.clone()));
                    }
                }
            }
            MarksFrom::Query(query) => {
                for answer in series.iter().filter(|series| series.query == ref_id) {
                    for span in query.spans_ms(grid, answer.values) {
                        marks.push(annotation.mark(span, query.text_of(&answer.labels)));
                    }
                }
            }
        }
    }
    marks.sort_by_key(|mark| mark.from_ms);
    let surplus = marks.len().saturating_sub(MAX_MARKS);
    marks.split_off(surplus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotation::FixedMark;

    const GRID: TimeGrid = TimeGrid {
        start_ms: 60_000,
        step_ms: 1_000,
        len: 6,
    };

    /// `from..to text` of each mark of one series.
    fn check(query: AnnotationQuery, values: &[Option<f64>], expected: &[&str]) {
        let annotations = [Annotation {
            from: MarksFrom::Query(query),
            ..Annotation::default()
        }];
        let labels = Labels::from_pairs([("__name__", "up"), ("job", "farm"), ("site", "a")]);
        let series = [MarkingSeries {
            query: RefId('A'),
            labels,
            values,
        }];
        let marks = marks(&annotations, GRID, &series);
        let got: Vec<String> = marks
            .iter()
            .map(|mark| format!("{}..{} {}", mark.from_ms, mark.to_ms, mark.text))
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn neighbours_above_zero_are_one_span() {
        let values = [Some(1.0), Some(2.0), Some(0.0), None, Some(1.0), Some(-1.0)];
        check(
            AnnotationQuery::default(),
            &values,
            &["60000..61000 farm, a", "64000..64000 farm, a"],
        );
    }

    #[test]
    fn values_can_be_the_times() {
        let query = AnnotationQuery {
            value_is_time: true,
            title: "Deploy of {{job}}".into(),
            text: "{{absent}}".into(),
            tags: vec!["site".into(), "absent".into()],
            ..AnnotationQuery::default()
        };
        let values = [Some(5_000.0), Some(5_000.0), None, Some(64_500.0)];
        check(
            query,
            &values,
            &[
                "5000..5000 Deploy of farm · a",
                "64500..64500 Deploy of farm · a",
            ],
        );
    }

    #[test]
    fn the_newest_marks_are_kept() {
        let many = (0..300).map(|time: i64| FixedMark {
            time: time.to_string(),
            end: String::new(),
            text: String::new(),
        });
        let annotation = Annotation {
            from: MarksFrom::Fixed(many.collect()),
            ..Annotation::default()
        };
        let marks = marks(&[annotation], GRID, &[]);
        assert_eq!((marks.len(), marks[0].from_ms), (MAX_MARKS, 100));
    }
}
