//! Why a document was refused or what it bends, and where.

/// A place of a document and what is wrong there: why it was refused, or how
/// it bends a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// Line of the fault, from 1.
    pub line: usize,
    /// Column of the fault in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What is wrong at a place of the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Another token belongs here.
    #[error("expected {expected}, found {}", describe(*found))]
    Expected {
        /// What belongs here.
        expected: &'static str,
        /// The character that is here, `None` at the end of the document.
        found: Option<char>,
    },
    /// One label set names a label twice.
    #[error("label {0:?} occurs twice")]
    DuplicateLabel(String),
    /// The bytes are no UTF-8.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// The page is compressed, and nobody has said so.
    #[error("the page is gzip, which its header Content-Encoding does not say")]
    Gzip,
    /// A line ends inside quotes, or a remark is no UTF-8.
    #[error("{0}")]
    Sloppy(&'static str),
    /// A rule of OpenMetrics is broken.
    #[error("metric family {family:?}: {rule}")]
    OpenMetrics {
        /// The family's name.
        family: String,
        /// What the specification demands.
        rule: &'static str,
    },
}

/// Where a document bends the rules of its format in a way that Prometheus
/// does not mind: it is read all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// How many there are so far.
    pub count: u64,
    /// The first of them.
    pub first: Option<ParseError>,
}

fn describe(found: Option<char>) -> String {
    match found {
        None => "the end of the document".to_owned(),
        Some('\n') => "the end of the line".to_owned(),
        Some(character) => format!("{character:?}"),
    }
}

/// A fault by its byte offset; becomes a [`ParseError`] once, when it leaves
/// the crate, so that no line is counted before something is wrong.
#[derive(Debug)]
pub(crate) struct Fault {
    pub offset: usize,
    pub kind: ErrorKind,
}

impl Fault {
    pub(crate) fn locate(self, document: &[u8]) -> ParseError {
        let before = &document[..self.offset.min(document.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        // Continuation bytes are no characters of their own.
        let is_character = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        ParseError {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: before[line_start..].iter().filter(is_character).count() + 1,
            kind: self.kind,
        }
    }
}
