//! The board model to what the browser needs.

use wire::board;

use crate::field::{Field, Threshold};
use crate::kind::{Kind, StatNote, StatOptions, TimeSeriesOptions};
use crate::markdown;
use crate::model::{Board, Grid, Panel};

impl Board {
    /// The layout as the browser needs it. `version` changes with the board's file.
    pub fn view(&self, id: &str, version: u64) -> board::BoardView {
        board::BoardView {
            id: id.to_owned(),
            title: self.title.clone(),
            version,
            panels: self.panels.iter().map(Panel::view).collect(),
            refresh_ms: self.time.refresh_ms,
        }
    }
}

impl Panel {
    fn view(&self) -> board::PanelView {
        board::PanelView {
            id: self.id,
            title: self.title.clone(),
            description: self.description.clone(),
            grid: self.grid.into(),
            kind: match &self.kind {
                Kind::TimeSeries(options) => {
                    board::PanelKind::TimeSeries(time_series(&self.field, options))
                }
                Kind::Stat(options) => board::PanelKind::Stat(stat(&self.field, options)),
                Kind::BarGauge(options) => board::PanelKind::BarGauge(stat(&self.field, options)),
                Kind::Table(_) => board::PanelKind::Table(board::TableOptions {
                    unit: self.field.unit.clone(),
                }),
                Kind::Text(options) => board::PanelKind::Text(board::TextOptions {
                    html: markdown::to_html(&options.markdown),
                }),
                Kind::Row(_) => board::PanelKind::Row,
            },
        }
    }
}

fn time_series(field: &Field, options: &TimeSeriesOptions) -> board::TimeSeriesOptions {
    board::TimeSeriesOptions {
        unit: field.unit.clone(),
        decimals: field.decimals,
        draw: options.draw.into(),
        stacked: options.stacked,
        min: field.min,
        max: field.max,
        log_scale: options.log_scale,
        thresholds: thresholds(field),
        palette: options.palette.into(),
        legend: options.legend,
        ..board::TimeSeriesOptions::default()
    }
}

fn stat(field: &Field, options: &StatOptions) -> board::StatOptions {
    board::StatOptions {
        unit: field.unit.clone(),
        decimals: field.decimals,
        thresholds: thresholds(field),
        base: field.base.into(),
        capacity_query: options.capacity_query,
        notes: options.notes.iter().cloned().map(Into::into).collect(),
        sparkline: options.sparkline,
        min: field.min,
        max: field.max,
    }
}

fn thresholds(field: &Field) -> Vec<board::Threshold> {
    field.thresholds.iter().cloned().map(Into::into).collect()
}

impl From<Grid> for board::Grid {
    fn from(Grid { x, y, w, h }: Grid) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Threshold> for board::Threshold {
    fn from(threshold: Threshold) -> Self {
        Self {
            value: threshold.value,
            status: threshold.status.into(),
            label: threshold.label,
        }
    }
}

impl From<StatNote> for board::StatNote {
    fn from(note: StatNote) -> Self {
        Self {
            query: note.query,
            words: note.words,
            unit: note.unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::TextOptions;

    #[test]
    fn panels_keep_their_order_and_text_becomes_safe_html() {
        let text = Panel {
            kind: Kind::Text(TextOptions {
                markdown: "**hi** <script>alert(1)</script>[x](javascript:alert(1))".into(),
            }),
            ..Panel::default()
        };
        let board = Board {
            title: "Demo".into(),
            description: String::new(),
            time: crate::TimeDefaults::default(),
            panels: vec![text, Panel::default()],
        };
        let view = board.numbered().view("demo", 3);
        let ids: Vec<u32> = view.panels.iter().map(|panel| panel.id).collect();
        assert_eq!((view.version, ids), (3, vec![1, 2]));
        let board::PanelKind::Text(text) = &view.panels[0].kind else {
            panic!("{:?}", view.panels[0].kind);
        };
        assert!(text.html.contains("<strong>hi</strong>"));
        assert!(!text.html.contains("script"), "{}", text.html);
    }
}
