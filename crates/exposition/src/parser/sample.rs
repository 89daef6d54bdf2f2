//! Lines that carry a value.

use super::Parser;
use series::{METRIC_NAME, MetricKind};

use crate::cursor::Cursor;
use crate::entry::{Exemplar, Reading, Sample};
use crate::error::{ErrorKind, Fault, ParseError};
use crate::labels::{Item, ItemLexer, LabelPairs};
use crate::number::{parse_timestamp_ms, parse_timestamp_s, parse_value};
use crate::series::Series;
use crate::{Format, Text};

/// Up to here a label set is searched for duplicates pair by pair, beyond by
/// sorting.
const FEW_LABELS: usize = 16;

impl<'a> Parser<'a> {
    pub(super) fn sample(&mut self) -> Result<Sample<'a>, Fault> {
        let line_start = self.cursor.offset();
        let series = self.series()?;
        self.gap("a space before the value")?;
        let (value, timestamp_ms, token) = self.reading()?;
        if let Some(rules) = &mut self.rules {
            let kept = rules.sample(line_start, &series, &self.items, (value, timestamp_ms));
            self.note(kept);
        } else if memchr::memchr(b'\n', series.raw.as_bytes()).is_some() {
            self.note_broken_label(line_start);
        }
        let exemplar = token.map(|_| self.exemplar(line_start)).transpose()?;
        self.end_of_line()?;
        Ok(Sample {
            series,
            value,
            timestamp_ms,
            exemplar,
        })
    }

    /// Passes the line of a series that is written as `raw`; `None`, and passes
    /// nothing, where anything else is next.
    pub(super) fn sample_of(&mut self, raw: &str) -> Option<Result<Reading, Fault>> {
        // The rules of OpenMetrics are about every line.
        if self.format.is_strict() {
            return None;
        }
        let mut cursor = self.cursor;
        cursor.skip_blank_lines();
        let series_start = cursor.offset();
        // A name before a blank may still be followed by its labels.
        if !cursor.eat_str(raw) || !cursor.eat_blanks() || cursor.peek() == Some(b'{') {
            return None;
        }
        self.cursor = cursor;
        let line_start = cursor.offset();
        if memchr::memchr(b'\n', raw.as_bytes()).is_some() {
            self.note_broken_label(series_start);
        }
        Some(self.reading().and_then(|(value, timestamp_ms, token)| {
            token.map(|_| self.exemplar(line_start)).transpose()?;
            self.end_of_line()?;
            Ok(Reading {
                value,
                timestamp_ms,
            })
        }))
    }

    fn note_broken_label(&mut self, line_start: usize) {
        self.note_sloppy(line_start, "a line ends inside a label value");
    }

    /// A value, its time if there is one, and the first byte after them on the
    /// line.
    fn reading(&mut self) -> Result<(f64, Option<i64>, Option<u8>), Fault> {
        let value = self.number("a number", parse_value)?;
        let mut token = self.next_token()?;
        let mut timestamp_ms = None;
        if token.is_some_and(|byte| byte != b'#') {
            timestamp_ms = Some(self.timestamp()?);
            token = self.next_token()?;
        }
        Ok((value, timestamp_ms, token))
    }

    /// The series that `raw` writes, of a family of this kind.
    pub(crate) fn series_of(raw: &'a str, kind: MetricKind) -> Result<Series<'a>, ParseError> {
        let mut parser = Self::new(raw.as_bytes(), Format::Text)?;
        let series = parser.series().map_err(|fault| parser.locate(fault))?;
        Ok(Series { kind, ..series })
    }

    fn series(&mut self) -> Result<Series<'a>, Fault> {
        let start = self.cursor;
        let bare_name = match self.cursor.peek() {
            Some(b'{') => None,
            _ => Some(Text::quoted(self.cursor.metric_name()?)),
        };
        let mut end = self.cursor.offset();
        if !self.format.is_strict() {
            self.cursor.skip_blanks();
        }
        let items = self.label_set()?;
        if items.is_some() {
            end = self.cursor.offset();
        }
        let name = self.metric_name(start, bare_name)?;
        Ok(Series {
            raw: &self.document[start.offset()..end],
            name,
            items,
            kind: self.type_of(name),
        })
    }

    /// Walks a label set into `self.items`; `None` where no brace is next.
    fn label_set(&mut self) -> Result<Option<ItemLexer<'a>>, Fault> {
        self.items.clear();
        let start = self.cursor;
        if !self.cursor.eat(b'{') {
            return Ok(None);
        }
        let items = ItemLexer::new(self.cursor, self.format);
        let mut lexer = items;
        while let Some(item) = lexer.next_item()? {
            self.items.push(item);
        }
        self.cursor = lexer.cursor;
        self.check_duplicates(start)?;
        Ok(Some(items))
    }

    fn check_duplicates(&self, start: Cursor<'a>) -> Result<(), Fault> {
        let duplicate = if self.items.len() <= FEW_LABELS {
            self.items.iter().enumerate().find_map(|(index, item)| {
                let name = item.label_name()?;
                let mut earlier = self.items[..index].iter();
                earlier
                    .any(|other| other.label_name() == Some(name))
                    .then_some(name)
            })
        } else {
            let mut names: Vec<_> = self.items.iter().filter_map(Item::label_name).collect();
            names.sort_unstable();
            let mut neighbours = names.windows(2);
            neighbours
                .find(|pair| pair[0] == pair[1])
                .map(|pair| pair[0])
        };
        match duplicate {
            None => Ok(()),
            Some(name) => Err(Fault {
                offset: start.offset(),
                kind: ErrorKind::DuplicateLabel(name.to_owned()),
            }),
        }
    }

    /// The one metric name, before the braces or quoted between them; it is no
    /// label.
    fn metric_name(
        &self,
        start: Cursor<'a>,
        bare_name: Option<Text<'a>>,
    ) -> Result<Text<'a>, Fault> {
        let is_name = |item: &Item<'_>| item.label_name() == Some(METRIC_NAME);
        if self.items.iter().any(is_name) {
            return Err(Fault {
                offset: start.offset(),
                kind: ErrorKind::DuplicateLabel(METRIC_NAME.to_owned()),
            });
        }
        let quoted_names = self.items.iter().filter_map(|item| match item {
            Item::MetricName(name) => Some(*name),
            Item::Label { .. } => None,
        });
        let mut names = bare_name.into_iter().chain(quoted_names);
        match (names.next(), names.next()) {
            (Some(name), None) => Ok(name),
            _ => Err(start.expected("one metric name")),
        }
    }

    fn type_of(&self, name: Text<'a>) -> MetricKind {
        let (family, kind) = &self.family;
        if name.decode().starts_with(family.as_ref()) {
            *kind
        } else {
            MetricKind::Unknown
        }
    }

    /// The first byte of the next token on the line, `None` at its end.
    fn next_token(&mut self) -> Result<Option<u8>, Fault> {
        if self.format.is_strict() {
            if self.cursor.at_line_end() {
                return Ok(None);
            }
            self.cursor
                .require(b' ', "a space or the end of the line")?;
            return Ok(self.cursor.peek());
        }
        self.cursor.skip_blanks();
        if self.cursor.at_line_end() {
            return Ok(None);
        }
        Ok(self.cursor.peek())
    }

    fn timestamp(&mut self) -> Result<i64, Fault> {
        match self.format {
            Format::Text => self.number("a timestamp in milliseconds", parse_timestamp_ms),
            Format::OpenMetrics => self.number("a timestamp in seconds", parse_timestamp_s),
        }
    }

    fn number<T>(
        &mut self,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let start = self.cursor;
        parse(self.cursor.word()).ok_or_else(|| start.expected(expected))
    }

    fn exemplar(&mut self, line_start: usize) -> Result<Exemplar<'a>, Fault> {
        self.cursor
            .require(b'#', "an exemplar or the end of the line")?;
        self.gap("a space after #")?;
        let start = self.cursor;
        let Some(items) = self.label_set()? else {
            return Err(start.expected("the exemplar's labels"));
        };
        if let Some(rules) = &mut self.rules {
            let kept = rules.exemplar(line_start, &self.items);
            self.note(kept);
        }
        self.gap("a space before the exemplar's value")?;
        let value = self.number("the exemplar's value", parse_value)?;
        let timestamp_ms = match self.next_token()? {
            None => None,
            Some(_) => Some(self.number("a timestamp in seconds", parse_timestamp_s)?),
        };
        Ok(Exemplar {
            labels: LabelPairs::new(Some(items), MetricKind::Unknown),
            value,
            timestamp_ms,
        })
    }
}
