//! A panel's data to comma-separated values (RFC 4180), times in ISO 8601
//! (UTC): the rows of its tables, else a row a time and a column a series; what
//! is absent is an empty field.

use std::fmt::Write;

use chart::civil::moment;
use frame::{Cell, Table};

use super::PanelSeries;

/// The panel's data as a CSV file.
pub fn csv(data: &PanelSeries) -> String {
    let mut text = String::new();
    if data.has_rows() {
        for table in data.tables {
            push_table(&mut text, table);
        }
    } else {
        push_series(&mut text, data);
    }
    text
}

fn push_series(text: &mut String, data: &PanelSeries) {
    text.push_str("time");
    for series in &data.series {
        text.push(',');
        push_field(text, series.name);
    }
    text.push_str("\r\n");
    for column in 0..data.grid.len {
        push_time(text, data.grid.time_ms(column));
        for series in &data.series {
            text.push(',');
            if let Some(value) = series.values.get(column).copied().flatten() {
                push_number(text, value);
            }
        }
        text.push_str("\r\n");
    }
}

fn push_table(text: &mut String, table: &Table) {
    for (index, column) in table.columns.iter().enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        push_field(text, &column.title());
    }
    text.push_str("\r\n");
    for row in 0..table.rows() {
        for (index, column) in table.columns.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            match &column.cells[row] {
                Cell::Time(ms) => push_time(text, *ms),
                Cell::Number(number) => push_number(text, *number),
                cell => push_field(text, &cell.text()),
            }
        }
        text.push_str("\r\n");
    }
}

/// Every digit, so that what is read back is the same number.
fn push_number(text: &mut String, number: f64) {
    let _infallible = write!(text, "{number}");
}

fn push_time(text: &mut String, time_ms: i64) {
    text.push_str(&moment(time_ms).replacen(' ', "T", 1));
    text.push('Z');
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
    use crate::rendered::testing::data;
    use frame::Column;

    fn check(name: &'static str, header: &str) {
        let data = data(&[('A', name, &[Some(0.1), None, Some(f64::INFINITY)])]);
        let rows =
            "1970-01-01T00:00:00Z,0.1\r\n1970-01-01T00:00:01Z,\r\n1970-01-01T00:00:02Z,inf\r\n";
        assert_eq!(csv(&data), format!("time,{header}\r\n{rows}"));
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        check("p99", "p99");
        check("a,b", "\"a,b\"");
        check("say \"x\"", "\"say \"\"x\"\"\"");
        check("=1+1", "\"'=1+1\"");
    }

    #[test]
    fn a_table_has_its_own_rows() {
        let columns = [
            ("Time", Cell::Time(1_500)),
            ("job", Cell::from("a,b")),
            ("Value", Cell::Number(0.5)),
        ];
        let columns = columns.map(|(name, cell)| Column::new(name, vec![cell]));
        let tables = [Table {
            query: None,
            columns: columns.to_vec(),
        }];
        let data = PanelSeries {
            tables: &tables,
            ..data(&[])
        };
        let row = "1970-01-01T00:00:01.500Z,\"a,b\",0.5\r\n";
        assert_eq!(csv(&data), format!("Time,job,Value\r\n{row}"));
    }
}
