//! What a panel says of its data: in place of it where there is none, beside
//! the title where there is some.

use leptos::prelude::*;
use wire::board::Health;
use wire::data::PanelData;

use crate::words::html::push_element;
use crate::words::status::{self, Notice};
use crate::words::{age, health};

/// The notice that applies, if one does.
pub fn notices(data: ArcRwSignal<PanelData>, late_ms: Memo<Option<i64>>) -> impl IntoView {
    let html = move || data.with(|data| html(data, late_ms.get()));
    view! { <div class="notices" inner_html=html></div> }
}

fn html(data: &PanelData, late_ms: Option<i64>) -> String {
    if let Some(notice) = status::in_place_of_data(data) {
        return instead(&notice);
    }
    let said = status::notice(&data.status);
    let said = match (said, late_ms) {
        (Some(notice), Some(age_ms)) => Some(aged(notice, age_ms)),
        (None, Some(age_ms)) => Some(late(age_ms)),
        (said, None) => said,
    };
    said.as_ref().map(beside).unwrap_or_default()
}

fn instead(notice: &Notice) -> String {
    let mut html = String::from("<div class=\"empty\"><strong>");
    push_mark(&mut html, notice.health);
    push_element(&mut html, "span", "", &notice.headline);
    html.push_str("</strong>");
    push_element(&mut html, "span", "", &notice.advice);
    html.push_str("</div>");
    html
}

fn beside(notice: &Notice) -> String {
    let mut html = String::from("<p class=\"panel-note\" title=\"");
    crate::words::html::push_escaped(&mut html, &notice.advice);
    html.push_str("\">");
    push_mark(&mut html, notice.health);
    push_element(&mut html, "span", "", &notice.headline);
    html.push_str("</p>");
    html
}

/// A health's shape.
pub fn push_mark(html: &mut String, health: Health) {
    html.push_str("<span aria-hidden=\"true\" class=\"mark mark-");
    html.push_str(health::class(health));
    html.push_str("\"></span>");
}

fn late(age_ms: i64) -> Notice {
    Notice {
        health: Health::Warning,
        headline: [&age::short(age_ms), " old"].concat(),
        advice: "The source has sent nothing newer.".to_owned(),
    }
}

/// A notice with the age of the data that is still shown.
fn aged(notice: Notice, age_ms: i64) -> Notice {
    Notice {
        headline: [&notice.headline, " · ", &age::short(age_ms), " old"].concat(),
        ..notice
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::data::{SeriesData, Status, TimeGrid, Values};

    fn check(value: Option<f64>, status: Status, late_ms: Option<i64>, expected: &str) {
        let data = PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1_000,
                len: 1,
            },
            series: vec![SeriesData {
                key: 0,
                name: "a".into(),
                query: 'A',
                values: Values(vec![value]),
            }],
            status,
        };
        let html = html(&data, late_ms).replace('\u{a0}', " ");
        assert!(html.contains(expected), "{html:?} lacks {expected:?}");
        assert_eq!(html.is_empty(), expected.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is_seen() {
        let failed = || Status::Failed {
            message: "refused".into(),
        };
        check(Some(1.0), Status::Ok, None, "");
        check(
            Some(1.0),
            Status::Ok,
            Some(60_000),
            "<span>60 s old</span></p>",
        );
        check(
            Some(1.0),
            failed(),
            Some(60_000),
            "<span>No answer · 60 s old</span></p>",
        );
        check(None, failed(), None, "<span>refused</span></div>");
    }
}
