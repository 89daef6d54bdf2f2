//! The window of a panel that the server renders -> its markup, and what of it
//! is news to a page.
//!
//! Contract: markup is rendered once a step for all viewers, away from the lock
//! that they share, and sent only where it is another than before.

use std::sync::Arc;

use app::rendered::{PanelSeries, SeriesView, csv, no_value_html, render, row_patch};
use dashboard::annotation::Annotation;
use dashboard::marks::{self, MarkingSeries};
use dashboard::{Clock, Panel};
use frame::Table;
use series::Labels;
use wire::data::{RenderedPanel, Status};
use wire::url::LiveParams;

use super::buffer::PanelBuffer;
use super::spec::PanelQueries;

/// One panel and what was rendered of it last.
pub struct PanelRenderer {
    panel: Arc<Panel>,
    annotations: Arc<[Annotation]>,
    tables: Arc<[Table]>,
    params: Arc<LiveParams>,
    rendered: RenderedPanel,
}

/// All that rendering a panel needs, apart from the view, whose viewers go on
/// meanwhile.
pub struct RenderJob {
    panel: Arc<Panel>,
    annotations: Arc<[Annotation]>,
    tables: Arc<[Table]>,
    params: Arc<LiveParams>,
    buffer: PanelBuffer,
    /// The markup before.
    before: Option<String>,
}

impl PanelRenderer {
    /// Nothing is rendered yet.
    pub fn new(queries: &PanelQueries, params: &Arc<LiveParams>, buffer: &PanelBuffer) -> Self {
        let rendered = RenderedPanel {
            html: Some(String::new()),
            status: buffer.data().status.clone(),
            ..RenderedPanel::default()
        };
        Self {
            panel: Arc::clone(&queries.panel),
            annotations: Arc::clone(&queries.annotations),
            tables: Arc::default(),
            params: Arc::clone(params),
            rendered,
        }
    }

    /// Whether it renders the legend only.
    pub fn is_of_legend(&self) -> bool {
        self.panel.kind.is_drawn()
    }

    /// What a page shows that holds nothing yet.
    pub fn rendered(&self) -> &RenderedPanel {
        &self.rendered
    }

    /// Takes over what a panel shows that shows tables.
    pub fn set_tables(&mut self, tables: Vec<Table>) {
        self.tables = tables.into();
    }

    /// About how many bytes what was rendered takes, and what it was rendered of.
    pub fn bytes(&self) -> usize {
        let html = self.rendered.html.as_ref().map_or(0, String::len);
        let columns = self.tables.iter().flat_map(|table| &table.columns);
        let cells = columns.map(|column| size_of_val(&*column.cells));
        html + cells.sum::<usize>()
    }

    /// What is to be done to render the panel anew.
    pub fn job(&self, buffer: &PanelBuffer) -> RenderJob {
        RenderJob {
            panel: Arc::clone(&self.panel),
            annotations: Arc::clone(&self.annotations),
            tables: Arc::clone(&self.tables),
            params: Arc::clone(&self.params),
            buffer: buffer.clone(),
            before: self.rendered.html.clone(),
        }
    }

    /// Takes over what was rendered.
    pub fn accept(&mut self, rendered: RenderedPanel) {
        self.rendered = rendered;
    }
}

impl RenderJob {
    /// Renders the panel.
    pub fn run(&self) -> Rendered {
        let clock = Clock::new(&self.params.zone, end_ms(&self.buffer));
        let series = lent(Some(&self.panel), &self.buffer, &self.tables, clock);
        let is_marked = !self.annotations.is_empty();
        let mut html = if is_marked {
            marked(&self.annotations, &series)
        } else {
            render(&self.panel, &series, &self.params)
        };
        // Annotations are as old as their marks, and never late.
        let mut newest_ms = newest_ms(&series).filter(|_| !is_marked);
        let status = self.buffer.data().status.clone();
        let is_empty = matches!(status, Status::Empty(_));
        if let Some(words) = no_value_html(&self.panel).filter(|_| is_empty) {
            // That there is nothing is as new as the answer.
            let end = series.grid.len.checked_sub(1);
            (html, newest_ms) = (words, end.map(|column| series.grid.time_ms(column)));
        }
        let now = RenderedPanel {
            html: Some(html),
            newest_ms,
            status,
            ..RenderedPanel::default()
        };
        Rendered {
            told: self.news(&now),
            now,
        }
    }

    /// What of `now` a page that shows what was rendered before must be told.
    fn news(&self, now: &RenderedPanel) -> RenderedPanel {
        let (before, html) = (self.before.as_deref(), now.html.as_deref());
        let mut told = now.clone();
        if before == html {
            told.html = None;
        } else if let (Some(before), Some(html)) = (before, html)
            && let Some((html, rows)) = row_patch(before, html)
        {
            (told.html, told.rows) = (Some(html), Some(rows));
        }
        told
    }

    /// What is shown, as a CSV file.
    pub fn csv(&self) -> String {
        csv(&lent(None, &self.buffer, &self.tables, Clock::default()))
    }
}

/// What was rendered of a panel.
pub struct Rendered {
    /// All that it shows now.
    pub now: RenderedPanel,
    /// What a page that shows what was before must be told.
    pub told: RenderedPanel,
}

impl Rendered {
    /// Of a panel that cannot be rendered.
    pub fn failed() -> Self {
        let message = "This panel could not be rendered, which is a fault of Andon's; \
                       its log says more";
        let now = RenderedPanel {
            html: Some(String::new()),
            status: Status::Failed {
                message: message.to_owned(),
            },
            ..RenderedPanel::default()
        };
        Self {
            told: now.clone(),
            now,
        }
    }
}

/// The marks of annotations that have not ended before the window.
fn marked(annotations: &[Annotation], data: &PanelSeries) -> String {
    let series = data.series.iter().map(|series| MarkingSeries {
        query: series.query,
        labels: series.labels.clone(),
        values: series.values,
    });
    let series: Vec<MarkingSeries> = series.collect();
    let marks = marks::marks(annotations, data.grid, &series);
    app::rendered::annotations(&marks, data.grid.start_ms)
}

/// The series of a panel that the browser draws, as a CSV file.
pub fn series_csv(buffer: &PanelBuffer) -> String {
    csv(&lent(None, buffer, &[], Clock::default()))
}

/// `colored` is the panel whose colours the series have, where they need some.
fn lent<'a>(
    colored: Option<&Panel>,
    buffer: &'a PanelBuffer,
    tables: &'a [Table],
    clock: Clock,
) -> PanelSeries<'a> {
    let data = buffer.data();
    let color_roles = colored.map(|panel| app::rendered::color_roles(panel, data));
    let mut color_roles = color_roles.unwrap_or_default().into_iter();
    let series = data.series.iter().map(|series| SeriesView {
        key: series.key,
        color_role: color_roles.next().unwrap_or_default(),
        name: &series.name,
        query: series.query,
        labels: buffer.labels(series.key).unwrap_or_else(Labels::empty),
        values: &series.values.0,
        is_gone: false,
    });
    PanelSeries {
        grid: data.grid,
        series: series.collect(),
        tables,
        clock,
    }
    .with_gone()
}

/// The time of the window's last column.
fn end_ms(buffer: &PanelBuffer) -> i64 {
    let grid = buffer.data().grid;
    grid.time_ms(grid.len.saturating_sub(1))
}

fn newest_ms(data: &PanelSeries) -> Option<i64> {
    let newest = data
        .series
        .iter()
        .filter_map(|series| series.values.iter().rposition(Option::is_some));
    newest.max().map(|column| data.grid.time_ms(column))
}
