//! The recognised systems to the board that shows them all, one a line: what
//! it is, whether its limits are kept, its figures.

use dashboard::{
    Board, Field, Grid, Health, Kind, Link, MappedValue, Mapping, Panel, StatOptions, TextOptions,
};
use wire::id::{BoardId, RefId};

use query::SourceName;

use crate::limits::limit_figure;
use crate::overview::{COLUMNS, FIGURE_ROWS, charts, figures, query, side_by_side, threshold};
use crate::system::System;

/// A line's height, and the width of its words.
const LINE_ROWS: u16 = 5;
/// A screen's height; where few systems leave room on it, they have charts.
const SCREEN_ROWS: u16 = 22;
/// A chart that is lower shows nothing.
const MIN_CHART_ROWS: u16 = 5;
/// The height of the line of systems beside another.
const BESIDE_ROWS: u16 = 4;
const MAX_CHARTS: usize = 2;
const WORDS_COLUMNS: u16 = 6;
/// So many figures stand beside each other and can still be read.
const MAX_FIGURES: usize = 5;

/// A system where it was found.
#[derive(Clone, Debug)]
pub struct FoundSystem {
    /// The system.
    pub system: System,
    /// The name of its source.
    pub source: SourceName,
    /// Its boards: their ids and titles.
    pub boards: Vec<(BoardId, String)>,
}

/// The board of all systems, in the given order.
pub fn systems_board(systems: &[FoundSystem]) -> Board {
    let count = u16::try_from(systems.len()).unwrap_or(SCREEN_ROWS).max(1);
    let spare = (SCREEN_ROWS / count).saturating_sub(LINE_ROWS);
    let chart_rows = if spare < MIN_CHART_ROWS { 0 } else { spare };
    let lines = systems.iter().zip(0..);
    let panels = lines.flat_map(|(found, index)| {
        let y = index * (LINE_ROWS + chart_rows);
        line(found, y, chart_rows)
    });
    Board {
        title: "Systems".to_owned(),
        description: "Every recognised system and how it is".to_owned(),
        panels: panels.collect(),
        ..Board::default()
    }
    .numbered()
}

/// A system's overview with a line below for the systems beside it: whether
/// their limits are kept, and the way to their boards. The screen is no higher.
pub fn with_systems_beside(mut board: Board, others: &[FoundSystem]) -> Board {
    let beside = others.iter().filter_map(health_beside);
    let beside: Vec<Panel> = beside.take(MAX_FIGURES).collect();
    if beside.is_empty() {
        return board;
    }
    for panel in &mut board.panels {
        if panel.grid.y >= FIGURE_ROWS {
            panel.grid.y = FIGURE_ROWS + shrunk(panel.grid.y - FIGURE_ROWS);
            panel.grid.h = shrunk(panel.grid.h);
        }
    }
    let place = Grid {
        x: 0,
        y: CHARTS_END,
        w: COLUMNS,
        h: BESIDE_ROWS,
    };
    board.panels.extend(side_by_side(beside, place));
    board.numbered()
}

/// Where charts end that have systems below them.
const CHARTS_END: u16 = SCREEN_ROWS - BESIDE_ROWS;

/// The rows of charts that have systems below them.
fn shrunk(rows: u16) -> u16 {
    rows * (CHARTS_END - FIGURE_ROWS) / (SCREEN_ROWS - FIGURE_ROWS)
}

/// Whether the limits of a system are kept, and the way to its board.
fn health_beside(found: &FoundSystem) -> Option<Panel> {
    let (id, _) = found.boards.first()?;
    let link = Link {
        title: "Its board".to_owned(),
        url: format!("/d/{id}"),
        ..Link::default()
    };
    let mut panel = state(&found.system)?;
    panel.field.unit = "limits broken".to_owned();
    "in order".clone_into(&mut panel.field.mappings.first_mut()?.text);
    Some(Panel {
        title: found.system.title.clone(),
        description: found.system.about.clone(),
        source: found.source.to_string(),
        links: vec![link],
        ..panel
    })
}

fn line(found: &FoundSystem, y: u16, chart_rows: u16) -> Vec<Panel> {
    let words = Panel {
        title: found.system.title.clone(),
        grid: Grid {
            x: 0,
            y,
            w: WORDS_COLUMNS,
            h: LINE_ROWS + chart_rows,
        },
        kind: Kind::Text(TextOptions {
            markdown: words(found),
            ..TextOptions::default()
        }),
        ..Panel::default()
    };
    let mut shown: Vec<Panel> = state(&found.system).into_iter().collect();
    // A system is known by its main job.
    shown.extend(found.system.jobs.iter().take(1).flat_map(figures));
    shown.extend(found.system.limits.iter().map(limit_figure));
    shown.truncate(MAX_FIGURES);
    let rest = Grid {
        x: WORDS_COLUMNS,
        y,
        w: COLUMNS - WORDS_COLUMNS,
        h: LINE_ROWS,
    };
    let below = Grid {
        y: y + LINE_ROWS,
        h: chart_rows,
        ..rest
    };
    let mut panels = vec![words];
    panels.extend(side_by_side(shown, rest));
    panels.extend(side_by_side(main_charts(found, chart_rows), below));
    for panel in panels.iter_mut().skip(1) {
        panel.source = found.source.to_string();
    }
    panels
}

