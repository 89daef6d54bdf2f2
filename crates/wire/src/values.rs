//! The values of a series as JSON: numbers, `null` for an absent one, strings
//! for infinities.
//!
//! Contract: whole numbers are exact. Others keep nine significant digits, more
//! than any screen shows, and half the bytes of a full float; and at least
//! their thousandths, so that a value that is a time in seconds keeps its
//! milliseconds, and what is far from zero and varies little keeps its shape.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The values of a series; see the module for how they are serialised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(pub Vec<Option<f64>>);

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .iter()
                .map(|value| value.map_or(Number::Absent, Number::from)),
        )
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<Number>::deserialize(deserializer)?;
        Ok(Self(numbers.into_iter().map(Number::value).collect()))
    }
}

/// A value as JSON can hold it.
enum Number {
    Absent,
    Finite(f64),
    PlusInfinity,
    MinusInfinity,
}

impl Number {
    fn value(self) -> Option<f64> {
        match self {
            Self::Absent => None,
            Self::Finite(value) => Some(value),
            Self::PlusInfinity => Some(f64::INFINITY),
            Self::MinusInfinity => Some(f64::NEG_INFINITY),
        }
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        match value {
            f64::INFINITY => Self::PlusInfinity,
            f64::NEG_INFINITY => Self::MinusInfinity,
            value if value.is_nan() => Self::Absent,
            value => Self::Finite(value),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_unit(),
            Self::PlusInfinity => serializer.serialize_str("+Inf"),
            Self::MinusInfinity => serializer.serialize_str("-Inf"),
            Self::Finite(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
                serializer.serialize_i64(*value as i64)
            }
            Self::Finite(value) => serializer.serialize_f64(rounded(*value)),
        }
    }
}

/// The significant digits of a value of ordinary size.
const DIGITS: i32 = 9;
/// The decimals that every value keeps.
const DECIMALS: i32 = 3;
/// Ten to the power of these and of less is a number without rounding.
const EXACT_POWERS: i32 = 22;

/// The value to [`DIGITS`] digits, or to [`DECIMALS`] decimals where that is
/// more; as it is where its power of ten would be rounded too (below 1e-13).
fn rounded(value: f64) -> f64 {
    let digits_before = value.abs().log10().floor() as i32 + 1;
    let decimals = (DIGITS - digits_before).max(DECIMALS);
    if decimals > EXACT_POWERS {
        return value;
    }
    let power = 10_f64.powi(decimals);
    let scaled = value * power;
    // Beyond 2^53 there are no decimals to round.
    if scaled.abs() >= 9_007_199_254_740_992.0 {
        return value;
    }
    scaled.round() / power
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl serde::de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(r#"a number, null, "+Inf" or "-Inf""#)
    }

    fn visit_unit<E>(self) -> Result<Number, E> {
        Ok(Number::Absent)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number::Finite(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number::Finite(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number::Finite(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Number, E> {
        match value {
            "+Inf" => Ok(Number::PlusInfinity),
            "-Inf" => Ok(Number::MinusInfinity),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(values: &[f64]) -> String {
        serde_json::to_string(&Values(values.iter().copied().map(Some).collect())).unwrap()
    }

    #[test]
    fn values_survive_json() {
        let cases = [
            (0.0, "0", 0.0),
            (12.0, "12", 12.0),
            (0.1, "0.1", 0.1),
            (1.0 / 3.0, "0.333333333", 0.333_333_333),
            (-2.0 / 3e6, "-6.66666667e-7", -6.666_666_67e-7),
            (999_999.999_96, "1000000.0", 1e6),
            (-1_234_567.891, "-1234567.891", -1_234_567.891),
            (1_769_507_423.75, "1769507423.75", 1_769_507_423.75),
            (1_769_507_423.123_456, "1769507423.123", 1_769_507_423.123),
            (4.5e12 + 0.25, "4500000000000.25", 4.5e12 + 0.25),
            (1.5e-300, "1.5e-300", 1.5e-300),
            (5e-324, "5e-324", 5e-324),
            (f64::MAX, "1.7976931348623157e+308", f64::MAX),
            (f64::INFINITY, r#""+Inf""#, f64::INFINITY),
            (f64::NEG_INFINITY, r#""-Inf""#, f64::NEG_INFINITY),
        ];
        for (value, text, back) in cases {
            let encoded = json(&[value]);
            assert_eq!(encoded, format!("[{text}]"));
            let decoded: Values = serde_json::from_str(&encoded).unwrap();
            // serde_json may read the last bit of a number otherwise.
            let read = decoded.0[0].unwrap();
            let is_same = read == back || ((read - back) / back).abs() <= f64::EPSILON;
            assert!(is_same, "{text} is read as {read:e}");
        }
        let absent = serde_json::to_string(&Values(vec![None, Some(f64::NAN)])).unwrap();
        assert_eq!(absent, "[null,null]");
        assert_eq!(serde_json::from_str::<Values>("[null]").unwrap().0, [None]);
    }

    /// Rates, durations, shares and bytes a second, as sources compute them:
    /// with all sixteen digits.
    #[test]
    fn ordinary_values_take_few_bytes() {
        let scales = [1e-4, 0.02, 1.0, 37.0, 5_000.0, 250_000.0, 3e6, 4e8];
        let nine_digits = |value: f64| format!("{value:.8e}").parse::<f64>().unwrap();
        let (mut bytes, mut least, mut full) = (0, 0, 0);
        for step in 1..2_000 {
            let part = (f64::from(step) * 0.618_033_988_749_894_9).fract();
            let values = scales.map(|scale| scale * (0.5 + part));
            bytes += json(&values).len();
            least += serde_json::to_string(&values.map(nine_digits))
                .unwrap()
                .len();
            full += serde_json::to_string(&values).unwrap().len();
        }
        assert!(
            bytes * 100 <= least * 105,
            "{bytes} bytes, {least} of nine digits"
        );
        assert!(
            bytes * 100 <= full * 67,
            "{bytes} bytes, {full} of all digits"
        );
    }
}
