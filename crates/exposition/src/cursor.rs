//! A position in the document and the tokens that may stand there.

use memchr::memchr2;

use crate::error::{ErrorKind, Fault};

/// A reading position; moves forward only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    document: &'a str,
    offset: usize,
}

const LABEL_NAME: u8 = 1;
const METRIC_NAME: u8 = 2;
const DIGIT: u8 = 4;
const BLANK: u8 = 8;
const LINE_END: u8 = 16;

/// Which tokens each byte may be part of.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LABEL_NAME | METRIC_NAME,
            b'0'..=b'9' => LABEL_NAME | METRIC_NAME | DIGIT,
            b':' => METRIC_NAME,
            b' ' | b'\t' => BLANK,
            b'\n' | b'\r' => LINE_END,
            _ => 0,
        };
        byte += 1;
    }
    table
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(document: &'a str) -> Self {
        Self {
            document,
            offset: 0,
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.document.as_bytes().get(self.offset).copied()
    }

    pub(crate) fn at_line_end(&self) -> bool {
        self.peek()
            .is_none_or(|byte| CLASSES[usize::from(byte)] & LINE_END != 0)
    }

    /// The text from an earlier offset up to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.document[start..self.offset]
    }

    /// Passes `byte` where it is next.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.offset += usize::from(found);
        found
    }

    /// Passes `byte`, which must be next.
    pub(crate) fn require(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    /// Passes `word` where it is next.
    pub(crate) fn eat_str(&mut self, word: &str) -> bool {
        let found = self.document.as_bytes()[self.offset..].starts_with(word.as_bytes());
        self.offset += if found { word.len() } else { 0 };
        found
    }

    /// Passes at least one blank.
    pub(crate) fn eat_blanks(&mut self) -> bool {
        let start = self.offset;
        self.skip_blanks();
        self.offset > start
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.skip_class(BLANK);
    }

    /// Passes blanks and the ends of lines.
    pub(crate) fn skip_blank_lines(&mut self) {
        self.skip_class(BLANK | LINE_END);
    }

    /// The rest of the line without its newline; stays before the newline.
    pub(crate) fn rest_of_line(&mut self) -> &'a str {
        let rest = &self.document[self.offset..];
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        self.offset += length;
        &rest[..length]
    }

    /// Everything up to the next blank or end of line.
    pub(crate) fn word(&mut self) -> &'a str {
        let start = self.offset;
        self.skip_until(BLANK | LINE_END);
        self.since(start)
    }

    pub(crate) fn metric_name(&mut self) -> Result<&'a str, Fault> {
        self.name(METRIC_NAME, "a metric name")
    }

    pub(crate) fn label_name(&mut self) -> Result<&'a str, Fault> {
        self.name(LABEL_NAME, "a label name")
    }

    fn name(&mut self, class: u8, expected: &'static str) -> Result<&'a str, Fault> {
        let start = self.offset;
        if self.next_is(DIGIT) {
            return Err(self.expected(expected));
        }
        self.skip_class(class);
        if start == self.offset {
            return Err(self.expected(expected));
        }
        Ok(self.since(start))
    }

    /// What stands between quotes on one line, the first of which is next.
    pub(crate) fn quoted(&mut self, expected: &'static str) -> Result<&'a str, Fault> {
        let start = *self;
        let text = self.quoted_lines(expected)?;
        match memchr::memchr(b'\n', text.as_bytes()) {
            None => Ok(text),
            Some(length) => {
                *self = start;
                self.offset += 1 + length;
                Err(self.expected("a closing quote"))
            }
        }
    }

    /// What stands between quotes, the first of which is next; lines may end
    /// between them.
    pub(crate) fn quoted_lines(&mut self, expected: &'static str) -> Result<&'a str, Fault> {
        self.require(b'"', expected)?;
        let start = self.offset;
        let bytes = self.document.as_bytes();
        loop {
            match memchr2(b'"', b'\\', &bytes[self.offset..]) {
                Some(distance) => self.offset += distance,
                None => self.offset = bytes.len(),
            }
            match self.peek() {
                Some(b'"') => break,
                // The escaped byte may be a quote, never the end of the line.
                Some(b'\\') if bytes.get(self.offset + 1).is_some_and(|&b| b != b'\n') => {
                    self.offset += 2;
                }
                Some(b'\\') => {
                    self.offset += 1;
                    return Err(self.expected("a character after the backslash"));
                }
                _ => return Err(self.expected("a closing quote")),
            }
        }
        let text = self.since(start);
        self.offset += 1;
        Ok(text)
    }

    /// The fault that `expected` is not what stands here.
    pub(crate) fn expected(&self, expected: &'static str) -> Fault {
        Fault {
            offset: self.offset,
            kind: ErrorKind::Expected {
                expected,
                found: self.document[self.offset..].chars().next(),
            },
        }
    }

    fn next_is(&self, class: u8) -> bool {
        self.peek()
            .is_some_and(|byte| CLASSES[usize::from(byte)] & class != 0)
    }

    fn skip_class(&mut self, class: u8) {
        while self.next_is(class) {
            self.offset += 1;
        }
    }

    fn skip_until(&mut self, class: u8) {
        while self.peek().is_some() && !self.next_is(class) {
            self.offset += 1;
        }
    }
}
