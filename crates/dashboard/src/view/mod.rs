//! The board model to what the browser needs.
//!
//! The browser draws curves over time alone. Every other kind that shows data is
//! written by the server, at every step, out of the model itself; what shows no
//! data is written here, once and for all.

mod convert;

use wire::board;

use crate::field::{Field, Override};
use crate::kind::{Kind, ThresholdStyle, TimeSeriesOptions, UnsupportedOptions};
use crate::model::{Board, Panel};
use crate::{duration, markdown};

impl Board {
    /// The layout as the browser needs it. `version` changes with the board's file.
    pub fn view(&self, id: &str, version: u64) -> board::BoardLayout {
        board::BoardLayout {
            id: id.to_owned(),
            title: self.title.clone(),
            version,
            panels: self.panels.iter().map(Panel::view).collect(),
            refresh_ms: self.time.refresh_ms,
        }
    }
}

impl Panel {
    fn view(&self) -> board::PanelLayout {
        board::PanelLayout {
            id: self.id,
            title: self.title.clone(),
            description: self.description.clone(),
            time: self.time.words(),
            grid: self.grid.into(),
            kind: self.kind_view(),
        }
    }

    fn kind_view(&self) -> board::PanelKind {
        let fixed = |html: String| {
            board::PanelKind::Fixed(board::FixedMarkup {
                kind: self.kind.name().to_owned(),
                html,
            })
        };
        match &self.kind {
            Kind::Row(_) => board::PanelKind::Row,
            Kind::Text(options) => {
                fixed(markdown::to_html(&options.markdown) + &markdown::safe(&options.html))
            }
            // Nothing will ever come.
            _ if self.shows_data() && self.queries.iter().all(|query| query.hidden) => {
                fixed("<p>This panel has no query that is shown.</p>".to_owned())
            }
            // The page lists the boards that there are.
            Kind::BoardList(_) => fixed(String::new()),
            Kind::Unsupported(options) => fixed(markdown::to_html(&unsupported(options))),
            Kind::TimeSeries(options) => board::PanelKind::TimeSeries(self.time_series(options)),
            written => board::PanelKind::Rendered(written.name().to_owned()),
        }
    }

    fn shows_data(&self) -> bool {
        self.kind.is_drawn() || self.kind.is_written()
    }

    /// The options of a chart as a page needs them.
    pub fn time_series(&self, options: &TimeSeriesOptions) -> board::TimeSeriesOptions {
        let mut field = self.field.clone();
        if options.shares {
            field.unit = "percentunit".to_owned();
            (field.min, field.max) = (Some(0.0), Some(1.0));
        }
        let thresholds = match options.thresholds {
            ThresholdStyle::Off => Vec::new(),
            ThresholdStyle::Lines | ThresholdStyle::Bands => thresholds(&field),
        };
        board::TimeSeriesOptions {
            unit: field.unit,
            decimals: field.decimals,
            draw: options.draw.into(),
            stacked: options.stacked || options.shares,
            min: field.min,
            max: field.max,
            log_scale: options.log_scale,
            linear_below: options.linear_below,
            right_axis: self.right_axis(),
            connect_gaps_ms: gap_ms(&options.connect_gaps),
            thresholds,
            threshold_bands: options.thresholds == ThresholdStyle::Bands,
            overrides: self.overrides.iter().map(series_override).collect(),
            palette: options.palette.into(),
            legend: (&options.legend).into(),
        }
    }

    fn right_axis(&self) -> Option<board::RightAxis> {
        let on_it = self.overrides.iter().find(|over| over.right_axis)?;
        Some(board::RightAxis {
            unit: on_it.field.unit.clone(),
            decimals: on_it.field.decimals,
            min: on_it.field.min,
            max: on_it.field.max,
            ..board::RightAxis::default()
        })
    }
}

fn thresholds(field: &Field) -> Vec<board::Threshold> {
    field.thresholds.iter().cloned().map(Into::into).collect()
}

/// A duration that does not read bridges nothing: files are checked when they are read.
fn gap_ms(text: &str) -> i64 {
    match text {
        "always" => i64::MAX,
        text => duration::parse(text)
            .ok()
            .and_then(|ms| i64::try_from(ms).ok())
            .unwrap_or(0),
    }
}

fn series_override(over: &Override) -> board::SeriesOverride {
    let status = |health| board::SeriesColor::Status(health);
    board::SeriesOverride {
        draw: over.draw.map(Into::into),
        color: over
            .color
            .map(board::SeriesColor::Series)
            .or_else(|| over.status_color.map(Into::into).map(status)),
        stacked: over.stacked,
        right_axis: over.right_axis,
        dashed: over.dashed,
        negative: over.negative,
        hidden: over.hidden,
    }
}

fn unsupported(options: &UnsupportedOptions) -> String {
    format!("`{}` is not shown: {}", options.kind, options.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::TextOptions;

    fn view(kind: Kind) -> board::PanelKind {
        let panel = Panel {
            kind,
            ..Panel::default()
        };
        panel.kind_view()
    }

    #[test]
    fn panels_keep_their_order_and_are_numbered() {
        let board = Board {
            title: "Demo".into(),
            panels: vec![
                Panel::default(),
                Panel {
                    id: 1,
                    ..Panel::default()
                },
            ],
            ..Board::default()
        };
        let view = board.numbered().view("demo", 3);
        let ids: Vec<u32> = view.panels.iter().map(|panel| panel.id).collect();
        assert_eq!((view.version, ids), (3, vec![2, 1]));
    }

    #[test]
    fn text_becomes_safe_html() {
        let kind = view(Kind::Text(TextOptions {
            markdown: "**hi** <script>alert(1)</script>[x](javascript:alert(1))".into(),
            html: "<p>\n\n      <b onclick='x()'>there</b></p>".into(),
        }));
        let board::PanelKind::Fixed(text) = kind else {
            panic!("{kind:?}");
        };
        assert!(text.html.contains("<strong>hi</strong>"));
        assert!(text.html.contains("<b>there</b>"), "{}", text.html);
        assert!(!text.html.contains("script"), "{}", text.html);
    }

    #[test]
    fn what_is_not_drawn_says_so() {
        let kind = view(Kind::Unsupported(UnsupportedOptions {
            kind: "geomap".into(),
            reason: "Andon has no maps".into(),
        }));
        let board::PanelKind::Fixed(text) = kind else {
            panic!("{kind:?}");
        };
        assert!(text.html.contains("<code>geomap</code> is not shown"));
    }
}
