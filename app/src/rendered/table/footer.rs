//! What stands below a table's columns: one number for all of each.

use dashboard::{Calculation, Clock, Footer};

use super::sheet::{Shaped, Sheet};
use crate::rendered::value;
use crate::text::html::push_element;

/// Whether the footer has a number for the column.
fn is_meant(footer: &Footer, shaped: &Shaped) -> bool {
    let mut columns = footer.columns.iter();
    shaped.column.is_number()
        && (footer.columns.is_empty()
            || columns.any(|name| shaped.title == *name || shaped.column.is_called(name)))
}

/// A row below the others; its first column of texts says what it holds.
pub fn push_footer(html: &mut String, footer: &Footer, sheet: &Sheet, clock: &Clock) {
    let mut has_name = false;
    html.push_str("<tfoot><tr>");
    for shaped in &sheet.columns {
        if is_meant(footer, shaped) {
            push_element(
                html,
                "td",
                "number",
                &calculated(footer.calculation, shaped, clock),
            );
        } else if has_name {
            html.push_str("<td></td>");
        } else {
            has_name = true;
            let name = footer.calculation.title().trim_end_matches(" *");
            push_element(html, "th", "", name);
        }
    }
    html.push_str("</tr></tfoot>");
}

fn calculated(calculation: Calculation, of: &Shaped, clock: &Clock) -> String {
    let numbers: Vec<Option<f64>> = of.column.cells.iter().map(|cell| cell.number()).collect();
    value::of(calculation.of(&numbers), &of.field, clock).text()
}
