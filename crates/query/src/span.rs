//! The span of time that a question is asked about.

/// Times on a step, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first point.
    pub start_ms: i64,
    /// The last point.
    pub end_ms: i64,
}

impl Span {
    /// One moment.
    pub fn at(time_ms: i64) -> Self {
        Self {
            start_ms: time_ms,
            end_ms: time_ms,
        }
    }

    /// The points of `step_ms` that lie between the two times.
    pub fn aligned(from_ms: i64, to_ms: i64, step_ms: i64) -> Self {
        Self {
            start_ms: from_ms.div_euclid(step_ms) * step_ms
                + i64::from(from_ms.rem_euclid(step_ms) != 0) * step_ms,
            end_ms: to_ms.div_euclid(step_ms) * step_ms,
        }
    }

    /// The same points, counted from the first: an end between two steps is
    /// moved to the step before it.
    #[must_use]
    pub fn whole_steps(self, step_ms: i64) -> Self {
        let length_ms = self.end_ms - self.start_ms;
        Self {
            end_ms: self.start_ms + length_ms / step_ms * step_ms,
            ..self
        }
    }

    /// The span so much earlier.
    #[must_use]
    pub fn earlier(self, by_ms: i64) -> Self {
        Self {
            start_ms: self.start_ms - by_ms,
            end_ms: self.end_ms - by_ms,
        }
    }

    /// How many points there are.
    pub fn len(self, step_ms: i64) -> usize {
        usize::try_from((self.end_ms - self.start_ms) / step_ms + 1).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_the_points_between_two_times() {
        let cases = [
            ((0, 10_000), (0, 10_000), 11),
            ((1, 10_999), (1_000, 10_000), 10),
            ((-1_500, 999), (-1_000, 0), 2),
            ((1, 999), (1_000, 0), 0),
        ];
        for ((from_ms, to_ms), (start_ms, end_ms), len) in cases {
            let span = Span::aligned(from_ms, to_ms, 1_000);
            assert_eq!(span, Span { start_ms, end_ms });
            assert_eq!(span.len(1_000), len);
        }
    }

    #[test]
    fn an_end_between_two_steps_is_no_point() {
        let check = |end_ms: i64, expected: i64| {
            let span = Span {
                start_ms: 500,
                end_ms,
            };
            assert_eq!(span.whole_steps(1_000).end_ms, expected);
        };
        check(500, 500);
        check(1_499, 500);
        check(1_500, 1_500);
    }
}
