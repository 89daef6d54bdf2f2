//! Rows and columns: of a table of the answers, or of the series' newest values.

mod footer;
mod pages;
mod sheet;

use std::borrow::Cow;

use chart::civil::utc;
use dashboard::{Clock, Field, Panel, StatColor, TableOptions};
use frame::{Cell, Column};
use wire::board::Health;
use wire::id::PanelId;
use wire::url::LiveParams;

use super::PanelSeries;
use super::graph::push_time;
use super::link;
use super::rows::{HOLDER, RowKeys, push_row};
use super::status_badge::push_mark;
use super::value::{self, Shown};
use pages::{push_pages, push_table_link};
use sheet::{Shaped, Sheet, of_series, shaped, sorted};

use crate::text::html::{push_element, push_escaped};
use crate::text::{health, moment};

/// Rows on a page where the panel says nothing else.
const PAGE_ROWS: usize = 100;

pub fn html(
    panel: &Panel,
    options: &TableOptions,
    data: &PanelSeries,
    params: &LiveParams,
) -> String {
    let is_shaped = !panel.transformations.is_empty() || data.has_rows();
    if is_shaped && !data.tables.is_empty() {
        let tables = data.tables.iter().filter(|table| table.rows() > 0);
        return tables
            .map(|table| write(panel, options, &shaped(panel, table), params, &data.clock))
            .collect();
    }
    let list = of_series(data);
    let columns = list.columns.iter().map(|column| Shaped {
        column,
        title: column.name.clone(),
        field: panel.field.clone(),
        color: None,
    });
    let fields = data.series.iter();
    let sheet = Sheet {
        columns: columns.collect(),
        row_fields: fields
            .map(|series| panel.field_of(series.name, series.query))
            .collect(),
        rows: data.series.len(),
    };
    write(panel, options, &sheet, params, &data.clock)
}

/// By which column rows are sorted, and whether the greatest comes first.
fn order(options: &TableOptions, params: &LiveParams, panel: PanelId) -> (String, bool) {
    match params.table("sort", panel) {
        Some(sort) => match sort.strip_prefix('-') {
            Some(column) => (column.to_owned(), true),
            None => (sort.to_owned(), false),
        },
        None => (options.sort_by.clone(), options.descending),
    }
}

fn write(
    panel: &Panel,
    options: &TableOptions,
    sheet: &Sheet,
    params: &LiveParams,
    clock: &Clock,
) -> String {
    let sorted_by = order(options, params, panel.id);
    let rows = sorted(sheet, &sorted_by);
    let page_rows = match options.page_rows {
        0 => PAGE_ROWS,
        rows => rows as usize,
    };
    let pages = rows.len().div_ceil(page_rows).max(1);
    let page = params
        .table("page", panel.id)
        .and_then(|page| page.parse().ok());
    let page = page.unwrap_or(1_usize).clamp(1, pages);
    let mut html = String::from("<table tabindex=\"0\"><thead class=\"shows\"><tr>");
    for column in &sheet.columns {
        push_heading(&mut html, column, &sorted_by, params, panel.id);
    }
    html.push_str("</tr></thead><tbody");
    html.push_str(HOLDER);
    let mut keys = RowKeys::default();
    for row in rows.iter().skip((page - 1) * page_rows).take(page_rows) {
        let identity: Vec<_> = identity(sheet, *row).collect();
        let key = keys.next(identity.iter().map(AsRef::as_ref));
        push_row(&mut html, "tr", &key);
        for column in 0..sheet.columns.len() {
            push_cell(&mut html, options, sheet, (*row, column), clock);
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody>");
    if let Some(footer) = &options.footer {
        footer::push_footer(&mut html, footer, sheet, clock);
    }
    html.push_str("</table>");
    if pages > 1 {
        push_pages(&mut html, page, pages, rows.len(), params, panel.id);
    }
    html
}

/// The texts that tell a row from others while its numbers change.
fn identity<'a>(sheet: &'a Sheet, row: usize) -> impl Iterator<Item = Cow<'a, str>> {
    let columns = sheet.columns.iter().map(|shaped| shaped.column);
    let texts = columns.filter(|column| !column.is_number());
    texts.map(move |column| column.cells[row].text())
}

