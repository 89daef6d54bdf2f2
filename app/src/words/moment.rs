//! Moments in words, in the reader's time zone where it is known.

use chart::civil::moment_in;

/// A moment as `2026-11-20 12:30:05`.
pub fn of(time_ms: i64) -> String {
    moment_in(time_ms, &offset())
}

/// The time of day as `12:30`.
pub fn clock(time_ms: i64) -> String {
    of(time_ms).get(11..16).unwrap_or_default().to_owned()
}

/// A span as `2026-11-20 12:00:00 – 13:00:00`; the date is not said twice.
pub fn span(from_ms: i64, to_ms: i64) -> String {
    span_in(from_ms, to_ms, offset())
}

fn span_in(from_ms: i64, to_ms: i64, zone: fn(i64) -> i32) -> String {
    let whole_second = |time_ms: i64| time_ms - time_ms.rem_euclid(1_000);
    let from = moment_in(whole_second(from_ms), &zone);
    let to = moment_in(whole_second(to_ms), &zone);
    let is_same_day = from.get(..10) == to.get(..10);
    let to = if is_same_day {
        to.get(11..).unwrap_or(&to)
    } else {
        &to
    };
    [&from, " – ", to].concat()
}

/// Seconds east of UTC: the browser's zone, UTC on the server.
#[cfg(feature = "hydrate")]
pub fn offset() -> fn(i64) -> i32 {
    |time_ms| {
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(time_ms as f64));
        -(date.get_timezone_offset() as i32) * 60
    }
}

/// Seconds east of UTC: the browser's zone, UTC on the server.
#[cfg(not(feature = "hydrate"))]
pub fn offset() -> fn(i64) -> i32 {
    chart::civil::utc
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::civil::utc;

    #[test]
    fn a_span_says_its_date_once() {
        let day = 86_400_000;
        assert_eq!(span_in(0, 3_600_500, utc), "1970-01-01 00:00:00 – 01:00:00");
        assert_eq!(
            span_in(0, day, utc),
            "1970-01-01 00:00:00 – 1970-01-02 00:00:00"
        );
    }
}
