//! How often values occur, over time: a column a moment, a row a bucket, the
//! stronger the more.

use std::fmt::Write;

use chart::Size;
use chart::unit::Unit;
use dashboard::{HeatmapOptions, Panel};
use wire::data::TimeGrid;

use super::PanelSeries;
use super::buckets::{self, Buckets};
use super::graph::{Label, cell_of, columns_together, push_graph, span, time_labels};

/// CSS pixels of a cell.
const CELL_PX: f64 = 9.0;
/// Shades that a glance tells apart.
const SHADES: usize = 8;
/// Buckets of values that are put into buckets here.
const ROWS: usize = 16;
/// CSS pixels of a label at the left.
const LABEL_PX: f64 = 22.0;

/// Cells by row: for each its first column, how many it spans, its count.
type Cells = Vec<Vec<(usize, usize, f64)>>;

pub fn html(panel: &Panel, options: &HeatmapOptions, data: &PanelSeries) -> String {
    let own = (!options.calculate).then(|| buckets::of_series(data));
    let Some(buckets) = own.flatten().or_else(|| counted(options, data)) else {
        return String::new();
    };
    let size = Size::nominal(panel.grid);
    let together = columns_together(data.grid, (size.width_px / CELL_PX) as usize);
    let cells = cells(&buckets, data.grid, together);
    let greatest = cells
        .iter()
        .flatten()
        .map(|cell| cell.2)
        .fold(0.0, f64::max);
    let (from_ms, to_ms) = span(data.grid);
    let mut html = String::from("<div class=\"heatmap\">");
    push_graph(
        &mut html,
        "",
        &labels(&buckets, panel, size),
        &time_labels(from_ms, to_ms, size),
        &svg(&cells, data.grid.len, greatest),
    );
    push_scale(&mut html, greatest);
    html.push_str("</div>");
    html
}

/// The buckets that the values fall into.
fn counted(options: &HeatmapOptions, data: &PanelSeries) -> Option<Buckets> {
    if options.log_scale {
        buckets::of_logarithms(data, ROWS)
    } else {
        buckets::of_values(data, None, ROWS)
    }
}

fn cells(buckets: &Buckets, grid: TimeGrid, together: usize) -> Cells {
    let rows = buckets.counts.iter();
    rows.map(|counts| cells_of_row(counts, grid, together))
        .collect()
}

fn cells_of_row(
    counts: &[Option<f64>],
    grid: TimeGrid,
    together: usize,
) -> Vec<(usize, usize, f64)> {
    let mut cells: Vec<(usize, usize, f64)> = Vec::new();
    let mut last = None;
    for (column, count) in counts.iter().enumerate() {
        let cell = cell_of(grid, column, together);
        let is_same = last.replace(cell) == Some(cell);
        match cells.last_mut().filter(|_| is_same) {
            Some((_, len, sum)) => {
                *len += 1;
                *sum += count.unwrap_or(0.0);
            }
            None => cells.push((column, 1, count.unwrap_or(0.0))),
        }
    }
    // Of columns taken together their mean is shown: a rate stays one.
    for (_, len, sum) in &mut cells {
        *sum /= *len as f64;
    }
    cells
}

/// A path a shade: thousands of cells in a few kilobytes. A cell is a unit
/// wide for each of its columns, and a unit high.
fn svg(cells: &Cells, columns: usize, greatest: f64) -> String {
    let mut shades = vec![String::new(); SHADES];
    for (row, cells) in cells.iter().rev().enumerate() {
        for (column, len, count) in cells {
            if let Some(shade) = shade(*count, greatest) {
                let _infallible = write!(shades[shade], "M{column} {row}h{len}v1h-{len}z");
            }
        }
    }
    let mut svg = format!(
        "<svg viewBox=\"0 0 {columns} {}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        cells.len()
    );
    for (shade, path) in shades
        .iter()
        .enumerate()
        .filter(|(_, path)| !path.is_empty())
    {
        let from = greatest * shade as f64 / SHADES as f64;
        let to = greatest * (shade + 1) as f64 / SHADES as f64;
        let number = Unit::from_id("short");
        let _infallible = write!(
            svg,
            "<path class=\"h{}\" d=\"{path}\"><title>{} to {}</title></path>",
            shade + 1,
            number.format(from, None),
            number.format(to, None),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// `None` for nothing at all: what is empty stays the page's colour.
fn shade(count: f64, greatest: f64) -> Option<usize> {
    let share = count / greatest;
    (count > 0.0).then(|| ((share * SHADES as f64).ceil() as usize).clamp(1, SHADES) - 1)
}

/// The buckets' upper bounds, as many as there is room for.
fn labels(buckets: &Buckets, panel: &Panel, size: Size) -> Vec<Label> {
    let unit = Unit::from_id(&panel.field.unit);
    let rows = buckets.bounds.len();
    let every = (rows as f64 * LABEL_PX / size.height_px).ceil().max(1.0) as usize;
    let bounds = buckets.bounds.iter().enumerate();
    let shown = bounds.filter(|(row, _)| (row + 1) % every == 0);
    let labels = shown.map(|(row, bound)| {
        let at = 1.0 - (row + 1) as f64 / rows as f64;
        let text = if bound.is_finite() {
            unit.format(*bound, panel.field.decimals)
        } else {
            "∞".to_owned()
        };
        Label::new(at, text)
    });
    labels.collect()
}

/// What the shades mean.
fn push_scale(html: &mut String, greatest: f64) {
    html.push_str("<p class=\"shades\"><span>0</span>");
    for shade in 1..=SHADES {
        let _infallible = write!(html, "<i class=\"h{shade}\"></i>");
    }
    let most = Unit::from_id("short").format(greatest, None);
    let _infallible = write!(html, "<span>{most}</span></p>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;

    #[test]
    fn a_bucket_is_a_row_from_below_and_a_shade_by_its_count() {
        let series = data(&[
            ('A', "0.5", &[Some(1.0), Some(0.0)]),
            ('A', "1", &[Some(9.0), Some(4.0)]),
        ]);
        let html = html(&Panel::default(), &HeatmapOptions::default(), &series);
        for part in [
            "viewBox=\"0 0 2 2\"",
            "<path class=\"h1\" d=\"M0 1h1v1h-1z\"><title>0 to 1</title>",
            "<path class=\"h4\" d=\"M1 0h1v1h-1z\">",
            "<path class=\"h8\" d=\"M0 0h1v1h-1z\"><title>7 to 8</title>",
            "--at:50%\">0.5",
            "--at:0%\">1",
        ] {
            assert!(html.contains(part), "{html} lacks {part}");
        }
    }
}
