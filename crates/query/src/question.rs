//! A query, and the question in it that tells equal work.

use std::sync::Arc;

use crate::{Language, SourceName, Span};

/// A question to a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// Who is asked.
    pub source: SourceName,
    /// What is asked.
    pub question: Question,
    /// How much earlier it is asked than what it is shown beside; 0 for what is
    /// shown at its own time.
    pub shift_ms: i64,
}

/// What a source is asked: views that show the same ask the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The language of the text.
    pub language: Language,
    /// What is asked, with every variable replaced.
    pub text: Arc<str>,
    /// What of a span is asked for.
    pub take: Take,
}

/// What of a span is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Take {
    /// A value at each step of so many milliseconds, above zero.
    EveryMs(i64),
    /// What there is at the end.
    End,
}

impl Query {
    /// The times that the source is asked for, to be shown over `span`.
    pub fn asked(&self, span: Span) -> Span {
        let span = match self.question.take {
            Take::EveryMs(_) => span,
            Take::End => Span::at(span.end_ms),
        };
        span.earlier(self.shift_ms)
    }
}

impl Question {
    /// A question in PromQL.
    pub fn promql(text: impl Into<Arc<str>>, take: Take) -> Self {
        Self {
            language: Language::PromQl,
            text: text.into(),
            take,
        }
    }

    /// Whether its values may depend on where the span that is asked for begins
    /// or ends, as with `@ start()`: then no part of an answer is one to another
    /// span. Says so of a few texts too many.
    pub fn depends_on_span(&self) -> bool {
        let has_ends = ["start", "end"].iter().any(|end| self.text.contains(end));
        self.take == Take::End || (self.text.contains('@') && has_ends)
    }
}

impl Take {
    /// The distance of two values. Of one moment there are no two, and any
    /// distance will do.
    pub fn step_ms(self) -> i64 {
        match self {
            Self::EveryMs(step_ms) => step_ms,
            Self::End => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_at_the_end_is_asked_of_no_other_time() {
        let check = |take: Take, shift_ms: i64, expected: (i64, i64)| {
            let query = Query {
                source: SourceName::default_source(),
                question: Question::promql("up", take),
                shift_ms,
            };
            let asked = query.asked(Span {
                start_ms: 1_000,
                end_ms: 9_000,
            });
            assert_eq!((asked.start_ms, asked.end_ms), expected);
        };
        check(Take::EveryMs(1_000), 0, (1_000, 9_000));
        check(Take::EveryMs(1_000), 5_000, (-4_000, 4_000));
        check(Take::End, 0, (9_000, 9_000));
        check(Take::End, 5_000, (4_000, 4_000));
    }

    #[test]
    fn what_names_the_ends_of_the_span_depends_on_it() {
        let check = |text: &str, take: Take, expected: bool| {
            let question = Question::promql(text, take);
            assert_eq!(question.depends_on_span(), expected, "{question:?}");
        };
        check("rate(a[5m] @ end())", Take::EveryMs(1_000), true);
        check("a @ start()", Take::EveryMs(1_000), true);
        check("a @ 1000", Take::EveryMs(1_000), false);
        check("restarts_total", Take::EveryMs(1_000), false);
        check("restarts_total", Take::End, true);
    }
}
