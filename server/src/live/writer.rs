//! The window of a panel that the server writes -> its markup, and what of it
//! is news to a page.
//!
//! Contract: markup is written once a step for all viewers, and sent only
//! where it is another than before.

use std::sync::Arc;

use app::rendered::{PanelSeries, SeriesView, csv, no_value_html, render};
use dashboard::Panel;
use dashboard::annotation::Annotation;
use dashboard::marks::{self, MarkingSeries};
use frame::Table;
use series::Labels;
use wire::data::{RenderedPanel, Status};
use wire::url::LiveParams;

use super::buffer::PanelBuffer;
use super::spec::{PanelQueries, ViewSpec};

/// One panel and what has been written of it.
pub struct Writer {
    panel: Arc<Panel>,
    annotations: Arc<[Annotation]>,
    tables: Vec<Table>,
    params: LiveParams,
    written: RenderedPanel,
}

impl Writer {
    /// Nothing is written yet.
    pub fn new(queries: &PanelQueries, spec: &ViewSpec, buffer: &PanelBuffer) -> Self {
        let written = RenderedPanel {
            html: Some(String::new()),
            newest_ms: None,
            status: buffer.data().status.clone(),
        };
        Self {
            panel: Arc::clone(&queries.panel),
            annotations: Arc::clone(&queries.annotations),
            tables: Vec::new(),
            params: spec.params.clone(),
            written,
        }
    }

    /// Whether it writes the legend only.
    pub fn is_of_legend(&self) -> bool {
        self.panel.kind.is_drawn()
    }

    /// What a page shows that holds nothing yet.
    pub fn written(&self) -> &RenderedPanel {
        &self.written
    }

    /// Takes over what a panel shows that shows tables.
    pub fn set_tables(&mut self, tables: Vec<Table>) {
        self.tables = tables;
    }

    /// What is shown, as a CSV file.
    pub fn csv(&self, buffer: &PanelBuffer) -> String {
        csv(&lent(None, buffer, &self.tables))
    }

    /// Writes the panel anew; returns what a page must be told.
    pub fn rewrite(&mut self, buffer: &PanelBuffer) -> RenderedPanel {
        let series = lent(Some(&self.panel), buffer, &self.tables);
        let is_marked = !self.annotations.is_empty();
        let mut html = match is_marked {
            true => marked(&self.annotations, &series),
            false => render(&self.panel, &series, &self.params),
        };
        // Annotations are as old as their marks, and never late.
        let mut newest_ms = newest_ms(&series).filter(|_| !is_marked);
        let is_empty = matches!(buffer.data().status, Status::Empty(_));
        if let Some(words) = no_value_html(&self.panel).filter(|_| is_empty) {
            // That there is nothing is as new as the answer.
            let end = series.grid.len.checked_sub(1);
            (html, newest_ms) = (words, end.map(|column| series.grid.time_ms(column)));
        }
        let is_news = self.written.html.as_ref() != Some(&html);
        self.written = RenderedPanel {
            html: Some(html),
            newest_ms,
            status: buffer.data().status.clone(),
        };
        let mut told = self.written.clone();
        told.html = told.html.filter(|_| is_news);
        told
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
    csv(&lent(None, buffer, &[]))
}

/// `colored` is the panel whose colours the series have, where they need some.
fn lent<'a>(
    colored: Option<&Panel>,
    buffer: &'a PanelBuffer,
    tables: &'a [Table],
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
    });
    PanelSeries {
        grid: data.grid,
        series: series.collect(),
        tables,
    }
}

fn newest_ms(data: &PanelSeries) -> Option<i64> {
    let newest = data
        .series
        .iter()
        .filter_map(|series| series.values.iter().rposition(Option::is_some));
    newest.max().map(|column| data.grid.time_ms(column))
}
