//! Series and their labels to bytes and back, for the catalog and for blocks.
//!
//! Deflated: (id − id before, bytes shared with the labels before, length of
//! the rest, rest)… Each series is written as its difference to the one before:
//! in the order of their labels that is a sixth of the text, of which deflating
//! leaves a third.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use series::Labels;
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

/// What has grown to this, before it is deflated, is followed by another.
pub(crate) const FRAME_BYTES: usize = 1 << 20;

/// Nothing inflates to more: the last series may have labels of a mebibyte.
const INFLATED_LIMIT_BYTES: u64 = 4 << 20;

/// The bytes of the first series of `rest`, as many as it takes.
pub(crate) fn deflate(rest: &mut &[(SeriesRef, Labels)]) -> std::io::Result<Vec<u8>> {
    let mut fields = Vec::new();
    let (mut id_before, mut before): (i64, &[u8]) = (0, b"");
    while let Some(((series, labels), after)) = rest.split_first()
        && fields.len() < FRAME_BYTES
    {
        *rest = after;
        let encoded = labels.as_encoded().as_bytes();
        let same = before.iter().zip(encoded).take_while(|(a, b)| a == b);
        let shared = same.count();
        let id = i64::from(series.to_u32());
        push_signed(&mut fields, id - id_before);
        push_unsigned(&mut fields, shared as u64);
        push_unsigned(&mut fields, (encoded.len() - shared) as u64);
        fields.extend_from_slice(&encoded[shared..]);
        (id_before, before) = (id, encoded);
    }
    let mut deflater = DeflateEncoder::new(Vec::new(), Compression::default());
    deflater.write_all(&fields)?;
    deflater.finish()
}

/// Appends the series that [`deflate`] wrote; `None` where it wrote none such.
pub(crate) fn inflate(deflated: &[u8], out: &mut Vec<(SeriesRef, Labels)>) -> Option<()> {
    let mut fields = Vec::new();
    let mut inflater = DeflateDecoder::new(deflated).take(INFLATED_LIMIT_BYTES);
    inflater.read_to_end(&mut fields).ok()?;
    let mut rest = fields.as_slice();
    let (mut id, mut encoded) = (0_i64, Vec::new());
    while !rest.is_empty() {
        id = id.checked_add(take_signed(&mut rest)?)?;
        encoded.truncate(take_unsigned(&mut rest)?.try_into().ok()?);
        let length = take_unsigned(&mut rest)?.try_into().ok()?;
        let (suffix, after) = rest.split_at_checked(length)?;
        rest = after;
        encoded.extend_from_slice(suffix);
        let labels = Labels::from_encoded(str::from_utf8(&encoded).ok()?)?;
        out.push((SeriesRef::from_u32(id.try_into().ok()?), labels));
    }
    Some(())
}
