//! What the server writes into a chart's panel: the picture with its labels,
//! and for a screen reader a summary and a table.

use ::chart::unit::Unit;
use ::chart::{Input, Labels, Plot, Size, summary, svg};
use leptos::prelude::*;
use wire::board::TimeSeriesOptions;
use wire::data::PanelData;

use super::labels::{self, LAYERS};
use super::options;
use crate::panel::data_of;
use crate::store::use_store;
use crate::words::moment;

/// Rows of the table; more would be read by nobody, and the API has them all.
const TABLE_ROWS: usize = 12;

/// The picture of a chart's panel at the page's first moment.
#[component]
pub fn Picture(id: u32) -> impl IntoView {
    let store = use_store();
    let Some(view) = store.view(id) else {
        return ().into_any();
    };
    let options = options(&store, id);
    let window = store.window.get_untracked();
    let zone = moment::offset();
    data_of(&store, id).with_untracked(|data| {
        let plot = Plot::new(Input::new(data, &options, window, Size::nominal(view.grid)));
        let labels = Labels::new(&plot, &zone);
        let spoken = summary::summary(&view.title, &plot, &zone);
        let (left, right) = labels::widths(&labels);
        let style = ["--left:", &left.to_string(), ";--right:", &right.to_string()].concat();
        view! {
            <div class="frame" style=style>
                {layers(&labels)}
                <div class="area" role="img" aria-label=spoken tabindex="0" inner_html=svg::plot(&plot)></div>
            </div>
            <Values data=data.clone() options=options.clone()/>
        }
        .into_any()
    })
}

fn layers(labels: &Labels) -> impl IntoView + use<> {
    let layers = LAYERS.into_iter().zip(labels::layers(labels));
    let layers = layers.map(|(class, html)| {
        let class = ["layer ", class].concat();
        view! { <div class=class aria-hidden="true" inner_html=html></div> }
    });
    layers.collect_view()
}

/// The chart as a table: a row a time, evenly chosen, the newest last.
#[component]
fn Values(data: PanelData, options: TimeSeriesOptions) -> impl IntoView {
    let unit = Unit::from_id(&options.unit);
    let heads = data.series.iter();
    let heads = heads.map(|series| view! { <th scope="col">{series.name.clone()}</th> });
    let heads = heads.collect_view();
    let rows = chosen(data.grid.len).map(|column| {
        let time = moment::of(data.grid.time_ms(column));
        let cells = data.series.iter().map(|series| {
            let value = series.values.0.get(column).copied().flatten();
            view! { <td>{value.map_or_else(|| "–".to_owned(), |value| unit.format(value, options.decimals))}</td> }
        });
        view! { <tr><th scope="row">{time}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <table class="spoken">
            <thead><tr><th scope="col">"Time"</th>{heads}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// At most [`TABLE_ROWS`] columns of `len`, evenly spaced, the last among them.
fn chosen(len: usize) -> impl Iterator<Item = usize> {
    let every = len.div_ceil(TABLE_ROWS).max(1);
    let first = len.saturating_sub(1) % every;
    (first..len).step_by(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_with_the_newest() {
        let cases = [
            (0, vec![]),
            (2, vec![0, 1]),
            (25, vec![0, 3, 6, 9, 12, 15, 18, 21, 24]),
        ];
        for (len, columns) in cases {
            assert_eq!(chosen(len).collect::<Vec<_>>(), columns, "{len}");
        }
        assert_eq!(chosen(721).last(), Some(720));
        assert!(chosen(721).count() <= TABLE_ROWS);
    }
}
