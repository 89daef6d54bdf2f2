//! The walk over a document, line by line.

mod comment;
mod sample;

use std::borrow::Cow;

use series::MetricKind;

use crate::Format;
use crate::cursor::Cursor;
use crate::entry::{Entry, Reading};
use crate::error::{ErrorKind, Fault, ParseError};
use crate::labels::Item;
use crate::openmetrics::Rules;

/// Yields a document's entries in order; stops after the first error.
#[derive(Debug)]
pub struct Parser<'a> {
    document: &'a str,
    format: Format,
    cursor: Cursor<'a>,
    /// The latest TYPE line: the samples whose names start so are of this type.
    family: (Cow<'a, str>, MetricKind),
    /// The items of the label set walked last; kept for its allocation.
    items: Vec<Item<'a>>,
    /// `Some` for OpenMetrics.
    rules: Option<Box<Rules>>,
    is_done: bool,
}

impl<'a> Parser<'a> {
    /// A parser at the start of `document`.
    ///
    /// # Errors
    /// Where the document is no UTF-8.
    pub fn new(document: &'a [u8], format: Format) -> Result<Self, ParseError> {
        let document = std::str::from_utf8(document).map_err(|error| {
            let offset = error.valid_up_to();
            let kind = ErrorKind::InvalidUtf8;
            Fault { offset, kind }.locate(document)
        })?;
        Ok(Self {
            document,
            format,
            cursor: Cursor::new(document),
            family: (Cow::Borrowed(""), MetricKind::Unknown),
            items: Vec::new(),
            rules: format.is_strict().then(Box::default),
            is_done: false,
        })
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
        Some(reading.map_err(|fault| fault.locate(self.document.as_bytes())))
    }

    fn next_entry(&mut self) -> Result<Option<Entry<'a>>, Fault> {
        loop {
            if !self.format.is_strict() {
                self.cursor.skip_blank_lines();
            }
            match self.cursor.peek() {
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
        entry
            .map_err(|fault| fault.locate(self.document.as_bytes()))
            .transpose()
    }
}