/// The charts of a system's main job, where there is room for them.
fn main_charts(found: &FoundSystem, rows: u16) -> Vec<Panel> {
    let jobs = found.system.jobs.iter().take(1);
    let charts = jobs.filter(|_| rows > 0).flat_map(charts);
    charts.take(MAX_CHARTS).collect()
}

/// A board's title without that of its system, which stands beside it:
/// `Limits and known issues` of `Farm: limits and known issues`.
pub fn short_title(system: &str, title: &str) -> String {
    let rest = title.strip_prefix(system);
    let rest = rest.and_then(|rest| rest.strip_prefix(": ")).unwrap_or("");
    match rest {
        "" => title.to_owned(),
        rest => capital(rest),
    }
}

/// The text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// What the system is, and where more is said of it.
fn words(found: &FoundSystem) -> String {
    let boards = found.boards.iter();
    let links: Vec<String> = boards
        .map(|(id, title)| {
            let title = short_title(&found.system.title, title);
            format!("[{title}](/d/{id})")
        })
        .collect();
    format!("{}\n\n{}", links.join(" · "), found.system.about)
}

/// How many limits are broken, where there are some.
fn state(system: &System) -> Option<Panel> {
    let expr = system.broken_limits()?;
    let none = Mapping {
        of: MappedValue::Value("0".to_owned()),
        text: "none".to_owned(),
        status: Health::Good,
    };
    Some(Panel {
        title: "Limits broken".to_owned(),
        description: "Limits and objectives that do not hold at this moment".to_owned(),
        kind: Kind::Stat(StatOptions {
            sparkline: true,
            ..StatOptions::default()
        }),
        field: Field {
            base: Health::Good,
            thresholds: vec![threshold(1.0, Health::Bad, "")],
            mappings: vec![none],
            ..Field::default()
        },
        queries: vec![query(RefId('A'), expr, "broken")],
        ..Panel::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inventory, Packs};
    use series::MetricKind;

    fn found() -> FoundSystem {
        let mut inventory = Inventory::default();
        for name in [
            "demo_jobs_finished_total",
            "demo_queue_jobs",
            "demo_workers_busy",
        ] {
            inventory.declare(name, MetricKind::Gauge);
        }
        FoundSystem {
            system: Packs::builtin().unwrap().recognise(&inventory).remove(0),
            source: "mimir".into(),
            boards: vec![("demo".into(), "Demo".to_owned())],
        }
    }

    #[test]
    fn every_system_has_a_line_with_its_figures() {
        let line = [
            "Demo job system",
            "Limits broken",
            "Success rate",
            "Workers busy",
            "Queue",
            "Queue",
        ];
        let check = |count: usize, charts: &[&str]| {
            let board = systems_board(&vec![found(); count]);
            let expected = [&line, charts].concat();
            for panels in board.panels.chunks(expected.len()) {
                let titles: Vec<&str> = panels.iter().map(|panel| &*panel.title).collect();
                assert_eq!(titles, expected);
                let y = panels[0].grid.y;
                assert!(panels[..line.len()].iter().all(|panel| panel.grid.y == y));
                assert!(panels[1..].iter().all(|panel| panel.source == "mimir"));
            }
        };
        check(2, &["Success rate", "Workers and capacity"]);
        check(4, &[]);
    }

    #[test]
    fn systems_beside_another_stand_below_its_charts_on_the_same_screen() {
        let main = found();
        let board = crate::overview(&main.system.jobs[0]);
        let rows = |board: &Board| {
            let panels = board.panels.iter();
            panels.map(|panel| panel.grid.y + panel.grid.h).max()
        };
        let with = with_systems_beside(board.clone(), &[found()]);
        assert_eq!(rows(&with), rows(&board));
        let last = with.panels.last().unwrap();
        assert_eq!(
            (&*last.title, &*last.links[0].url),
            ("Demo job system", "/d/demo")
        );
        assert_eq!(
            (last.grid.y, last.grid.w),
            (SCREEN_ROWS - BESIDE_ROWS, COLUMNS)
        );
        assert_eq!(with_systems_beside(board.clone(), &[]), board);
    }

    #[test]
    fn a_title_beside_its_system_is_short() {
        let check = |title: &str, expected: &str| assert_eq!(short_title("Farm", title), expected);
        check("Farm: limits and known issues", "Limits and known issues");
        check("Farm: été", "Été");
        check("Farm", "Farm");
        check("Farmers: all", "Farmers: all");
        check("Farm: ", "Farm: ");
    }

    #[test]
    fn the_words_of_a_line_lead_to_the_boards() {
        let board = systems_board(&[found()]);
        let Kind::Text(text) = &board.panels[0].kind else {
            panic!("the first panel says what the system is");
        };
        assert!(
            text.markdown.starts_with("[Demo](/d/demo)"),
            "{}",
            text.markdown
        );
    }
}
