//! A board and the values of its variables to the board that is shown: panels
//! and rows repeated, every text filled in.

use crate::annotation::{Annotation, MarksFrom};
use crate::kind::Kind;
use crate::model::{Board, Grid, Link, Panel, Query, Repeat};
use crate::variable::{Scope, Target, Value};

impl Board {
    /// The board with the values of `scope`. What it does not know stands as
    /// it is written; copies of a repeated panel have ids of their own.
    #[must_use]
    pub fn filled(&self, scope: &Scope) -> Self {
        let mut panels = Vec::with_capacity(self.panels.len());
        let mut shift = 0;
        for section in sections(&self.panels) {
            let heading = section.first().filter(|first| is_row(first));
            let repeat = heading.and_then(|row| row.repeat.as_ref());
            let mut scopes = scopes(repeat, scope).into_iter();
            if let Some(first) = scopes.next() {
                shift += place(section, shift, false, &first, &mut panels);
            }
            for copy in scopes {
                shift += height(section);
                shift += place(section, shift, true, &copy, &mut panels);
            }
        }
        Self {
            title: scope.fill(&self.title, Target::Title),
            links: links(&self.links, scope),
            annotations: annotations(&self.annotations, scope),
            panels,
            ..self.clone()
        }
        .numbered()
    }
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
    let one = |only: &String| {
        let mut scope = scope.clone();
        let only = Value {
            is_many: value.is_many,
            ..Value::plain(only)
        };
        scope.set(&repeat.variable, only);
        scope
    };
    value.values.iter().take(MAX_COPIES).map(one).collect()
}

/// Puts the panels of a section, `shift` rows further down, and returns by how
/// many rows repeated panels make it higher.
fn place(
    section: &[Panel],
    shift: u16,
    is_copy: bool,
    scope: &Scope,
    panels: &mut Vec<Panel>,
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
            let id = if is_copy || index > 0 { 0 } else { panel.id };
            panels.push(filled(
                panel,
                Panel {
                    id,
                    grid,
                    ..panel.clone()
                },
                scope,
            ));
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
        let down = |index| Grid {
            y: grid.y + index * grid.h,
            ..grid
        };
        return (0..count).map(down).collect();
    }
    let per_line = repeat.max_per_row.clamp(1, Grid::COLUMNS).min(count.max(1));
    let w = Grid::COLUMNS / per_line;
    let across = |index| Grid {
        x: index % per_line * w,
        y: grid.y + index / per_line * grid.h,
        w,
        h: grid.h,
    };
    (0..count).map(across).collect()
}

fn filled(from: &Panel, mut panel: Panel, scope: &Scope) -> Panel {
    let text = |text: &str| scope.fill(text, Target::Text);
    panel.title = scope.fill(&from.title, Target::Title);
    panel.description = scope.fill(&from.description, Target::Title);
    panel.source = text(&from.source);
    panel.time.from = text(&from.time.from);
    panel.time.shift = text(&from.time.shift);
    panel.links = links(&from.links, scope);
    panel.repeat = None;
    match &mut panel.kind {
        Kind::Text(options) => {
            options.markdown = text(&options.markdown);
            options.html = text(&options.html);
        }
        Kind::AlertList(_) if panel.queries.is_empty() => panel.queries.push(alerts()),
        _ => {}
    }
    let overrides = panel.overrides.iter_mut().map(|over| &mut over.field);
    for field in overrides.chain([&mut panel.field]) {
        field.name = text(&field.name);
        field.links = links(&field.links, scope);
    }
    for step in &mut panel.transformations {
        *step = step.with_texts(&text);
    }
    for query in &mut panel.queries {
        query.source = text(&query.source);
        query.expr = scope.fill(&query.expr, Target::PromQl);
        query.legend = text(&query.legend);
        query.min_step = text(&query.min_step);
    }
    panel
}

/// What fires, and a series without labels, which says that it is known that nothing does.
fn alerts() -> Query {
    Query {
        expr: r#"ALERTS{alertstate=~"firing|pending"} or vector(0)"#.to_owned(),
        instant: true,
        ..Query::default()
    }
}

