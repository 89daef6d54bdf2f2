//! Protobuf's wire format: a message's bytes to its fields, nothing copied.
//!
//! A message object tree would multiply a hostile request's size by thirty;
//! walking the bytes holds nothing but the bytes.
//! Format: <https://protobuf.dev/programming-guides/encoding/>.

/// Bytes that are no protobuf message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is no protobuf message of remote write 1.0")]
pub struct Malformed;

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// An integer or an enumeration.
    Varint(u64),
    /// Eight bytes: a double.
    Fixed64(u64),
    /// A text, bytes, or a message.
    Bytes(&'a [u8]),
    /// Four bytes, which none of our messages has.
    Fixed32,
}

impl<'a> Value<'a> {
    /// The bytes of a length-delimited field.
    pub fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Malformed),
        }
    }

    /// The text of a string field.
    pub fn text(self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Malformed)
    }

    /// The number of a double field.
    pub fn double(self) -> Result<f64, Malformed> {
        match self {
            Self::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => Err(Malformed),
        }
    }

    /// The number of an int64 field, written in two's complement.
    pub fn int64(self) -> Result<i64, Malformed> {
        match self {
            Self::Varint(bits) => Ok(bits.cast_signed()),
            _ => Err(Malformed),
        }
    }
}

/// The fields of a message: number and value, in order of the bytes.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of `message`.
    pub fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
                Value::Bytes(self.take(length)?)
            }
            5 => {
                self.take(4)?;
                Value::Fixed32
            }
            _ => return Err(Malformed),
        };
        Ok((key >> 3, value))
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &[u8], expected: Result<&[(u64, Value<'_>)], Malformed>) {
        let fields: Result<Vec<_>, _> = Fields::of(message).collect();
        assert_eq!(
            fields.as_deref().map_err(|error| *error),
            expected,
            "{message:?}"
        );
    }

    #[test]
    fn fields_are_read_in_order() {
        check(&[], Ok(&[]));
        check(
            &[0x0a, 2, b'h', b'i', 0x10, 0x96, 0x01],
            Ok(&[(1, Value::Bytes(b"hi")), (2, Value::Varint(150))]),
        );
        check(
            &[0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x15, 0, 0, 0, 0],
            Ok(&[(1, Value::Fixed64(1.0f64.to_bits())), (2, Value::Fixed32)]),
        );
    }

    #[test]
    fn whatever_is_cut_off_is_malformed() {
        check(&[0x0a], Err(Malformed));
        check(&[0x0a, 5, b'h'], Err(Malformed));
        check(
            &[
                0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
            ],
            Err(Malformed),
        );
        check(&[0x10, 0x80], Err(Malformed));
        check(&[0x09, 0, 0], Err(Malformed));
        check(&[0x0b], Err(Malformed));
        check(&[0x80; 11], Err(Malformed));
    }

    #[test]
    fn negative_numbers_are_twos_complement() {
        let minus_one = [
            0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ];
        let field = Fields::of(&minus_one).next();
        assert_eq!(field.map(|field| field?.1.int64()), Some(Ok(-1)));
    }
}
