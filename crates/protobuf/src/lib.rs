//! Protobuf's wire format: a message's bytes to its fields, nothing copied.
//!
//! Contract: nothing is allocated, and no bytes make it panic. A message object tree would multiply a hostile request's size by thirty;
//! walking the bytes holds nothing but the bytes.
//! Format: <https://protobuf.dev/programming-guides/encoding/>.

/// Bytes that are no protobuf message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no protobuf message of the kind that is expected")]
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
    /// Four bytes, which none of the messages that are read has.
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

    /// The number of a uint64 field.
    pub fn uint64(self) -> Result<u64, Malformed> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err(Malformed),
        }
    }

    /// The number of a uint32 field.
    pub fn uint32(self) -> Result<u32, Malformed> {
        self.uint64()?.try_into().map_err(|_| Malformed)
    }

    /// The number of a sint32 field, whose sign is its last bit.
    pub fn sint32(self) -> Result<i32, Malformed> {
        zigzag(self.uint64()?).try_into().map_err(|_| Malformed)
    }

    /// The numbers of a repeated double field: one, or a packed run of them.
    pub fn doubles(self) -> impl Iterator<Item = Result<f64, Malformed>> + use<'a> {
        let (single, packed) = match self {
            Self::Fixed64(bits) => (Some(Ok(f64::from_bits(bits))), &[][..]),
            Self::Bytes(bytes) => (None, bytes),
            _ => (Some(Err(Malformed)), &[][..]),
        };
        let run = packed.chunks(size_of::<f64>()).map(|bytes| {
            let bytes = bytes.try_into().map_err(|_| Malformed)?;
            Ok(f64::from_le_bytes(bytes))
        });
        single.into_iter().chain(run)
    }

    /// The numbers of a repeated uint64 or uint32 field: one, or a packed run.
    pub fn varints(self) -> impl Iterator<Item = Result<u64, Malformed>> + use<'a> {
        let (single, packed) = match self {
            Self::Varint(number) => (Some(Ok(number)), &[][..]),
            Self::Bytes(bytes) => (None, bytes),
            _ => (Some(Err(Malformed)), &[][..]),
        };
        single.into_iter().chain(Varints {
            rest: Fields { rest: packed },
        })
    }

    /// The numbers of a repeated sint64 field: one, or a packed run.
    pub fn sint64s(self) -> impl Iterator<Item = Result<i64, Malformed>> + use<'a> {
        self.varints().map(|number| number.map(zigzag))
    }

    /// The number of an int64 field, written in two's complement.
    pub fn int64(self) -> Result<i64, Malformed> {
        match self {
            Self::Varint(bits) => Ok(bits.cast_signed()),
            _ => Err(Malformed),
        }
    }
}

/// Numbers of either sign, the small ones short.
fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// A packed run of varints.
struct Varints<'a> {
    rest: Fields<'a>,
}

impl Iterator for Varints<'_> {
    type Item = Result<u64, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.rest.is_empty() {
            return None;
        }
        let number = self.rest.varint();
        if number.is_err() {
            self.rest.rest = &[];
        }
        Some(number)
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

    /// Takes a message that stands behind its length off the front, as streams
    /// of messages have them; `None` at the end.
    pub fn take_delimited(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        self.take(length).map(Some)
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
    fn repeated_numbers_are_packed_or_not() {
        let doubles = [1.0_f64, -2.5].map(f64::to_le_bytes).concat();
        let read: Vec<_> = Value::Bytes(&doubles).doubles().collect();
        assert_eq!(read, [Ok(1.0), Ok(-2.5)]);
        let one = Value::Fixed64(3_f64.to_bits());
        assert!(one.doubles().eq([Ok(3.0)]));
        assert!(Value::Bytes(&[1, 2]).doubles().eq([Err(Malformed)]));
        let varints = [0x00, 0x01, 0x02, 0x96, 0x01];
        assert!(Value::Bytes(&varints).varints().eq([0, 1, 2, 150].map(Ok)));
        assert!(Value::Bytes(&varints).sint64s().eq([0, -1, 1, 75].map(Ok)));
        assert!(Value::Varint(3).sint64s().eq([Ok(-2)]));
        assert!(Value::Bytes(&[0x80]).varints().eq([Err(Malformed)]));
        assert!(Value::Fixed32.varints().eq([Err(Malformed)]));
    }

    #[test]
    fn a_stream_is_messages_behind_their_lengths() {
        let mut stream = Fields::of(&[2, b'h', b'i', 0, 3, b'n', b'o']);
        assert_eq!(stream.take_delimited(), Ok(Some(b"hi".as_slice())));
        assert_eq!(stream.take_delimited(), Ok(Some(b"".as_slice())));
        assert_eq!(stream.take_delimited(), Err(Malformed));
        assert_eq!(Fields::of(&[]).take_delimited(), Ok(None));
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
