//! When which state held: a lane a series, a box for each span of time in
//! which a series said the same.

use chart::Size;
use chart::civil::utc;
use chart::color_role::{self, ColorRole};
use dashboard::{Field, Panel};
use wire::board::{Health, Palette};
use wire::data::TimeGrid;

use super::graph::{
    Label, Rect, cell_of, columns_together, push_graph, push_rect, span, time_labels,
};
use super::value::{self, Shown};
use super::{MAX_WRITTEN, PanelSeries, SeriesView, push_cut};
use crate::text::moment;

/// CSS pixels of a cell of a status history.
const CELL_PX: f64 = 14.0;
/// More boxes of one lane than this are nothing but stripes.
const MAX_BOXES: usize = 240;
/// The part of its lane that a box is high, and its greatest height in CSS pixels.
const THICKNESS: f64 = 0.76;
const MAX_BOX_PX: f64 = 40.0;

/// A span of columns in which a series said the same.
struct Run {
    first: usize,
    len: usize,
    text: String,
    class: &'static str,
}

/// A state timeline, whose equal neighbours are one box, or a status history,
/// whose cells stay apart.
pub fn html(panel: &Panel, data: &PanelSeries, is_merged: bool) -> String {
    let size = Size::nominal(panel.grid);
    let height = 1.0 / data.series.len().clamp(1, MAX_WRITTEN) as f64;
    let thickness = (height * THICKNESS).min(MAX_BOX_PX / size.height_px);
    let most = if is_merged {
        MAX_BOXES
    } else {
        (size.width_px / CELL_PX) as usize
    };
    let together = columns_together(data.grid, most);
    let (mut area, mut names) = (String::new(), Vec::new());
    for (series, index) in data.series.iter().take(MAX_WRITTEN).zip(0_i32..) {
        let field = panel.field_of(series.name, series.query);
        let top = f64::from(index) * height;
        let name = super::name_of(&field, series);
        names.push(Label::new(top + height / 2.0, name));
        let runs = runs(&field, series, data, together, is_merged);
        let place = (top + (height - thickness) / 2.0, thickness);
        for run in &runs {
            push_run(&mut area, run, data.grid, name, place);
        }
    }
    let (from_ms, to_ms) = span(data.grid);
    let mut html = String::new();
    let class = if is_merged { "lanes" } else { "lanes apart" };
    let times = time_labels(from_ms, to_ms, size);
    push_graph(&mut html, class, &names, &times, &area);
    push_cut(&mut html, data.series.len());
    html
}

fn push_run(area: &mut String, run: &Run, grid: TimeGrid, name: &str, (y, height): (f64, f64)) {
    let columns = grid.len.max(1) as f64;
    let from_ms = grid.time_ms(run.first) - grid.step_ms;
    let to_ms = grid.time_ms(run.first + run.len - 1);
    let said = moment::span(from_ms, to_ms, &utc);
    let title = [name, ": ", &run.text, "\n", &said, " UTC"].concat();
    let width = run.len as f64 / columns;
    push_rect(
        area,
        &Rect {
            x: run.first as f64 / columns,
            y,
            width,
            height,
            class: run.class,
            title: &title,
            // Words where they have room; the rest is said when it is pointed at.
            text: if width > 0.06 { &run.text } else { "" },
        },
    );
}

/// What a series said, cell by cell; equal neighbours are one where they are merged.
fn runs(
    field: &Field,
    series: &SeriesView,
    data: &PanelSeries,
    together: usize,
    is_merged: bool,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (first, len, value) in cells(field, series, data.grid, together) {
        let run = said(first, len, value::of(Some(value), field, &data.clock));
        let is_same = |before: &&mut Run| {
            let adjoins = before.first + before.len == first;
            is_merged && adjoins && before.text == run.text && before.class == run.class
        };
        match runs.last_mut().filter(is_same) {
            Some(before) => before.len += len,
            None => runs.push(run),
        }
    }
    runs
}

