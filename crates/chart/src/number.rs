//! A number to decimal text, without the formatting machinery of `core::fmt`,
//! whose float printing alone would weigh more in the bundle than all of a
//! chart's arithmetic.

/// Values from here on have no exact integer part left; they get an exponent.
const EXACT_LIMIT: f64 = 1e15;

/// Appends `value` with exactly `decimals` digits (at most 9) after the point,
/// rounded half away from zero; `+Inf`, `-Inf` and `NaN` as Prometheus writes them.
pub fn push_fixed(text: &mut String, value: f64, decimals: u8) {
    if value.is_nan() {
        text.push_str("NaN");
        return;
    }
    if value.is_infinite() {
        text.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
        return;
    }
    if value.abs() >= EXACT_LIMIT {
        push_exponent(text, value);
        return;
    }
    let decimals = decimals.min(if value.abs() >= 1e6 { 3 } else { 9 });
    let power = 10_u64.pow(u32::from(decimals));
    let scaled = (value.abs() * power as f64).round() as u64;
    if value < 0.0 && scaled != 0 {
        text.push('-');
    }
    push_integer(text, scaled / power);
    if decimals > 0 {
        text.push('.');
        let mut fraction = scaled % power;
        let mut unit = power / 10;
        for _ in 0..decimals {
            push_digit(text, fraction / unit);
            fraction %= unit;
            unit = (unit / 10).max(1);
        }
    }
}

/// Appends `value` with `digits` significant digits, trailing zeros of the
/// fraction left out: `1.24`, `98.7`, `1200`, `0.0031`.
pub fn push_significant(text: &mut String, value: f64, digits: u8) {
    push_fixed_short(text, value, decimals_for(value, digits));
}

/// Like [`push_fixed`], trailing zeros of the fraction left out.
pub fn push_fixed_short(text: &mut String, value: f64, decimals: u8) {
    let start = text.len();
    push_fixed(text, value, decimals);
    if decimals > 0 {
        trim_fraction(text, start);
    }
}

/// The digits after the point that show `digits` significant ones of `value`.
pub fn decimals_for(value: f64, digits: u8) -> u8 {
    let magnitude = value.abs();
    if magnitude == 0.0 || !magnitude.is_finite() {
        return 0;
    }
    let decimals = i32::from(digits) - 1 - magnitude.log10().floor() as i32;
    u8::try_from(decimals.clamp(0, 9)).unwrap_or(0)
}

/// A share that is nearer to all or none than this is what arithmetic leaves of it.
const SHARE_DECIMALS: u8 = 7;

/// The digits after the point, `decimals` or more, that keep a percentage from
/// being rounded to 0 or 100.
pub fn share_decimals(percent: f64, decimals: u8) -> u8 {
    let is_told_apart = |decimals: &u8| {
        let power = 10_f64.powi(i32::from(*decimals));
        let rounded = (percent * power).round() / power;
        [0.0, 100.0, -100.0]
            .into_iter()
            .all(|bound| (rounded == bound) == (percent == bound))
    };
    (decimals..=SHARE_DECIMALS)
        .find(is_told_apart)
        .unwrap_or(decimals)
}

/// Appends a whole number.
pub fn push_integer(text: &mut String, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    text.extend(digits[first..].iter().map(|digit| char::from(*digit)));
}

/// Appends a whole number with at least two digits, as clocks write it.
pub fn push_two_digits(text: &mut String, value: u32) {
    if value < 10 {
        text.push('0');
    }
    push_integer(text, u64::from(value));
}

fn push_digit(text: &mut String, digit: u64) {
    text.push(char::from(b'0' + (digit % 10) as u8));
}

fn push_exponent(text: &mut String, value: f64) {
    let exponent = value.abs().log10().floor();
    push_fixed_short(text, value / 10_f64.powf(exponent), 2);
    text.push('e');
    push_integer(text, exponent as u64);
}

fn trim_fraction(text: &mut String, start: usize) {
    if text[start..].contains('.') {
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, decimals: u8, fixed: &str, significant: &str) {
        let mut text = String::new();
        push_fixed(&mut text, value, decimals);
        assert_eq!(text, fixed);
        text.clear();
        push_significant(&mut text, value, 3);
        assert_eq!(text, significant);
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        check(0.0, 0, "0", "0");
        check(-0.0, 2, "0.00", "0");
        check(1.235, 2, "1.24", "1.24");
        check(98.66, 1, "98.7", "98.7");
        check(1200.0, 0, "1200", "1200");
        check(0.003_14, 3, "0.003", "0.00314");
        check(-2.5, 1, "-2.5", "-2.5");
        check(-0.001, 1, "0.0", "-0.001");
        check(999.96, 1, "1000.0", "1000");
        check(12_345_678.9, 6, "12345678.900", "12345679");
        check(1.5e21, 2, "1.5e21", "1.5e21");
        check(f64::INFINITY, 2, "+Inf", "+Inf");
        check(f64::NEG_INFINITY, 2, "-Inf", "-Inf");
        check(f64::NAN, 2, "NaN", "NaN");
    }
}
