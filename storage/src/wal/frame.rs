//! Records between marks: `mark(4) length(4) checksum(4) payload(length)`, all
//! little endian; the checksum (CRC-32) covers the length and the payload.
//!
//! A reader that meets bytes that are no frame looks for the next mark: a
//! flipped bit loses the record it hits, a torn tail loses the tail, and
//! nothing else is lost.

use memchr::memmem;

/// Opens every frame: rare in text and in numbers.
const MARK: [u8; 4] = [0xA9, 0xD0, 0x4E, 0x1F];

/// Bytes before the payload.
pub(crate) const HEADER_BYTES: usize = 12;

/// No payload is longer; a longer one is a damaged length.
pub(crate) const PAYLOAD_LIMIT_BYTES: usize = 16 << 20;

/// Appends the frame of one payload.
pub(crate) fn push_frame(out: &mut Vec<u8>, payload: &[u8]) {
    debug_assert!(payload.len() <= PAYLOAD_LIMIT_BYTES);
    let length = (payload.len() as u32).to_le_bytes();
    out.extend_from_slice(&MARK);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(length, payload).to_le_bytes());
    out.extend_from_slice(payload);
}

/// What a walk over a segment meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The payload of a whole frame.
    Payload(&'a [u8]),
    /// Bytes between two frames that are none.
    Damaged { offset: usize, bytes: usize },
    /// Bytes after the last frame: a write that never ended.
    Torn { offset: usize, bytes: usize },
}

/// Walks the frames of a segment.
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Frames<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// How many bytes were walked over.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The payload of the frame at `offset`, `None` where there is no whole
    /// and undamaged one.
    fn frame_at(&self, offset: usize) -> Option<&'a [u8]> {
        let rest = self.bytes.get(offset..)?.strip_prefix(&MARK)?;
        let (length, rest) = rest.split_first_chunk()?;
        let (expected, rest) = rest.split_first_chunk()?;
        let payload = rest.get(..u32::from_le_bytes(*length) as usize)?;
        let is_whole = checksum(*length, payload) == u32::from_le_bytes(*expected);
        (payload.len() <= PAYLOAD_LIMIT_BYTES && is_whole).then_some(payload)
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Found<'a>;

    fn next(&mut self) -> Option<Found<'a>> {
        let offset = self.position;
        if offset == self.bytes.len() {
            return None;
        }
        if let Some(payload) = self.frame_at(offset) {
            self.position = offset + HEADER_BYTES + payload.len();
            return Some(Found::Payload(payload));
        }
        let next = memmem::find_iter(&self.bytes[offset + 1..], &MARK)
            .map(|skipped| offset + 1 + skipped)
            .find(|&candidate| self.frame_at(candidate).is_some());
        self.position = next.unwrap_or(self.bytes.len());
        let bytes = self.position - offset;
        Some(match next {
            Some(_) => Found::Damaged { offset, bytes },
            None => Found::Torn { offset, bytes },
        })
    }
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment() -> (Vec<Vec<u8>>, Vec<u8>) {
        let payloads: Vec<Vec<u8>> = vec![
            b"one".to_vec(),
            Vec::new(),
            [MARK.as_slice(), b"a mark in a payload", &MARK].concat(),
            vec![7; 1000],
        ];
        let mut bytes = Vec::new();
        for payload in &payloads {
            push_frame(&mut bytes, payload);
        }
        (payloads, bytes)
    }

    fn payloads(bytes: &[u8]) -> Vec<&[u8]> {
        let payload = |found| match found {
            Found::Payload(payload) => Some(payload),
            _ => None,
        };
        Frames::new(bytes).filter_map(payload).collect()
    }

    #[test]
    fn a_flipped_bit_loses_one_record() {
        let (all, bytes) = segment();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let found = payloads(&damaged);
            assert_eq!(found.len(), all.len() - 1, "bit {bit}");
            assert!(
                found
                    .iter()
                    .all(|payload| all.iter().any(|one| one == payload))
            );
            let losses = Frames::new(&damaged).filter(|found| !matches!(found, Found::Payload(_)));
            assert_eq!(losses.count(), 1, "bit {bit}");
        }
    }

    #[test]
    fn a_torn_tail_loses_the_tail() {
        let (all, bytes) = segment();
        for end in 0..bytes.len() {
            let found = payloads(&bytes[..end]);
            assert!(all.iter().zip(&found).all(|(a, b)| a == b));
            assert!(found.len() < all.len());
        }
        assert_eq!(payloads(&bytes), all);
    }
}
