//! One big figure with its health, its notes and its trend.

use leptos::prelude::*;
use wire::board::{Health, PanelKind, StatOptions};
use wire::data::PanelData;

use super::figure::{Figure, figure};
use super::notice::notices;
use super::spark::{SIDE, Spark, spark};
use super::{data_of, freshness, lateness};
use crate::store::{Store, use_store};
use crate::words::health;

/// A panel of the kind [`PanelKind::Stat`].
#[island]
pub fn StatPanel(id: u32) -> impl IntoView {
    let store = use_store();
    let options = options(&store, id);
    let data = data_of(&store, id);
    let late_ms = lateness(&store, &data);
    let trend = options
        .sparkline
        .then(|| trend(data.clone(), options.clone()));
    let said = said(data.clone(), options, late_ms);
    let class = move || {
        let health = said.with(|said| said.health);
        ["stat fading stat-", health.map_or("plain", health::class)].concat()
    };
    view! {
        <div class=class style=("--freshness", freshness(&store, late_ms))>
            {trend}
            <p class="figure">
                {move || said.with(|said| said.number.clone())}
                <small>{move || said.with(|said| ["\u{2009}", &said.unit].concat())}</small>
            </p>
            {words(said)}
        </div>
        {notices(data, late_ms)}
    }
}

fn options(store: &Store, id: u32) -> StatOptions {
    match store.view(id).map(|view| &view.kind) {
        Some(PanelKind::Stat(options) | PanelKind::BarGauge(options)) => options.clone(),
        _ => StatOptions::default(),
    }
}

/// What the panel says; late data is no ground for a judgement.
fn said(
    data: ArcRwSignal<PanelData>,
    options: StatOptions,
    late_ms: Memo<Option<i64>>,
) -> Memo<Figure> {
    Memo::new(move |_| {
        let said = data.with(|data| figure(data, &options));
        match late_ms.get() {
            Some(_) => Figure {
                health: said.health.map(|_| Health::Unknown),
                ..said
            },
            None => said,
        }
    })
}

/// The health's shape and word, then the notes.
fn words(said: Memo<Figure>) -> impl IntoView {
    let health = move || said.with(|said| said.health);
    let mark = move || ["mark mark-", health().map_or("none", health::class)].concat();
    view! {
        <p class="notes">
            <span class="health" hidden=move || health().is_none()>
                <span class=mark aria-hidden="true"></span>
                <span>{move || health().map_or("", health::word)}</span>
            </span>
            <span>{move || said.with(|said| said.notes.join(" · "))}</span>
        </p>
    }
}

fn trend(data: ArcRwSignal<PanelData>, options: StatOptions) -> impl IntoView {
    let drawn = Memo::new(move |_| {
        data.with(|data| match data.series.first() {
            Some(series) => spark(&series.values.0, &options),
            None => Spark::default(),
        })
    });
    let square = ["0 0 ", &SIDE.to_string(), " ", &SIDE.to_string()].concat();
    view! {
        <svg class="spark" viewBox=square preserveAspectRatio="none" aria-hidden="true">
            <path class="spark-fill" d=move || drawn.with(|spark| spark.fill.clone())></path>
            <path d=move || drawn.with(|spark| spark.line.clone())></path>
        </svg>
    }
}
