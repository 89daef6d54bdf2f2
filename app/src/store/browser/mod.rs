//! The store in the browser: read once from the page, then fed by its stream.

mod address;
mod clock;
mod keys;
mod lookup;
mod panel_menu;
mod server_probe;
mod stream;
mod theme;

use std::cell::OnceCell;

use leptos::prelude::document;
use wire::live::Snapshot;

use super::Store;
use crate::ids::DATA;

pub use address::navigate;

thread_local! {
    static STORE: OnceCell<Store> = const { OnceCell::new() };
}

/// The page's store. The first island that asks starts the page: its stream,
/// its clock, its keys.
pub fn use_store() -> Store {
    STORE.with(|store| store.get_or_init(start).clone())
}

fn start() -> Store {
    let store = read_page();
    stream::open(&store, Some(&store.event_id()));
    clock::start(&store);
    address::listen(&store);
    keys::listen(&store);
    lookup::listen();
    theme::listen(&store);
    store
}

fn read_page() -> Store {
    let text = document()
        .get_element_by_id(DATA)
        .and_then(|element| element.text_content())
        .unwrap_or_default();
    match serde_json::from_str::<Snapshot>(&text) {
        Ok(snapshot) => {
            let mut params = address::params();
            params.board.clone_from(&snapshot.board.id);
            Store::new(snapshot, params)
        }
        Err(error) => {
            leptos::logging::error!("andon: the page's data cannot be read: {error}");
            Store::default()
        }
    }
}
