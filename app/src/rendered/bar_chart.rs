//! Bars for categories: the rows of a table, or the series by their newest values.

use chart::scale::Spacing;
use chart::unit::Unit;
use chart::{AxisSpec, Size, ValueAxis};
use dashboard::{BarChartOptions, Clock, Field, Panel};
use frame::{Cell, Column, Table};

use super::graph::{Label, Rect, place, push_graph, push_rect, value_labels};
use super::legend::{Entry, color_roles, push_legend};
use super::value;
use super::{MAX_WRITTEN, PanelSeries, push_cut};

/// The part of a category's place that its bars fill.
const FILL: f64 = 0.72;
/// CSS pixels of a character of a label, and of a line of them.
const CHAR_PX: f64 = 7.0;
const LINE_PX: f64 = 20.0;
/// A longer label is cut.
const MAX_CHARS: usize = 18;

/// What is drawn: for each category a bar of each group.
#[derive(Default)]
struct Bars {
    categories: Vec<String>,
    groups: Vec<Group>,
    clock: Clock,
}

/// Bars of one colour.
struct Group {
    name: String,
    field: Field,
    values: Vec<Option<f64>>,
}

pub fn html(panel: &Panel, options: &BarChartOptions, data: &PanelSeries) -> String {
    let mut bars = data
        .tables
        .iter()
        .find_map(|table| of_table(panel, options, table))
        .unwrap_or_else(|| of_series(panel, data));
    bars.clock = data.clock.clone();
    let found = bars.categories.len();
    bars.categories.truncate(MAX_WRITTEN);
    let size = Size::nominal(panel.grid);
    let axis = value_axis(panel, options, &bars, size);
    let names = bars.groups.iter().map(|group| group.name.as_str());
    let color_roles = color_roles(names, bars.groups.len());
    let mut area = String::new();
    for category in 0..bars.categories.len() {
        push_category(&mut area, options, &bars, &color_roles, &axis, category);
    }
    let mut html = String::from("<div class=\"bar-chart\">");
    let values = value_labels(&axis);
    let categories = labels(&bars, options, size);
    if options.horizontal {
        let below = values.into_iter().map(|label| Label {
            at: 1.0 - label.at,
            ..label
        });
        let below: Vec<Label> = below.collect();
        push_graph(&mut html, "lying", &categories, &below, &area);
    } else {
        push_graph(&mut html, "columns", &values, &categories, &area);
    }
    if bars.groups.len() > 1 {
        let entries = bars.groups.iter().zip(&color_roles);
        let entries = entries.map(|(group, color_role)| Entry::new(&group.name, color_role));
        push_legend(&mut html, entries);
    }
    push_cut(&mut html, found);
    html.push_str("</div>");
    html
}

/// `None` where the table has no column that names its rows.
fn of_table(panel: &Panel, options: &BarChartOptions, table: &Table) -> Option<Bars> {
    let category = match options.category.as_str() {
        "" => table.columns.iter().find(holds_texts),
        named => table
            .column(named)
            .or_else(|| table.columns.iter().find(holds_texts)),
    }?;
    let values = table.columns.iter().filter(|column| {
        column.is_number() && !std::ptr::eq(*column, category) && panel.shows_column(column)
    });
    Some(Bars {
        categories: category
            .cells
            .iter()
            .map(|cell| cell.text().into_owned())
            .collect(),
        groups: values.map(|column| group_of(panel, column)).collect(),
        ..Bars::default()
    })
}

fn holds_texts(column: &&Column) -> bool {
    matches!(column.sample(), Cell::Text(_))
}

fn group_of(panel: &Panel, column: &Column) -> Group {
    let field = panel.field_of_column(column);
    Group {
        name: match field.name.as_str() {
            "" => column.title().into_owned(),
            name => name.to_owned(),
        },
        values: column.cells.iter().map(Cell::number).collect(),
        field,
    }
}

fn of_series(panel: &Panel, data: &PanelSeries) -> Bars {
    let names = data.series.iter();
    let names = names.map(|series| super::name_of(&panel.field, series).to_owned());
    let group = Group {
        name: String::new(),
        field: panel.field.clone(),
        values: data.series.iter().map(super::SeriesView::newest).collect(),
    };
    Bars {
        categories: names.collect(),
        groups: vec![group],
        ..Bars::default()
    }
}

fn value_axis(panel: &Panel, options: &BarChartOptions, bars: &Bars, size: Size) -> ValueAxis {
    let sums = (0..bars.categories.len()).flat_map(|category| {
        let values = bars
            .groups
            .iter()
            .filter_map(move |group| group.values[category]);
        if options.stacked {
            vec![values.sum()]
        } else {
            values.collect()
        }
    });
    let finite = sums.filter(|value: &f64| value.is_finite());
    let (low, high) = finite.fold((0.0, 0.0), |(low, high): (f64, f64), value| {
        (low.min(value), high.max(value))
    });
    let spec = AxisSpec {
        unit: Unit::from_id(&panel.field.unit),
        decimals: panel.field.decimals,
        min: panel.field.min,
        max: panel.field.max,
        spacing: Spacing::Linear,
        from_zero: true,
        height_px: if options.horizontal {
            size.width_px / 2.0
        } else {
            size.height_px
        },
    };
    ValueAxis::fit(spec, Some((low, high)), None)
}

