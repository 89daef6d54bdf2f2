//! A panel's data to comma-separated values (RFC 4180): a header, then a row a
//! time, times in ISO 8601 (UTC), an absent sample as an empty field.

use std::fmt::Write;

use wire::data::PanelData;

use crate::civil::moment;

/// The panel's data as a CSV file.
pub fn csv(data: &PanelData) -> String {
    let mut text = String::from("time");
    for series in &data.series {
        text.push(',');
        push_field(&mut text, &series.name);
    }
    text.push_str("\r\n");
    for column in 0..data.grid.len {
        let time = moment(data.grid.time_ms(column)).replacen(' ', "T", 1);
        text.push_str(&time);
        text.push('Z');
        for series in &data.series {
            text.push(',');
            if let Some(value) = series.values.0.get(column).copied().flatten() {
                // Every digit, so that what is read back is the same number.
                let _infallible = write!(text, "{value}");
            }
        }
        text.push_str("\r\n");
    }
    text
}

/// Quotes what would otherwise end the field, and what a spreadsheet would run
/// as a formula.
fn push_field(text: &mut String, field: &str) {
    let quoted = field.contains([',', '"', '\r', '\n']);
    let formula = field.starts_with(['=', '+', '-', '@']);
    if !quoted && !formula {
        text.push_str(field);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&field.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::data;

    fn check(name: &str, header: &str) {
        let mut data = data(1_500, &[&[Some(0.1), None, Some(f64::INFINITY)]]);
        data.series[0].name = name.into();
        let rows = "1970-01-01T00:00:01.500Z,0.1\r\n1970-01-01T00:00:02.500Z,\r\n1970-01-01T00:00:03.500Z,inf\r\n";
        assert_eq!(csv(&data), format!("time,{header}\r\n{rows}"));
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        check("p99", "p99");
        check("a,b", "\"a,b\"");
        check("say \"x\"", "\"say \"\"x\"\"\"");
        check("=1+1", "\"'=1+1\"");
    }
}