fn annotations(annotations: &[Annotation], scope: &Scope) -> Vec<Annotation> {
    let filled = |annotation: &Annotation| {
        let mut annotation = annotation.clone();
        if let MarksFrom::Query(query) = &mut annotation.from {
            query.expr = scope.fill(&query.expr, Target::PromQl);
            for text in [
                &mut query.source,
                &mut query.min_step,
                &mut query.title,
                &mut query.text,
            ] {
                *text = scope.fill(text, Target::Text);
            }
        }
        annotation
    };
    annotations.iter().map(filled).collect()
}

fn links(links: &[Link], scope: &Scope) -> Vec<Link> {
    let filled = |link: &Link| Link {
        title: scope.fill(&link.title, Target::Title),
        url: scope.fill(&link.url, Target::Text),
        ..link.clone()
    };
    links.iter().map(filled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(values: &[&str]) -> Scope {
        let mut scope = Scope::default();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let value = Value {
            texts: values.clone(),
            values,
            is_many: true,
            ..Value::default()
        };
        scope.set("site", value);
        scope
    }

    /// `title@x,y,w` of each panel.
    fn check(board: &str, values: &[&str], expected: &[&str]) {
        let board = crate::file::read(board).unwrap().filled(&scope(values));
        let got: Vec<String> = board
            .panels
            .iter()
            .map(|panel| {
                format!(
                    "{}@{},{},{}",
                    panel.title, panel.grid.x, panel.grid.y, panel.grid.w
                )
            })
            .collect();
        assert_eq!(got, expected);
        let ids: std::collections::BTreeSet<u32> =
            board.panels.iter().map(|panel| panel.id).collect();
        assert_eq!(ids.len(), board.panels.len());
    }

    const PANELS: &str = r#"
title: T
variables: [{name: site, from: {list: []}}]
panels:
  - {title: "$site", grid: {x: 0, y: 0, w: 24, h: 4}, repeat: {variable: site, max_per_row: 2}}
  - {title: below, grid: {x: 0, y: 4, w: 24, h: 4}}
"#;
    const ROWS: &str = r#"
title: T
variables: [{name: site, from: {list: []}}]
panels:
  - {title: "R $site", kind: row, grid: {x: 0, y: 0, w: 24, h: 1}, repeat: {variable: site}}
  - {title: "in $site", grid: {x: 0, y: 1, w: 12, h: 4}}
  - {title: next, kind: row, grid: {x: 0, y: 5, w: 24, h: 1}}
"#;

    #[test]
    fn a_repeated_panel_stands_side_by_side_and_moves_what_is_below() {
        check(PANELS, &["a"], &["a@0,0,24", "below@0,4,24"]);
        check(
            PANELS,
            &["a", "b", "c"],
            &["a@0,0,12", "b@12,0,12", "c@0,4,12", "below@0,8,24"],
        );
        check(PANELS, &[], &["@0,0,24", "below@0,4,24"]);
    }

    #[test]
    fn a_repeated_row_takes_its_panels_along() {
        check(
            ROWS,
            &["a", "b"],
            &[
                "R a@0,0,24",
                "in a@0,1,12",
                "R b@0,5,24",
                "in b@0,6,12",
                "next@0,10,24",
            ],
        );
    }

    #[test]
    fn more_copies_than_anybody_reads_are_left_out() {
        let values: Vec<String> = (0..150).map(|number| format!("n{number}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let board = crate::file::read(PANELS).unwrap().filled(&scope(&values));
        assert_eq!(board.panels.len(), MAX_COPIES + 1);
    }

    #[test]
    fn queries_and_texts_are_filled_each_in_its_way() {
        let board = crate::file::read(
            "title: T\npanels: [{title: \"$site\", queries: [{expr: 'a{s=~\"$site\"}', legend: \"$site\"}]}]",
        );
        let board = board.unwrap().filled(&scope(&["a.b", "c"]));
        let query = &board.panels[0].queries[0];
        assert_eq!(query.expr, r#"a{s=~"(a\\.b|c)"}"#);
        assert_eq!(
            (query.legend.as_str(), board.panels[0].title.as_str()),
            ("{a.b,c}", "a.b + c")
        );
    }
}
