//! The board model to what the browser needs.
//!
//! A kind that the browser does not draw is mapped to the nearest that it
//! draws with the same data; one without such a neighbour says so in words.

mod convert;

use regex::Regex;
use wire::board;

use crate::field::{Field, Override, SeriesMatch};
use crate::kind::{
    DrawStyle, Kind, LaneOptions, StatOptions, ThresholdStyle, TimeSeriesOptions,
    UnsupportedOptions,
};
use crate::model::{Board, Panel, Query};
use crate::{duration, markdown};

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
            kind: self.kind_view(),
        }
    }

    fn kind_view(&self) -> board::PanelKind {
        use board::PanelKind as View;
        match &self.kind {
            Kind::TimeSeries(options) => View::TimeSeries(self.time_series(options)),
            Kind::StateTimeline(options) | Kind::StatusHistory(options) => {
                View::TimeSeries(self.lanes(options))
            }
            Kind::Histogram(_) | Kind::Heatmap(_) => {
                View::TimeSeries(self.time_series(&TimeSeriesOptions::default()))
            }
            Kind::Stat(options) => View::Stat(self.stat(options)),
            Kind::Gauge(options) | Kind::BarGauge(options) => View::BarGauge(self.stat(options)),
            Kind::BarChart(_) | Kind::Pie(_) => View::BarGauge(self.stat(&StatOptions::default())),
            Kind::Table(_) => View::Table(board::TableOptions {
                unit: self.field.unit.clone(),
            }),
            Kind::Text(options) => text(&options.markdown),
            Kind::AlertList(_) => text("[What fires now](/alerts)"),
            Kind::BoardList(_) => text("[All boards](/)"),
            Kind::Unsupported(options) => text(&unsupported(options)),
            Kind::Row(_) => View::Row,
        }
    }

    fn time_series(&self, options: &TimeSeriesOptions) -> board::TimeSeriesOptions {
        let field = &self.field;
        let thresholds = match options.thresholds {
            ThresholdStyle::Off => Vec::new(),
            ThresholdStyle::Lines | ThresholdStyle::Bands => thresholds(field),
        };
        board::TimeSeriesOptions {
            unit: field.unit.clone(),
            decimals: field.decimals,
            draw: options.draw.into(),
            stacked: options.stacked,
            min: field.min,
            max: field.max,
            log_scale: options.log_scale,
            linear_below: options.linear_below,
            right_axis: self.right_axis(),
            connect_gaps_ms: gap_ms(&options.connect_gaps),
            thresholds,
            threshold_bands: options.thresholds == ThresholdStyle::Bands,
            overrides: self.series_overrides(),
            palette: options.palette.into(),
            legend: !options.legend.hidden,
        }
    }

    /// A regular expression, which the browser does not evaluate, becomes the
    /// names that it matches among those that are known beforehand.
    fn series_overrides(&self) -> Vec<board::SeriesOverride> {
        let of = |over: &Override| match &over.of {
            SeriesMatch::Name(name) => vec![board::SeriesMatch::Name(name.clone())],
            SeriesMatch::Query(letter) => vec![board::SeriesMatch::Query(*letter)],
            SeriesMatch::Regex(pattern) => {
                let regex = Regex::new(pattern).ok();
                let is_match = |query: &&Query| {
                    query.has_fixed_name()
                        && regex.as_ref().is_some_and(|r| r.is_match(&query.legend))
                };
                let matching = self.queries.iter().filter(is_match);
                matching
                    .map(|query| board::SeriesMatch::Query(query.letter))
                    .collect()
            }
        };
        let all = self
            .overrides
            .iter()
            .flat_map(|over| of(over).into_iter().map(move |of| (over, of)));
        all.map(|(over, of)| series_override(over, of)).collect()
    }

    fn lanes(&self, _: &LaneOptions) -> board::TimeSeriesOptions {
        self.time_series(&TimeSeriesOptions {
            draw: DrawStyle::Step,
            ..TimeSeriesOptions::default()
        })
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

    fn stat(&self, options: &StatOptions) -> board::StatOptions {
        let field = &self.field;
        board::StatOptions {
            unit: field.unit.clone(),
            decimals: field.decimals,
            thresholds: thresholds(field),
            base: field.base.into(),
            capacity_query: options.capacity_query,
            notes: options.notes.iter().cloned().map(Into::into).collect(),
            calculation: options.calculation.into(),
            words: field.mappings.iter().filter_map(convert::words).collect(),
            sparkline: options.sparkline,
            min: field.min,
            max: field.max,
        }
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

fn series_override(over: &Override, matches: board::SeriesMatch) -> board::SeriesOverride {
    let status = |health| board::SeriesColor::Status(health);
    board::SeriesOverride {
        matches,
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

fn text(source: &str) -> board::PanelKind {
    board::PanelKind::Text(board::TextOptions {
        html: markdown::to_html(source),
    })
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
        }));
        let board::PanelKind::Text(text) = kind else {
            panic!("{kind:?}");
        };
        assert!(text.html.contains("<strong>hi</strong>"));
        assert!(!text.html.contains("script"), "{}", text.html);
    }

    #[test]
    fn what_is_not_drawn_says_so() {
        let kind = view(Kind::Unsupported(UnsupportedOptions {
            kind: "geomap".into(),
            reason: "Andon has no maps".into(),
        }));
        let board::PanelKind::Text(text) = kind else {
            panic!("{kind:?}");
        };
        assert!(text.html.contains("<code>geomap</code> is not shown"));
    }
}
