//! Panels that say no place to places: in the order of the file, side by side
//! while there is room, below those that stand before them.

use serde::Deserialize;
use serde::de::IgnoredAny;
use wire::board::Grid;

use super::parse;
use crate::kind::Kind;
use crate::panel::Panel;

/// Which panels of a board's text say where they stand.
#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    panels: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    grid: Option<IgnoredAny>,
}

/// Gives a place to each of `panels` that has none in `text`, which they were read from.
pub fn place(panels: &mut [Panel], text: &str) {
    let places = parse::<Places>(text).map(|places| places.panels);
    let places = places.unwrap_or_default();
    // The next free place, and the first row below all so far.
    let (mut x, mut y, mut below) = (0, 0, 0);
    for (panel, place) in panels.iter_mut().zip(places) {
        if place.grid.is_none() {
            let (w, h) = size(&panel.kind);
            if x + w > Grid::COLUMNS {
                (x, y) = (0, below);
            }
            panel.grid = Grid { x, y, w, h };
            x += w;
        } else {
            x = Grid::COLUMNS; // what follows begins a line of its own
        }
        below = below.max(panel.grid.y.saturating_add(panel.grid.h));
    }
}

fn size(kind: &Kind) -> (u16, u16) {
    match kind {
        Kind::Row(_) => (Grid::COLUMNS, 1),
        Kind::Stat(_) | Kind::Gauge(_) => (6, 4),
        _ => (Grid::default().w, Grid::default().h),
    }
}

#[cfg(test)]
mod tests {
    /// `x,y,w,h` of each panel.
    fn check(panels: &[&str], expected: &[&str]) {
        let text = format!("title: T\npanels: [{}]", panels.join(", "));
        let board = crate::file::read(&text).unwrap();
        let grids = board.panels.iter().map(|panel| panel.grid);
        let got: Vec<String> = grids
            .map(|grid| format!("{},{},{},{}", grid.x, grid.y, grid.w, grid.h))
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn panels_without_a_place_flow() {
        check(
            &["{title: a}", "{title: b}", "{title: c}"],
            &["0,0,12,8", "12,0,12,8", "0,8,12,8"],
        );
        check(
            &["{kind: stat}", "{kind: stat}", "{}", "{kind: row}", "{}"],
            &["0,0,6,4", "6,0,6,4", "12,0,12,8", "0,8,24,1", "0,9,12,8"],
        );
    }

    #[test]
    fn those_with_a_place_keep_it_and_others_follow_below() {
        check(
            &["{}", "{grid: {x: 12, y: 2, w: 6, h: 10}}", "{}", "{}"],
            &["0,0,12,8", "12,2,6,10", "0,12,12,8", "12,12,12,8"],
        );
    }
}
