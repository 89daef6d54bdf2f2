//! The board model to what the browser needs.
//!
//! The browser draws curves over time alone. Every other kind that shows data is
//! written by the server, at every step, out of the model itself; what shows no
//! data is written here, once and for all.

use query::Language;
use wire::board;
use wire::id::BoardId;

use crate::board::Board;
use crate::kind::{Kind, Legend, ThresholdStyle, TimeSeriesOptions, UnsupportedOptions};
use crate::overrides::Override;
use crate::panel::Panel;
use crate::panel_query::PanelQuery;
use crate::{duration, markdown};

impl Board {
    /// The layout as the browser needs it. `version` changes with the board's file.
    pub fn view(&self, id: &BoardId, version: u64) -> board::BoardLayout {
        board::BoardLayout {
            id: id.clone(),
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
            grid: self.grid,
            kind: self.kind_view(),
        }
    }

    fn kind_view(&self) -> board::PanelKind {
        if !matches!(self.kind, Kind::Unsupported(_))
            && let Some(query) = self.unanswered()
        {
            return self.fixed(markdown::to_html(&no_source_of(query, self)));
        }
        match &self.kind {
            Kind::Row(_) => board::PanelKind::Row,
            Kind::Text(options) => {
                self.fixed(markdown::to_html(&options.markdown) + &markdown::safe(&options.html))
            }
            // Nothing will ever come.
            _ if self.shows_data() && self.queries.iter().all(|query| query.hidden) => {
                self.fixed("<p>This panel has no query that is shown.</p>".to_owned())
            }
            // The page lists the boards that there are.
            Kind::BoardList(_) => self.fixed(String::new()),
            Kind::Unsupported(options) => self.fixed(markdown::to_html(&unsupported(options))),
            Kind::TimeSeries(options) => board::PanelKind::TimeSeries(self.time_series(options)),
            written => board::PanelKind::Rendered(written.name().to_owned()),
        }
    }

    fn fixed(&self, html: String) -> board::PanelKind {
        board::PanelKind::Fixed(board::FixedMarkup {
            kind: self.kind.name().to_owned(),
            html,
        })
    }

    /// The first query that is shown and in a language of which there are no
    /// sources. Half a panel would be taken for the whole, so it says that in
    /// place of all.
    pub fn unanswered(&self) -> Option<&PanelQuery> {
        let mut queries = self.queries.iter();
        queries.find(|query| !query.hidden && query.language != Language::PromQl)
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
            ThresholdStyle::Lines | ThresholdStyle::Bands => field.thresholds,
        };
        board::TimeSeriesOptions {
            unit: field.unit,
            decimals: field.decimals,
            draw: options.draw,
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
            palette: options.palette,
            legend: legend(&options.legend),
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

fn legend(legend: &Legend) -> board::Legend {
    if legend.hidden {
        board::Legend::None
    } else if legend.is_table() {
        board::Legend::Table
    } else {
        board::Legend::Chips
    }
}

fn series_override(over: &Override) -> board::SeriesOverride {
    board::SeriesOverride {
        draw: over.draw,
        color: over
            .color
            .map(board::SeriesColor::Series)
            .or_else(|| over.status_color.map(board::SeriesColor::Status)),
        stacked: over.stacked,
        right_axis: over.right_axis,
        dashed: over.dashed,
        negative: over.negative,
        hidden: over.hidden,
    }
}

fn no_source_of(query: &PanelQuery, panel: &Panel) -> String {
    let language = query.language.name();
    let source = match query.source_of(panel) {
        "" => "the default source".to_owned(),
        name => format!("the source `{name}`"),
    };
    format!(
        "This panel asks {source} in {language}. This build of Andon has no source that \
         answers {language} yet."
    )
}

fn unsupported(options: &UnsupportedOptions) -> String {
    format!("`{}` is not shown: {}", options.kind, options.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::TextOptions;
    use wire::id::PanelId;

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
                    id: PanelId(1),
                    ..Panel::default()
                },
            ],
            ..Board::default()
        };
        let view = board.numbered().view(&"demo".into(), 3);
        let ids: Vec<u32> = view.panels.iter().map(|panel| panel.id.0).collect();
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
    fn a_language_without_sources_is_named_with_the_source() {
        let cases = [
            (
                "panels: [{queries: [{logs: '{a=\"b\"}'}]}]",
                "asks the default source in LogQL",
            ),
            (
                "panels: [{source: db, kind: table, queries: [{expr: up}, {sql: select 1}]}]",
                "asks the source <code>db</code> in SQL",
            ),
            (
                "panels: [{source: a, queries: [{traces: x, source: tempo}]}]",
                "asks the source <code>tempo</code> in searches of traces",
            ),
        ];
        for (panels, expected) in cases {
            let board = crate::file::read(&format!("title: T\n{panels}\n")).unwrap();
            let kind = board.panels[0].kind_view();
            let board::PanelKind::Fixed(text) = kind else {
                panic!("{kind:?}");
            };
            assert!(text.html.contains(expected), "{}", text.html);
            assert!(text.html.contains("has no source"), "{}", text.html);
        }
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
