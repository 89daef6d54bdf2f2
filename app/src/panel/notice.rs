//! What a panel says of its data: in place of it where there is none, beside
//! the title where there is some.

use leptos::prelude::*;
use wire::board::Health;
use wire::data::Status;

use crate::text::html::push_element;
use crate::text::status::{self, Notice};
use crate::text::{age, health};

/// The notice that applies, if one does, as [`html`] writes it.
pub fn notices(html: Box<dyn Fn() -> String + Send>) -> impl IntoView {
    view! { <div class="notices" inner_html=html></div> }
}

/// The notice on data of a status, which may hold no point, or be late.
pub fn html(status: &Status, has_point: bool, late_ms: Option<i64>) -> String {
    if !has_point {
        return instead(&status::in_place_of_data(status));
    }
    let said = match (status::notice(status), late_ms) {
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
    crate::text::html::push_escaped(&mut html, &notice.advice);
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

    fn check(has_point: bool, status: Status, late_ms: Option<i64>, expected: &str) {
        let html = html(&status, has_point, late_ms).replace('\u{a0}', " ");
        assert!(html.contains(expected), "{html:?} lacks {expected:?}");
        assert_eq!(html.is_empty(), expected.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is_seen() {
        let failed = || Status::Failed {
            message: "refused".into(),
        };
        check(true, Status::Ok, None, "");
        check(true, Status::Ok, Some(60_000), "<span>60 s old</span></p>");
        check(
            true,
            failed(),
            Some(60_000),
            "<span>No answer · 60 s old</span></p>",
        );
        check(false, failed(), None, "<span>refused</span></div>");
    }
}
