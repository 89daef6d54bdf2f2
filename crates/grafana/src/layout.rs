//! Where panels stand: rows of the old form, rows of the new form, grids.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::json::Json;
use dashboard::Grid;

const COLUMNS: u16 = 24;
/// Pixels of a grid row in Grafana, with its gap.
const ROW_PX: f64 = 38.0;
/// No panel is higher than this: more is a slip of a hand.
const MAX_ROWS: f64 = 200.0;

/// A panel with its place on the board and in the document.
pub(super) struct Placed<'a> {
    pub panel: &'a Value,
    pub grid: Grid,
    pub path: String,
}

/// Every panel of a dashboard, in reading order, those of folded rows unfolded.
pub(super) fn panels(dashboard: &Value) -> Vec<Placed<'_>> {
    let top_level = dashboard.list("panels");
    let mut placed = Vec::new();
    for (panel, index) in top_level.iter().zip(0..) {
        let own = grid(panel);
        let above = top_level.iter().filter(|other| grid(other).y < own.y);
        let y = own.y + above.map(folded_height).sum::<u16>();
        let path = format!("panels[{index}]");
        unfold(&mut placed, panel.list("panels"), y + own.h, &path);
        let grid = Grid { y, ..own };
        placed.push(Placed { panel, grid, path });
    }
    let mut flow = Flow::below(&placed);
    for (row, index) in dashboard.list("rows").iter().zip(0..) {
        flow.row(row, &format!("rows[{index}]"), &mut placed);
    }
    placed.sort_by_key(|placed| (placed.grid.y, placed.grid.x));
    make_room(&mut placed);
    placed
}

/// The rows that the panels inside a folded row take.
fn folded_height(row: &Value) -> u16 {
    let inside = row.list("panels").iter().map(grid);
    let first = inside.clone().map(|grid| grid.y).min().unwrap_or(0);
    inside
        .map(|grid| grid.y + grid.h - first)
        .max()
        .unwrap_or(0)
}

fn grid(panel: &Value) -> Grid {
    let w = within(panel, "gridPos.w", 12.0, 1.0..=f64::from(COLUMNS));
    Grid {
        x: within(panel, "gridPos.x", 0.0, 0.0..=f64::from(COLUMNS - w)),
        y: within(panel, "gridPos.y", 0.0, 0.0..=30_000.0),
        w,
        h: within(panel, "gridPos.h", 8.0, 1.0..=MAX_ROWS),
    }
}

/// A number of the panel, or the default, brought into bounds.
fn within(panel: &Value, key: &str, default: f64, bounds: RangeInclusive<f64>) -> u16 {
    let number = panel.number(key).unwrap_or(default);
    number.clamp(*bounds.start(), *bounds.end()) as u16
}

/// Puts the panels of a folded row right below it, in the order they have.
fn unfold<'a>(placed: &mut Vec<Placed<'a>>, inside: &'a [Value], top: u16, row: &str) {
    let first = inside.iter().map(|panel| grid(panel).y).min().unwrap_or(0);
    for (panel, index) in inside.iter().zip(0..) {
        let own = grid(panel);
        let y = top + (own.y - first);
        placed.push(Placed {
            panel,
            grid: Grid { y, ..own },
            path: format!("{row}.panels[{index}]"),
        });
    }
}

/// Moves panels down until none lies on one before it.
fn make_room(placed: &mut [Placed]) {
    let mut floor = [0u16; COLUMNS as usize];
    for placed in placed {
        let grid = &mut placed.grid;
        let columns = usize::from(grid.x)..usize::from(grid.x + grid.w);
        let lowest = floor[columns.clone()].iter().max().copied().unwrap_or(0);
        grid.y = grid.y.max(lowest);
        floor[columns].fill(grid.y.saturating_add(grid.h));
    }
}

/// Places panels from left to right, line by line, as old rows do.
struct Flow {
    top: u16,
}

impl Flow {
    fn below(placed: &[Placed]) -> Self {
        let bottoms = placed.iter().map(|placed| placed.grid.y + placed.grid.h);
        Self {
            top: bottoms.max().unwrap_or(0),
        }
    }

    fn row<'a>(&mut self, row: &'a Value, path: &str, placed: &mut Vec<Placed<'a>>) {
        let has_heading =
            row.flag("showTitle") || row.flag("collapse") || row.at("repeat").is_some();
        if has_heading {
            let grid = Grid {
                x: 0,
                y: self.top,
                w: COLUMNS,
                h: 1,
            };
            let path = path.to_owned();
            placed.push(Placed {
                panel: row,
                grid,
                path,
            });
            self.top += 1;
        }
        let row_height = height(row);
        let (mut x, mut line_height) = (0, 0);
        for (panel, index) in row.list("panels").iter().zip(0..) {
            let span = panel.number("span").unwrap_or(4.0).clamp(1.0, 12.0);
            let w = (2.0 * span).round() as u16;
            if x + w > COLUMNS {
                self.top += line_height;
                (x, line_height) = (0, 0);
            }
            let h = height(panel).or(row_height).unwrap_or(7);
            let grid = Grid {
                x,
                y: self.top,
                w,
                h,
            };
            let path = format!("{path}.panels[{index}]");
            placed.push(Placed { panel, grid, path });
            x += w;
            line_height = line_height.max(h);
        }
        self.top += line_height;
    }
}

/// `250` or `"250px"` in rows of the grid.
fn height(of: &Value) -> Option<u16> {
    let written = of.at("height")?;
    let px = match written.as_str() {
        Some(text) => text.trim_end_matches("px").trim().parse().ok()?,
        None => written.as_f64()?,
    };
    Some((px / ROW_PX).ceil().clamp(1.0, MAX_ROWS) as u16)
}
