//! A document to the parts of it that are text.
//!
//! Prometheus text may have remarks in another encoding, which are passed over;
//! everything else must be UTF-8.

use crate::Format;
use crate::error::{ErrorKind, Fault};

/// The first bytes of a gzip file.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Whole lines of a document that are text.
pub(crate) struct Segment<'a> {
    pub text: &'a str,
}

impl<'a> Segment<'a> {
    /// The text from the line at `start` on, up to a remark that is none, or to
    /// the end of the document.
    pub(crate) fn at(bytes: &'a [u8], start: usize, format: Format) -> Result<Self, Fault> {
        let rest = &bytes[start..];
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => return Ok(Self { text }),
            Err(error) => error.valid_up_to(),
        };
        let line_start = memchr::memrchr(b'\n', &rest[..valid]).map_or(0, |newline| newline + 1);
        match std::str::from_utf8(&rest[..line_start]) {
            Ok(text) if !format.is_strict() && is_remark(&rest[line_start..valid]) => {
                Ok(Self { text })
            }
            _ if bytes.starts_with(&GZIP_MAGIC) => Err(Fault {
                offset: 0,
                kind: ErrorKind::Gzip,
            }),
            _ => Err(Fault {
                offset: start + valid,
                kind: ErrorKind::InvalidUtf8,
            }),
        }
    }

    /// Where the line that `offset` lies on has ended.
    pub(crate) fn end_of_line(bytes: &[u8], offset: usize) -> usize {
        let newline = memchr::memchr(b'\n', &bytes[offset..]);
        newline.map_or(bytes.len(), |distance| offset + distance + 1)
    }
}

/// Whether a line that starts so says nothing.
fn is_remark(start_of_line: &[u8]) -> bool {
    let Some(remark) = start_of_line.trim_ascii_start().strip_prefix(b"#") else {
        return false;
    };
    let mut words = remark
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    !matches!(words.next(), Some(b"HELP" | b"TYPE"))
}
