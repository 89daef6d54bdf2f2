//! What the server writes into a chart's panel: the picture with its labels and
//! what marks it, its summary for who listens, and its values as a table.

use ::chart::{Input, Labels, Plot, Size, summary, svg};
use leptos::prelude::*;
use wire::board::Grid;
use wire::id::PanelId;
use wire::live::ANNOTATIONS;
use wire::url::CSV;

use super::labels::{self, LAYERS};
use super::options;
use super::values::{self, FEW_ROWS};
use crate::panel::data_of;
use crate::rendered::span;
use crate::store::use_store;

/// The picture of a chart's panel at the page's first moment.
#[component]
pub fn Picture(id: PanelId) -> impl IntoView {
    let store = use_store();
    let Some(layout) = store.layout(id) else {
        return ().into_any();
    };
    let options = options(&store, id);
    let window = store.window.get_untracked();
    let zone = store.zone.get_untracked();
    data_of(&store, id).with_untracked(|data| {
        let plot = Plot::new(Input::new(data, &options, window, Size::nominal(layout.grid)));
        let labels = Labels::new(&plot, &*zone);
        let spoken = summary::summary(&layout.title, &plot, &*zone);
        let (left, right) = labels::widths(&labels);
        let style = ["--left:", &left.to_string(), ";--right:", &right.to_string()].concat();
        let csv = [CSV, "?panel=", &id.to_string(), "&", &store.params.get_untracked().to_query()].concat();
        let marks = store.rendered(ANNOTATIONS).unwrap_or_default();
        let marks = marks.with_untracked(|marks| marks.html.clone());
        let marks_id = ["marks-", &id.to_string()].concat();
        view! {
            <div class=["frame ", breadth(layout.grid)].concat() style=style>
                {layers(&labels)}
                <div
                    class="area"
                    role="img"
                    aria-label=spoken
                    aria-describedby=marks_id.clone()
                    tabindex="0"
                    inner_html=svg::plot(&plot)
                ></div>
                <div class="annotations" id=marks_id style=span(&plot.input().window) inner_html=marks></div>
            </div>
            <details class="values">
                <summary>"Values"</summary>
                <div tabindex="0" inner_html=values::html(&plot, &*zone, FEW_ROWS)></div>
                <a href=csv download="">"All of them (CSV)"</a>
            </details>
        }
        .into_any()
    })
}

/// How broad the place is for which the labels were chosen: where the screen
/// leaves half of that, the style sheet hides every other one.
fn breadth(grid: Grid) -> &'static str {
    match grid.w {
        0..=8 => "narrow",
        9..=15 => "half",
        _ => "wide",
    }
}

fn layers(labels: &Labels) -> impl IntoView + use<> {
    let layers = LAYERS.into_iter().zip(labels::layers(labels));
    let layers = layers.map(|(class, html)| {
        let class = ["layer ", class].concat();
        view! { <div class=class aria-hidden="true" inner_html=html></div> }
    });
    layers.collect_view()
}