/// A heading that sorts by its column: rising first where it holds texts,
/// falling first where it holds numbers, the other way the next time.
fn push_heading(
    html: &mut String,
    column: &Shaped,
    (by, descending): &(String, bool),
    params: &LiveParams,
    panel: PanelId,
) {
    let is_by = *by == column.title;
    let falls = if is_by {
        !descending
    } else {
        column.column.is_number()
    };
    let sort = [if falls { "-" } else { "" }, &column.title].concat();
    html.push_str("<th scope=\"col\"");
    html.push_str(class_of(column.column));
    if is_by {
        html.push_str(" aria-sort=\"");
        html.push_str(if *descending {
            "descending\""
        } else {
            "ascending\""
        });
    }
    html.push('>');
    push_table_link(
        html,
        params,
        &[("sort", &sort), ("page", "")],
        panel,
        &column.title,
    );
    if column.column.is_time() {
        push_element(html, "small", "utc", " UTC");
    }
    if is_by {
        let arrow = if *descending { "↓" } else { "↑" };
        push_element(html, "small", "", &["\u{a0}", arrow].concat());
    }
    html.push_str("</th>");
}

fn class_of(column: &Column) -> &'static str {
    if column.is_number() {
        " class=\"number\""
    } else {
        ""
    }
}

fn push_cell(
    html: &mut String,
    options: &TableOptions,
    sheet: &Sheet,
    (row, column): (usize, usize),
    clock: &Clock,
) {
    let shaped = &sheet.columns[column];
    let cell = &shaped.column.cells[row];
    let field = sheet.field(row, column);
    let mut shown = match cell {
        Cell::Text(text) => value::of_text(text, field),
        Cell::Flag(flag) => value::of_text(if *flag { "true" } else { "false" }, field),
        Cell::Time(ms) => Shown {
            number: moment::of(*ms, &utc),
            ..Shown::default()
        },
        Cell::Number(_) | Cell::Empty => value::of(cell.number(), field, clock),
    };
    let color = shaped.color.unwrap_or(options.color);
    if color == StatColor::None {
        shown.health = None;
    }
    html.push_str("<td class=\"");
    html.push_str(if shaped.column.is_number() {
        "number "
    } else {
        ""
    });
    html.push_str(if color == StatColor::Background {
        "filled-"
    } else {
        "is-"
    });
    html.push_str(shown.class());
    html.push_str("\">");
    let link = link(sheet, row, shaped, field);
    if let Some(address) = &link {
        html.push_str("<a href=\"");
        push_escaped(html, address);
        html.push_str("\">");
    }
    push_shown(html, &shown, cell);
    html.push_str(if link.is_some() { "</a></td>" } else { "</td>" });
}

/// Where a click on the value leads.
fn link(sheet: &Sheet, row: usize, of: &Shaped, field: &Field) -> Option<String> {
    let cell = &of.column.cells[row];
    let written = cell.text();
    let say = |name: &str| match name {
        "__value.raw" | "__value.numeric" | "__value.text" => Some(written.to_string()),
        "__field.name" => Some(of.title.clone()),
        other => match other.strip_prefix("__field.labels.") {
            Some(label) => of.column.labels.get(label).map(str::to_owned),
            None => {
                let column = other.strip_prefix("__data.fields")?;
                let column = column.trim_matches(['.', '[', ']', '"', '\'']);
                let named =
                    |shaped: &&Shaped| shaped.title == column || shaped.column.is_called(column);
                let found = sheet.columns.iter().find(named)?;
                Some(found.column.cells[row].text().into_owned())
            }
        },
    };
    link::address(&field.links.first()?.url, say)
}

