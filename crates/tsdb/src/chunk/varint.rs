//! Integers in groups of seven bits, least significant first; the high bit of
//! a byte says that more follow (LEB128). Signed ones are folded (zigzag), so
//! that small ones of either sign are short.

/// Appends `value` in one to ten bytes.
pub fn push_unsigned(out: &mut Vec<u8>, mut value: u64) {
    let (mut bytes, mut last) = ([0; 10], 0);
    while value >= 0x80 {
        bytes[last] = value as u8 | 0x80;
        value >>= 7;
        last += 1;
    }
    bytes[last] = value as u8;
    out.extend_from_slice(&bytes[..=last]);
}

/// Appends `value` in one to ten bytes.
pub fn push_signed(out: &mut Vec<u8>, value: i64) {
    push_unsigned(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// Takes a value off the front, `None` where the bytes end within it.
pub fn take_unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Takes a value off the front, `None` where the bytes end within it.
pub fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let folded = take_unsigned(bytes)?;
    Some((folded >> 1) as i64 ^ -((folded & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_what_went_in() {
        let mut bytes = Vec::new();
        let values = [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN];
        for value in values {
            push_signed(&mut bytes, value);
            push_unsigned(&mut bytes, value as u64);
        }
        let mut rest = bytes.as_slice();
        for value in values {
            assert_eq!(take_signed(&mut rest), Some(value));
            assert_eq!(take_unsigned(&mut rest), Some(value as u64));
        }
        assert_eq!(take_unsigned(&mut rest), None);
    }
}
