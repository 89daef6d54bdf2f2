//! The board model to what the browser needs.
//!
//! The browser draws curves over time alone. Every other kind that shows data is
//! written by the server, at every step, out of the model itself; what shows no
//! data is written here, once and for all.

mod convert;

use regex::Regex;
use wire::board;

use crate::field::{Field, Override, SeriesMatch};
use crate::kind::{Kind, ThresholdStyle, TimeSeriesOptions, UnsupportedOptions};
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
        let fixed = |markdown: &str| {
            board::PanelKind::Fixed(board::FixedMarkup {
                kind: self.kind.name().to_owned(),
                html: markdown::to_html(markdown),
            })
        };
        match &self.kind {
            Kind::TimeSeries(options) => board::PanelKind::TimeSeries(self.time_series(options)),
            Kind::Row(_) => board::PanelKind::Row,
            Kind::Text(options) => fixed(&options.markdown),
            Kind::AlertList(_) => fixed("[What fires now](/alerts)"),
            Kind::BoardList(_) => fixed("[All boards](/)"),
            Kind::Unsupported(options) => fixed(&unsupported(options)),
            written => board::PanelKind::Written(written.name().to_owned()),
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
        let board::PanelKind::Fixed(text) = kind else {
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
        let board::PanelKind::Fixed(text) = kind else {
            panic!("{kind:?}");
        };
        assert!(text.html.contains("<code>geomap</code> is not shown"));
    }
}
