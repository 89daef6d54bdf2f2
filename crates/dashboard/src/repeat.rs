//! The panels of a board and the values of its variables to the panels that are
//! shown: those that are repeated stand there once a value, and what is below
//! them moves down.

use wire::board::Grid;
use wire::id::PanelId;

use crate::kind::Kind;
use crate::panel::{Panel, Repeat};
use crate::variable::{Scope, Value};

/// A panel, and the values of the variables in its texts.
pub(crate) struct Repeated {
    /// Its texts are still as the file has them. A copy has no id yet.
    pub panel: Panel,
    /// What holds for it.
    pub scope: Scope,
}

/// The panels with the copies of those that are repeated.
pub(crate) fn repeated(panels: &[Panel], scope: &Scope) -> Vec<Repeated> {
    let mut all = Vec::with_capacity(panels.len());
    let mut shift = 0;
    for section in sections(panels) {
        let heading = section.first().filter(|first| is_row(first));
        let repeat = heading.and_then(|row| row.repeat.as_ref());
        let mut scopes = scopes(repeat, scope).into_iter();
        if let Some(first) = scopes.next() {
            shift += place(section, shift, false, &first, &mut all);
        }
        for copy in scopes {
            shift += height(section);
            shift += place(section, shift, true, &copy, &mut all);
        }
    }
    all
}

/// The panel of an id that the board itself has: where it is repeated, its
/// first copy. The others are not looked at.
pub(crate) fn first_copy(panels: &[Panel], id: PanelId, scope: &Scope) -> Option<Repeated> {
    let has_panel = |section: &&[Panel]| section.iter().any(|panel| panel.id == id);
    let section = sections(panels).find(has_panel)?;
    let panel = section.iter().find(|panel| panel.id == id)?;
    let row = section.first().filter(|first| is_row(first));
    let of_section = scopes(row.and_then(|row| row.repeat.as_ref()), scope);
    let repeat = panel.repeat.as_ref().filter(|_| !is_row(panel));
    let scope = scopes(repeat, of_section.first()?).into_iter().next()?;
    let panel = panel.clone();
    Some(Repeated { panel, scope })
}

fn is_row(panel: &Panel) -> bool {
    matches!(panel.kind, Kind::Row(_))
}

/// A panel or row is repeated so often at most: more nobody reads, and each
/// costs the source its queries.
pub const MAX_COPIES: usize = 100;

/// Each row with what follows it, and what stands before the first row.
fn sections(panels: &[Panel]) -> impl Iterator<Item = &[Panel]> {
    panels.chunk_by(|_, next| !is_row(next))
}

fn height(section: &[Panel]) -> u16 {
    let top = section.iter().map(|panel| panel.grid.y).min().unwrap_or(0);
    let bottom = section
        .iter()
        .map(|panel| panel.grid.y + panel.grid.h)
        .max();
    bottom.unwrap_or(top) - top
}

/// The scope of each copy; that of all where nothing is repeated, or there is
/// no value to repeat by.
fn scopes(repeat: Option<&Repeat>, scope: &Scope) -> Vec<Scope> {
    let value = repeat.and_then(|repeat| Some((repeat, scope.get(&repeat.variable)?)));
    let Some((repeat, value)) = value.filter(|(_, value)| !value.values.is_empty()) else {
        return vec![scope.clone()];
    };
    let values = value.values.iter().take(MAX_COPIES);
    values
        .map(|only| {
            let mut scope = scope.clone();
            let only = Value {
                is_many: value.is_many,
                ..Value::plain(only)
            };
            scope.set(&repeat.variable, only);
            scope
        })
        .collect()
}

/// Puts the panels of a section, `shift` rows further down, and returns by how
/// many rows repeated panels make it higher.
fn place(
    section: &[Panel],
    shift: u16,
    is_copy: bool,
    scope: &Scope,
    panels: &mut Vec<Repeated>,
) -> u16 {
    let mut grown: Vec<(u16, u16)> = Vec::new(); // below which row, by how much
    for panel in section {
        let repeat = panel.repeat.as_ref().filter(|_| !is_row(panel));
        let scopes = scopes(repeat, scope);
        let above = grown.iter().filter(|(bottom, _)| *bottom <= panel.grid.y);
        let y = panel.grid.y + shift + above.map(|(_, rows)| rows).sum::<u16>();
        let grids = copies(Grid { y, ..panel.grid }, repeat, scopes.len());
        let lowest = grids.last().map_or(y, |grid| grid.y);
        grown.push((panel.grid.y + panel.grid.h, lowest - y));
        for ((grid, scope), index) in grids.into_iter().zip(&scopes).zip(0..) {
            let id = match is_copy || index > 0 {
                true => PanelId::default(),
                false => panel.id,
            };
            panels.push(Repeated {
                panel: Panel {
                    id,
                    grid,
                    ..panel.clone()
                },
                scope: scope.clone(),
            });
        }
    }
    grown.iter().map(|(_, rows)| rows).sum()
}

/// Where the copies of a panel stand.
fn copies(grid: Grid, repeat: Option<&Repeat>, count: usize) -> Vec<Grid> {
    let Some(repeat) = repeat else {
        return vec![grid];
    };
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    if repeat.vertical {
        return (0..count)
            .map(|index| Grid {
                y: grid.y + index * grid.h,
                ..grid
            })
            .collect();
    }
    let per_line = repeat.max_per_row.clamp(1, Grid::COLUMNS).min(count.max(1));
    let w = Grid::COLUMNS / per_line;
    (0..count)
        .map(|index| Grid {
            x: index % per_line * w,
            y: grid.y + index / per_line * grid.h,
            w,
            h: grid.h,
        })
        .collect()
}