/// The first column, the length and the value of each cell of `together`
/// columns, of which the worst value counts, and of equally bad ones the last:
/// a failure of one scrape is seen in any window. A gap ends a cell.
fn cells(
    field: &Field,
    series: &SeriesView,
    grid: TimeGrid,
    together: usize,
) -> Vec<(usize, usize, f64)> {
    let mut cells: Vec<(usize, usize, f64)> = Vec::new();
    let mut open = None;
    for (column, value) in series.values.iter().enumerate() {
        let cell = cell_of(grid, column, together);
        let is_same = open == Some(cell);
        open = value.map(|_| cell);
        let Some(value) = *value else { continue };
        match cells.last_mut().filter(|_| is_same) {
            Some((_, len, worst)) => {
                *len += 1;
                if badness(value, field) >= badness(*worst, field) {
                    *worst = value;
                }
            }
            None => cells.push((column, 1, value)),
        }
    }
    cells
}

/// How bad a value is: more is worse.
fn badness(value: f64, field: &Field) -> u8 {
    match value::judged(Some(value), field) {
        Some(Health::Bad) => 2,
        Some(Health::Warning) => 1,
        Some(Health::Good | Health::Unknown) | None => 0,
    }
}

fn said(first: usize, len: usize, shown: Shown) -> Run {
    let text = shown.text();
    let class = match shown.health {
        Some(health) => ColorRole::Status(health).class(),
        None => state_class(&text),
    };
    Run {
        first,
        len,
        text,
        class,
    }
}

/// A state that means neither good nor bad has a colour by its words.
fn state_class(text: &str) -> &'static str {
    let color_roles = color_role::assign(Palette::Categorical, std::iter::once(text), 1);
    color_roles
        .first()
        .map_or("s1", |color_role| color_role.class())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;
    use dashboard::{MappedValue, Mapping};

    fn fire_and_calm() -> Field {
        let mapping = |value: &str, text: &str, status| Mapping {
            of: MappedValue::Value(value.into()),
            text: text.into(),
            status,
        };
        Field {
            mappings: vec![
                mapping("0", "calm", Health::Good),
                mapping("1", "fire", Health::Bad),
            ],
            ..Field::default()
        }
    }

    fn check(is_merged: bool, values: &'static [Option<f64>], expected: &[&str]) {
        let panel = Panel {
            field: fire_and_calm(),
            ..Panel::default()
        };
        let html = html(&panel, &data(&[('A', "a", values)]), is_merged);
        let boxes: Vec<&str> = html
            .split("<i class=\"")
            .skip(1)
            .filter_map(|text| text.split(" title").next())
            .collect();
        assert_eq!(boxes, expected, "{html}");
    }

    const VALUES: &[Option<f64>] = &[Some(0.0), Some(0.0), Some(1.0), None];

    #[test]
    fn equal_neighbours_are_one_span_of_a_timeline() {
        let expected = [
            "good\" style=\"--x:0;--y:41.07;--w:50;--h:17.86\"",
            "bad\" style=\"--x:50;--y:41.07;--w:25;--h:17.86\"",
        ];
        check(true, VALUES, &expected);
    }

    #[test]
    fn of_columns_put_together_the_worst_counts() {
        let values: Vec<Option<f64>> = (0..2 * MAX_BOXES)
            .map(|column| Some(f64::from(u8::from(column % 40 == 20))))
            .collect();
        let field = fire_and_calm();
        let series = &data(&[('A', "a", values.leak())]);
        let cells = cells(&field, &series.series[0], series.grid, 2);
        let burning = cells.iter().filter(|(_, _, value)| *value == 1.0);
        assert_eq!(burning.count(), 2 * MAX_BOXES / 40);
    }

    #[test]
    fn a_history_has_a_cell_for_each_time() {
        let expected = [
            "good\" style=\"--x:0;--y:41.07;--w:25;--h:17.86\"",
            "good\" style=\"--x:25;--y:41.07;--w:25;--h:17.86\"",
            "bad\" style=\"--x:50;--y:41.07;--w:25;--h:17.86\"",
        ];
        check(false, VALUES, &expected);
    }
}
