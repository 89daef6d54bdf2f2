//! The walk over a document, line by line.

mod comment;
mod sample;

use std::borrow::Cow;

use series::MetricKind;

use crate::Format;
use crate::cursor::Cursor;
use crate::entry::{Entry, Reading};
use crate::error::{ErrorKind, Fault, ParseError, Violations};
use crate::labels::Item;
use crate::openmetrics::Rules;
use crate::segment::Segment;

/// Yields a document's entries in order; stops after the first error.
#[derive(Debug)]
pub struct Parser<'a> {
    bytes: &'a [u8],
    /// The part of `bytes` that is being read, and where it starts.
    document: &'a str,
    document_start: usize,
    format: Format,
    cursor: Cursor<'a>,
    /// The latest TYPE line: the samples whose names start so are of this type.
    family: (Cow<'a, str>, MetricKind),
    /// The items of the label set walked last; kept for its allocation.
    items: Vec<Item<'a>>,
    /// `Some` for OpenMetrics.
    rules: Option<Box<Rules>>,
    violations: Violations,
    is_done: bool,
}

impl<'a> Parser<'a> {
    /// A parser at the start of `document`.
    ///
    /// # Errors
    /// Where the document is no UTF-8; what is none in a remark of Prometheus
    /// text does not matter.
    pub fn new(bytes: &'a [u8], format: Format) -> Result<Self, ParseError> {
        let first = Segment::at(bytes, 0, format).map_err(|fault| fault.locate(bytes))?;
        Ok(Self {
            bytes,
            document: first.text,
            document_start: 0,
            format,
            cursor: Cursor::new(first.text),
            family: (Cow::Borrowed(""), MetricKind::Unknown),
            items: Vec::new(),
            rules: format.is_strict().then(Box::default),
            violations: Violations::default(),
            is_done: false,
        })
    }

    /// How the document, as far as it has been read, bends the rules of its
    /// format.
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    /// The next sample, where its series is written as `raw`: what
    /// [`crate::Series::raw`] gave of a document of the same format, whose
    /// labels are not checked again. `None`, and the parser stays where it is,
    /// where anything else is next, and always in OpenMetrics.
    pub fn next_of(&mut self, raw: &str) -> Option<Result<Reading, ParseError>> {
        if self.is_done {
            return None;
        }
        let reading = self.sample_of(raw)?;
        self.is_done = reading.is_err();
        Some(reading.map_err(|fault| self.locate(fault)))
    }

    fn next_entry(&mut self) -> Result<Option<Entry<'a>>, Fault> {
        loop {
            if !self.format.is_strict() {
                self.cursor.skip_blank_lines();
            }
            match self.cursor.peek() {
                None if self.next_segment()? => {}
                None => return self.end_of_document().map(|()| None),
                Some(b'#') => {
                    if let Some(entry) = self.comment()? {
                        return Ok(Some(entry));
                    }
                }
                Some(_) => return self.sample().map(|sample| Some(Entry::Sample(sample))),
            }
        }
    }

    /// Goes on behind a remark whose bytes are no UTF-8; `false` at the end.
    fn next_segment(&mut self) -> Result<bool, Fault> {
        let end = self.document_start + self.document.len();
        if end == self.bytes.len() {
            return Ok(false);
        }
        self.note_sloppy(self.document.len(), "a remark is no UTF-8");
        let start = Segment::end_of_line(self.bytes, end);
        let next = Segment::at(self.bytes, start, self.format).map_err(|fault| Fault {
            // The fault is placed as those of this segment are.
            offset: fault.offset - self.document_start,
            ..fault
        })?;
        self.document = next.text;
        self.document_start = start;
        self.cursor = Cursor::new(next.text);
        Ok(true)
    }

    /// Takes down that a rule was bent, where it was.
    fn note(&mut self, kept: Result<(), Fault>) {
        if let Err(fault) = kept {
            self.violations.count += 1;
            if self.violations.first.is_none() {
                self.violations.first = Some(self.locate(fault));
            }
        }
    }

    fn note_sloppy(&mut self, offset: usize, what: &'static str) {
        let kind = ErrorKind::Sloppy(what);
        self.note(Err(Fault { offset, kind }));
    }

    fn locate(&self, fault: Fault) -> ParseError {
        let offset = self.document_start + fault.offset;
        Fault { offset, ..fault }.locate(self.bytes)
    }

    fn end_of_document(&self) -> Result<(), Fault> {
        match &self.rules {
            Some(rules) if !rules.has_ended() => Err(self.cursor.expected("# EOF")),
            _ => Ok(()),
        }
    }

    /// Between two tokens: one space in OpenMetrics, any blanks in text.
    fn gap(&mut self, expected: &'static str) -> Result<(), Fault> {
        if self.format.is_strict() {
            return self.cursor.require(b' ', expected);
        }
        self.cursor.skip_blanks();
        Ok(())
    }

    fn end_of_line(&mut self) -> Result<(), Fault> {
        const EXPECTED: &str = "the end of the line";
        if self.format.is_strict() {
            return self.cursor.require(b'\n', EXPECTED);
        }
        self.cursor.skip_blanks();
        if self.cursor.at_line_end() {
            Ok(())
        } else {
            Err(self.cursor.expected(EXPECTED))
        }
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Result<Entry<'a>, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let entry = self.next_entry();
        self.is_done = !matches!(entry, Ok(Some(_)));
        entry.map_err(|fault| self.locate(fault)).transpose()
    }
}