fn push_shown(html: &mut String, shown: &Shown, cell: &Cell) {
    if let Some(health) = shown.health.filter(|health| *health != Health::Good) {
        html.push_str("<span title=\"");
        html.push_str(health::word(health));
        html.push_str("\">");
        push_mark(html, health);
        html.push_str("</span> ");
    }
    match cell {
        Cell::Time(ms) => push_time(html, *ms, &shown.number),
        _ => push_escaped(html, &shown.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;
    use dashboard::{Link, Threshold};
    use frame::Table;
    use wire::id::RefId;

    fn table() -> Table {
        Table {
            query: Some(RefId('A')),
            columns: vec![
                Column::new("Time", vec![Cell::Time(0), Cell::Time(0), Cell::Time(0)]),
                Column::new("job", ["b", "a", "c"].map(Cell::from).to_vec()),
                Column::new(
                    "Value",
                    vec![Cell::Number(2.0), Cell::Number(10.0), Cell::Empty],
                ),
            ],
        }
    }

    fn panel() -> Panel {
        Panel {
            id: PanelId(7),
            field: Field {
                thresholds: vec![Threshold {
                    value: 5.0,
                    status: Health::Bad,
                    label: String::new(),
                }],
                links: vec![Link {
                    title: String::new(),
                    url: "/d/job?var-job=${__data.fields.job}&v=${__value.raw}".into(),
                    ..Link::default()
                }],
                ..Field::default()
            },
            ..Panel::default()
        }
    }

    fn written(options: &TableOptions, query: &str) -> String {
        let tables = [table()];
        let data = PanelSeries {
            tables: &tables,
            ..data(&[('A', "a", &[Some(1.0)])])
        };
        html(&panel(), options, &data, &LiveParams::from_query(query))
    }

    /// The texts of the first column, row by row.
    fn check(options: &TableOptions, query: &str, expected: &[&str]) {
        let html = written(options, query);
        let rows = html.split("<tr").skip(2);
        let first = rows.filter_map(|row| row.split("\">").nth(3)?.split('<').next());
        assert_eq!(first.collect::<Vec<_>>(), expected, "{html}");
    }

    #[test]
    fn rows_are_sorted_and_paged_as_the_address_or_the_panel_says() {
        let mut options = TableOptions::default();
        check(&options, "", &["b", "a", "c"]);
        check(&options, "sort-7=-Value", &["a", "b", "c"]);
        check(&options, "sort-7=job&sort-8=-job", &["a", "b", "c"]);
        options.sort_by = "job".into();
        options.descending = true;
        check(&options, "", &["c", "b", "a"]);
        options.page_rows = 2;
        check(&options, "", &["c", "b"]);
        check(&options, "page-7=2", &["a"]);
    }

    #[test]
    fn cells_say_what_they_mean_and_lead_on() {
        let html = written(&TableOptions::default(), "from=now-1h");
        for part in [
            "<th scope=\"col\" class=\"number\"><a href=\"?from=now-1h&amp;sort-7=-Value\">",
            "<td class=\"number is-bad\"><a href=\"/d/job?var-job=a&amp;v=10\"><span title=\"Bad\">",
            "<td class=\"number is-unknown\">",
        ] {
            assert!(html.contains(part), "{html} lacks {part}");
        }
        assert!(!html.contains("<time"), "the query's own time is no news");
    }

    #[test]
    fn without_tables_the_series_are_rows() {
        let series = data(&[('A', "a", &[Some(1.0)]), ('B', "b", &[None])]);
        let html = html(
            &Panel::default(),
            &TableOptions::default(),
            &series,
            &LiveParams::default(),
        );
        assert!(
            html.contains(">a</td><td class=\"number is-plain\">1</td>"),
            "{html}"
        );
        assert!(
            html.contains(">b</td><td class=\"number is-plain\">–</td>"),
            "{html}"
        );
    }
}
