//! What a panel says of its data: in place of it where there is none, beside
//! the title where there is some.

use leptos::prelude::*;
use wire::data::PanelData;

use crate::words::status::{self, Notice};
use crate::words::{age, health};

/// Both notices; the one that has nothing to say is hidden.
pub fn notices(data: ArcRwSignal<PanelData>, late_ms: Memo<Option<i64>>) -> impl IntoView {
    let held = data.clone();
    let instead = Memo::new(move |_| held.with(status::in_place_of_data));
    let beside = Memo::new(move |_| match instead.get() {
        Some(_) => None,
        None => data.with(|data| status::notice(&data.status)).map_or_else(
            || late_ms.get().map(late),
            |notice| Some(aged(notice, late_ms.get())),
        ),
    });
    view! {
        <p class="panel-note" hidden=move || beside.with(Option::is_none) title=text(beside, |notice| notice.advice.clone())>
            {mark(beside)}
            <span>{text(beside, |notice| notice.headline.clone())}</span>
        </p>
        <div class="empty" hidden=move || instead.with(Option::is_none)>
            <strong>
                {mark(instead)}
                <span>{text(instead, |notice| notice.headline.clone())}</span>
            </strong>
            <span>{text(instead, |notice| notice.advice.clone())}</span>
        </div>
    }
}

fn late(age_ms: i64) -> Notice {
    Notice {
        health: wire::board::Health::Warning,
        headline: [&age::short(age_ms), " old"].concat(),
        advice: "The source has sent nothing newer.".to_owned(),
    }
}

/// A notice with the age of the data that is still shown.
fn aged(notice: Notice, late_ms: Option<i64>) -> Notice {
    let Some(age_ms) = late_ms else { return notice };
    Notice {
        headline: [&notice.headline, " · ", &age::short(age_ms), " old"].concat(),
        ..notice
    }
}

fn mark(notice: Memo<Option<Notice>>) -> impl IntoView {
    let class = text(notice, |notice| {
        ["mark mark-", health::class(notice.health)].concat()
    });
    view! { <span class=class aria-hidden="true"></span> }
}

fn text(
    notice: Memo<Option<Notice>>,
    part: fn(&Notice) -> String,
) -> impl Fn() -> String + Clone + Send + Sync {
    move || notice.with(|notice| notice.as_ref().map(part).unwrap_or_default())
}
