//! A board and the values of its variables to the board that is shown: panels
//! and rows repeated ([`crate::repeat`]), every text filled in.

use query::Language;
use wire::board::Grid;
use wire::id::PanelId;

use crate::annotation::{Annotation, MarksFrom};
use crate::board::Board;
use crate::kind::Kind;
use crate::link::Link;
use crate::panel::Panel;
use crate::panel_query::PanelQuery;
use crate::repeat::{Repeated, first_copy, repeated};
use crate::variable::{Scope, Target};

impl Board {
    /// The board with the values of `scope`. What it does not know stands as
    /// it is written; copies of a repeated panel have ids of their own.
    #[must_use]
    pub fn interpolated(&self, scope: &Scope) -> Self {
        let panels = repeated(&self.panels, scope).into_iter();
        self.interpolated_around(panels.map(interpolated).collect(), scope)
    }

    /// The board with the values of `scope` and one panel, over the whole width;
    /// `None` where it has no such panel. Costs what the panel costs, however
    /// many there are, unless the panel is a repeated one's copy.
    #[must_use]
    pub fn interpolated_alone(&self, id: PanelId, scope: &Scope) -> Option<Self> {
        let mut panel = match first_copy(&self.panels, id, scope) {
            Some(panel) => interpolated(panel),
            None => self.interpolated(scope).panel(id)?.clone(),
        };
        panel.grid = Grid {
            x: 0,
            y: 0,
            w: Grid::COLUMNS,
            h: panel.grid.h,
        };
        Some(self.interpolated_around(vec![panel], scope))
    }

    fn interpolated_around(&self, panels: Vec<Panel>, scope: &Scope) -> Self {
        let annotations = self.annotations.iter();
        Self {
            version: self.version,
            title: scope.fill(&self.title, Target::Title),
            description: self.description.clone(),
            tags: self.tags.clone(),
            links: links(&self.links, scope),
            variables: self.variables.clone(),
            annotations: annotations.map(|of| annotation(of, scope)).collect(),
            time: self.time.clone(),
            panels,
        }
        .numbered()
    }
}

fn interpolated(Repeated { mut panel, scope }: Repeated) -> Panel {
    panel.title = scope.fill(&panel.title, Target::Title);
    panel.description = scope.fill(&panel.description, Target::Title);
    fill(&mut panel.source, &scope);
    fill(&mut panel.time.from, &scope);
    fill(&mut panel.time.shift, &scope);
    panel.links = links(&panel.links, &scope);
    panel.repeat = None;
    match &mut panel.kind {
        Kind::Text(options) => {
            fill(&mut options.markdown, &scope);
            fill(&mut options.html, &scope);
        }
        Kind::AlertList(_) if panel.queries.is_empty() => panel.queries.push(alerts()),
        _ => {}
    }
    let overrides = panel.overrides.iter_mut().map(|over| &mut over.field);
    for field in overrides.chain([&mut panel.field]) {
        fill(&mut field.name, &scope);
        field.links = links(&field.links, &scope);
    }
    for step in &mut panel.transformations {
        *step = step.with_texts(&|text: &str| scope.fill(text, Target::Text));
    }
    for query in &mut panel.queries {
        // How a value is quoted is known of PromQL alone: other texts are
        // filled in by what asks a source of their language.
        if query.language == Language::PromQl {
            query.text = scope.fill(&query.text, Target::PromQl);
        }
        fill(&mut query.source, &scope);
        fill(&mut query.legend, &scope);
        fill(&mut query.min_step, &scope);
    }
    panel
}

fn fill(text: &mut String, scope: &Scope) {
    *text = scope.fill(text, Target::Text);
}

/// What fires, and a series without labels, which says that it is known that nothing does.
fn alerts() -> PanelQuery {
    PanelQuery {
        instant: true,
        ..PanelQuery::promql(r#"ALERTS{alertstate=~"firing|pending"} or vector(0)"#)
    }
}

/// The annotation with its texts filled in.
fn annotation(of: &Annotation, scope: &Scope) -> Annotation {
    let mut annotation = of.clone();
    if let MarksFrom::Query(query) = &mut annotation.from {
        query.expr = scope.fill(&query.expr, Target::PromQl);
        for text in [
            &mut query.source,
            &mut query.min_step,
            &mut query.title,
            &mut query.text,
        ] {
            fill(text, scope);
        }
    }
    annotation
}

fn links(links: &[Link], scope: &Scope) -> Vec<Link> {
    let links = links.iter().cloned();
    links
        .map(|link| Link {
            title: scope.fill(&link.title, Target::Title),
            url: scope.fill(&link.url, Target::Text),
            ..link
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeat::MAX_COPIES;
    use crate::variable::Value;

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
        let board = crate::file::read(board)
            .unwrap()
            .interpolated(&scope(values));
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
        let ids: std::collections::BTreeSet<PanelId> =
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
    fn a_panel_alone_is_what_it_is_on_its_board() {
        for board in [PANELS, ROWS] {
            let board = crate::file::read(board).unwrap().numbered();
            let scope = scope(&["a", "b", "c"]);
            for mut panel in board.interpolated(&scope).panels {
                let alone = board.interpolated_alone(panel.id, &scope).unwrap();
                (panel.grid.x, panel.grid.y, panel.grid.w) = (0, 0, Grid::COLUMNS);
                assert_eq!(alone.panels, [panel]);
            }
            assert_eq!(board.interpolated_alone(PanelId(99), &scope), None);
        }
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
        let board = crate::file::read(PANELS)
            .unwrap()
            .interpolated(&scope(&values));
        assert_eq!(board.panels.len(), MAX_COPIES + 1);
    }

    #[test]
    fn queries_and_texts_are_filled_each_in_its_way() {
        let board = crate::file::read(
            "title: T\npanels: [{title: \"$site\", queries: [{expr: 'a{s=~\"$site\"}', legend: \"$site\"}]}]",
        );
        let board = board.unwrap().interpolated(&scope(&["a.b", "c"]));
        let query = &board.panels[0].queries[0];
        assert_eq!(query.text, r#"a{s=~"(a\\.b|c)"}"#);
        assert_eq!(
            (query.legend.as_str(), board.panels[0].title.as_str()),
            ("{a.b,c}", "a.b + c")
        );
    }
}
