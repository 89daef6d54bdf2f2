//! Tables as texts, for tests: `Time@,job,Value | 1,a,5` has a column of times,
//! one of texts and one of numbers, and one row. What is no number is a text.

use frame::{Cell, Column, Table};

pub fn table(text: &str) -> Table {
    let mut rows = text.split('|').map(|row| row.trim().split(','));
    let names = rows.next().into_iter().flatten();
    let mut columns: Vec<Column> = names
        .map(|name| Column::new(name.trim_end_matches('@'), Vec::new()))
        .collect();
    let times: Vec<bool> = text
        .split('|')
        .next()
        .unwrap_or("")
        .trim()
        .split(',')
        .map(|name| name.ends_with('@'))
        .collect();
    for row in rows {
        for ((column, is_time), cell) in columns.iter_mut().zip(&times).zip(row) {
            column.cells.push(match (cell.parse::<f64>(), is_time) {
                (Ok(ms), true) => Cell::Time(ms as i64),
                (Ok(number), false) => Cell::Number(number),
                (Err(_), _) if cell.is_empty() => Cell::Empty,
                (Err(_), _) => Cell::from(cell),
            });
        }
    }
    Table {
        query: None,
        columns,
    }
}

pub fn text(table: &Table) -> String {
    let heading: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            format!(
                "{}{}",
                column.title(),
                if column.is_time() { "@" } else { "" }
            )
        })
        .collect();
    let row = |row: usize| {
        let cells: Vec<String> = table
            .columns
            .iter()
            .map(|column| column.cells[row].text().into_owned())
            .collect();
        cells.join(",")
    };
    let rows = (0..table.rows()).map(row);
    [heading.join(",")]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join(" | ")
}