fn push_category(
    area: &mut String,
    options: &BarChartOptions,
    bars: &Bars,
    color_roles: &[&'static str],
    axis: &ValueAxis,
    category: usize,
) {
    let share = 1.0 / bars.categories.len() as f64;
    let beside = if options.stacked {
        1
    } else {
        bars.groups.len().max(1)
    };
    let breadth = share * FILL / beside as f64;
    let mut along = share * (category as f64 + (1.0 - FILL) / 2.0);
    let mut base = 0.0;
    for (group, color_role) in bars.groups.iter().zip(color_roles) {
        let value = group.values[category].filter(|value| value.is_finite());
        if let Some(value) = value {
            let ends = (place(axis, base), place(axis, base + value));
            let bar = bar(options, (along, breadth), ends);
            push_bar(
                area,
                bar,
                group,
                &bars.categories[category],
                color_role,
                value,
                &bars.clock,
            );
        }
        if options.stacked {
            base += value.unwrap_or(0.0);
        } else {
            along += breadth;
        }
    }
}

/// Where a bar stands: its left, its top, its width, its height.
fn bar(options: &BarChartOptions, (along, breadth): (f64, f64), ends: (f64, f64)) -> [f64; 4] {
    let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
    if options.horizontal {
        [low, along, high - low, breadth]
    } else {
        [along, 1.0 - high, breadth, high - low]
    }
}

fn push_bar(
    area: &mut String,
    [x, y, width, height]: [f64; 4],
    group: &Group,
    category: &str,
    color_role: &str,
    value: f64,
    clock: &Clock,
) {
    let shown = value::of(Some(value), &group.field, clock);
    let of_group = match group.name.as_str() {
        "" => String::new(),
        name => ["\n", name].concat(),
    };
    let title = [category, &of_group, ": ", &shown.text()].concat();
    push_rect(
        area,
        &Rect {
            x,
            y,
            width,
            height,
            class: shown.health.map_or(color_role, |_| shown.class()),
            title: &title,
            text: "",
        },
    );
}

fn labels(bars: &Bars, options: &BarChartOptions, size: Size) -> Vec<Label> {
    let count = bars.categories.len().max(1) as f64;
    let longest = bars
        .categories
        .iter()
        .map(|name| name.chars().count().min(MAX_CHARS));
    let room_px = if options.horizontal {
        size.height_px / LINE_PX
    } else {
        size.width_px / (longest.max().unwrap_or(1) as f64 + 2.0) / CHAR_PX
    };
    let every = (count / room_px.max(1.0)).ceil().max(1.0) as usize;
    let names = bars.categories.iter().enumerate();
    let shown = names.filter(|(index, _)| index % every == 0);
    shown
        .map(|(index, name)| Label::new((index as f64 + 0.5) / count, cut(name)))
        .collect()
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => [&name[..end], "…"].concat(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;
    use wire::id::RefId;

    fn table() -> Table {
        let texts = ["a", "b"].map(Cell::from).to_vec();
        let numbers = |values: [f64; 2]| values.map(Cell::Number).to_vec();
        Table {
            query: Some(RefId('A')),
            columns: vec![
                Column::new("kind", texts),
                Column::new("ok", numbers([5.0, 10.0])),
                Column::new("failed", numbers([5.0, 0.0])),
            ],
        }
    }

    fn check(options: &BarChartOptions, tables: &[Table], boxes: &[&str]) {
        let series = data(&[('A', "x", &[Some(4.0)]), ('A', "y", &[Some(8.0)])]);
        let data = PanelSeries { tables, ..series };
        let html = html(&Panel::default(), options, &data);
        let got: Vec<&str> = html
            .split("style=\"--x:")
            .skip(1)
            .filter_map(|text| text.split("\">").next())
            .collect();
        assert_eq!(got, boxes, "{html}");
    }

    #[test]
    fn rows_are_categories_and_columns_groups() {
        let boxes = [
            "7;--y:50;--w:18;--h:50\" title=\"a\nok: 5",
            "25;--y:50;--w:18;--h:50\" title=\"a\nfailed: 5",
            "57;--y:0;--w:18;--h:100\" title=\"b\nok: 10",
            "75;--y:100;--w:18;--h:0\" title=\"b\nfailed: 0",
        ];
        check(&BarChartOptions::default(), &[table()], &boxes);
        let lying = BarChartOptions {
            horizontal: true,
            stacked: true,
            ..BarChartOptions::default()
        };
        let boxes = [
            "0;--y:7;--w:50;--h:36\" title=\"a\nok: 5",
            "50;--y:7;--w:50;--h:36\" title=\"a\nfailed: 5",
            "0;--y:57;--w:100;--h:36\" title=\"b\nok: 10",
            "100;--y:57;--w:0;--h:36\" title=\"b\nfailed: 0",
        ];
        check(&lying, &[table()], &boxes);
    }

    #[test]
    fn without_a_table_the_series_are_categories() {
        let boxes = [
            "7;--y:50;--w:36;--h:50\" title=\"x: 4",
            "57;--y:0;--w:36;--h:100\" title=\"y: 8",
        ];
        check(&BarChartOptions::default(), &[], &boxes);
    }
}
