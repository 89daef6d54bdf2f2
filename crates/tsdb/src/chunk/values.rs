//! A column of values to bytes: `kind`, then what that kind needs.
//!
//! | kind | bytes after it                                                    |
//! |------|-------------------------------------------------------------------|
//! | 0    | one value, little endian: all are the same bits                   |
//! | 1–8  | pco of integers; the values are these divided by 10^(kind − 1)    |
//! | 9    | pco of the floats                                                 |
//! | 10   | the values, little endian: too few for anything else              |
//!
//! Every kind returns the same bits that went in, staleness markers included.

use std::cell::RefCell;
use std::ops::Range;

use series::StoreError;

use super::numbers::{best_order, corrupt, decode, encode_floats, encode_integers};

const CONSTANT: u8 = 0;
const INTEGERS: u8 = 1;
const FLOATS: u8 = 9;
const RAW: u8 = 10;

/// What values may be multiples of the inverse of; exact as floats.
const POWERS_OF_TEN: [f64; 8] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];

/// Floats hold every integer below this.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

thread_local! {
    /// Integers on their way to floats: decoding allocates nothing.
    static INTEGER_SCRATCH: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// Encodes at least one value.
pub(crate) fn encode_values(values: &[f64]) -> Box<[u8]> {
    let Some(&first) = values.first() else {
        return Box::default();
    };
    if values
        .iter()
        .all(|value| value.to_bits() == first.to_bits())
    {
        return [&[CONSTANT], first.to_le_bytes().as_slice()]
            .concat()
            .into();
    }
    let mut out = Vec::with_capacity(32 + values.len());
    let encoded = match to_integers(values) {
        Some((power, integers)) => {
            out.push(INTEGERS + power);
            encode_integers(&integers, best_order(&integers), &mut out)
        }
        None => {
            out.push(FLOATS);
            encode_floats(values, &mut out)
        }
    };
    if encoded.is_err() || out.len() > 8 * values.len() {
        out.clear();
        out.push(RAW);
        out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    out.into_boxed_slice()
}

/// Appends the `wanted` ones of the `count` values that `bytes` hold.
///
/// # Errors
/// Where the bytes are not those of `count` values; nothing is appended then.
pub(crate) fn decode_values(
    bytes: &[u8],
    count: usize,
    wanted: Range<usize>,
    out: &mut Vec<f64>,
) -> Result<(), StoreError> {
    let (&kind, rest) = bytes
        .split_first()
        .ok_or_else(|| corrupt("a chunk without values"))?;
    match kind {
        CONSTANT => {
            let bits = rest
                .try_into()
                .map_err(|_| corrupt("a constant that is no value"))?;
            out.resize(out.len() + wanted.len(), f64::from_le_bytes(bits));
        }
        INTEGERS..FLOATS => {
            let divisor = POWERS_OF_TEN[usize::from(kind - INTEGERS)];
            decode_integers(rest, count, wanted, divisor, out)?;
        }
        FLOATS => decode(rest, count, wanted, out)?,
        RAW => {
            let (raw, []) = rest.as_chunks() else {
                return Err(corrupt("a part of a value"));
            };
            if raw.len() != count {
                return Err(corrupt(format!("{} values, not {count}", raw.len())));
            }
            let raw = raw[wanted].iter();
            out.extend(raw.map(|bits| f64::from_le_bytes(*bits)));
        }
        _ => return Err(corrupt(format!("values of unknown kind {kind}"))),
    }
    Ok(())
}

fn decode_integers(
    bytes: &[u8],
    count: usize,
    wanted: Range<usize>,
    divisor: f64,
    out: &mut Vec<f64>,
) -> Result<(), StoreError> {
    INTEGER_SCRATCH.with_borrow_mut(|integers| {
        integers.clear();
        decode(bytes, count, wanted, integers)?;
        if divisor == 1.0 {
            out.extend(integers.iter().map(|&integer| integer as f64));
        } else {
            out.extend(integers.iter().map(|&integer| integer as f64 / divisor));
        }
        Ok(())
    })
}

/// The smallest power of ten that makes integers of all values, and these.
fn to_integers(values: &[f64]) -> Option<(u8, Vec<i64>)> {
    let mut integers = Vec::with_capacity(values.len());
    'powers: for (power, factor) in (0..).zip(POWERS_OF_TEN) {
        integers.clear();
        for &value in values {
            let integer = (value * factor).round();
            let is_exact = integer.abs() < EXACT_INTEGERS;
            if !is_exact {
                return None;
            }
            // Division is the decoder's step; the bits tell -0.0 from 0.0.
            let decoded = (integer as i64) as f64 / factor;
            if decoded.to_bits() != value.to_bits() {
                continue 'powers;
            }
            integers.push(integer as i64);
        }
        return Some((power, integers));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], kind: u8) {
        let bytes = encode_values(values);
        assert_eq!(bytes[0], kind, "{values:?}");
        let mut decoded = vec![7.0];
        let count = values.len();
        decode_values(&bytes, count, 0..count, &mut decoded).unwrap();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&decoded[1..]), bits(values));
        for wanted in [0..1, count - 1..count, count / 3..count / 2 + 1] {
            let mut decoded = vec![7.0];
            decode_values(&bytes, count, wanted.clone(), &mut decoded).unwrap();
            assert_eq!(bits(&decoded[1..]), bits(&values[wanted]));
        }
    }

    fn column(count: u32, value: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..count).map(f64::from).map(value).collect()
    }

    #[test]
    fn returns_the_same_bits_for_every_kind() {
        check(&column(100, |_| series::stale_nan()), CONSTANT);
        check(&column(100, |x| x * x), INTEGERS);
        check(&column(100, |x| (x * 25.0).round() / 100.0), INTEGERS + 2);
        check(&column(100, |x| x / 7.0), FLOATS);
        check(&column(100, |x| if x == 9.0 { -0.0 } else { x }), FLOATS);
        check(&[1.0, series::stale_nan()], RAW);
        check(
            &column(100, |x| if x < 50.0 { 9e300 } else { f64::NAN }),
            FLOATS,
        );
    }

    #[test]
    fn a_part_of_many_values_is_decoded_alone() {
        for count in [256, 257, 512, 1000, 1024] {
            check(&column(count, |x| x * x), INTEGERS);
            check(&column(count, |x| x / 7.0), FLOATS);
        }
    }

    #[test]
    fn an_edge_of_exact_integers_survives() {
        check(&column(99, |x| EXACT_INTEGERS - 1.0 - x), INTEGERS);
        check(&column(99, |x| EXACT_INTEGERS + 2.0 * x), FLOATS);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_other_values() {
        let bytes = encode_values(&column(600, |x| x * x));
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x55;
            let mut out = Vec::new();
            let _ = decode_values(&damaged, 600, 0..600, &mut out);
            let _ = decode_values(&bytes[..index], 600, 300..400, &mut out);
        }
    }
}
