//! A chart that moves: a canvas over the server's picture, painted when
//! something has changed and at no other time.

mod chart_controller;
mod pointer_input;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver};
use wire::id::PanelId;
use wire::live::ANNOTATIONS;

use super::legend::Entry;
use crate::canvas::OnFrame;
use crate::store::Store;
use chart_controller::ChartController;

/// A controller with the request that has its chart drawn before the next frame.
#[derive(Clone)]
struct Animated {
    controller: Rc<RefCell<ChartController>>,
    frame: OnFrame,
}

/// Has the chart in `frame` follow its data, its window, the legend and the
/// cursor, from when the element is there.
pub fn animate(
    store: &Store,
    id: PanelId,
    frame: NodeRef<Div>,
    hidden: &ArcRwSignal<Vec<u32>>,
    entries: &ArcRwSignal<Vec<Entry>>,
) {
    let (store, hidden, entries) = (store.clone(), hidden.clone(), entries.clone());
    Effect::new(move |_| {
        let Some(element) = frame.get() else { return };
        let controller =
            ChartController::new(&store, id, &element, hidden.clone(), entries.clone());
        if let Some(controller) = controller {
            start(&store, id, &hidden, controller);
        }
    });
}

fn start(store: &Store, id: PanelId, hidden: &ArcRwSignal<Vec<u32>>, controller: ChartController) {
    let area = controller.area().clone();
    let controller = Rc::new(RefCell::new(controller));
    let drawn = controller.clone();
    let frame = OnFrame::new(move || drawn.borrow_mut().draw());
    let animated = Animated { controller, frame };
    pointer_input::listen(store, &area, &animated);
    follow_size(&area, &animated);
    follow_state(store, id, hidden, &animated);
}

/// Everything that a frame depends on asks for one when it changes.
fn follow_state(store: &Store, id: PanelId, hidden: &ArcRwSignal<Vec<u32>>, animated: &Animated) {
    let (store, hidden) = (store.clone(), hidden.clone());
    let data = super::data_of(&store, id);
    let (recoloured, copy) = (store.recoloured.clone(), store.copy.clone());
    let marks = store.rendered(ANNOTATIONS).unwrap_or_default();
    let drawn = animated.clone();
    Effect::new(move |_| {
        data.track();
        store.window.track();
        store.cursor_ms.track();
        store.zone.track();
        hidden.track();
        drawn.frame.request();
    });
    let marked = animated.clone();
    Effect::new(move |_| {
        if let Some(html) = marks.with(|marks| marks.html.clone()) {
            marked.controller.borrow().mark(&html);
            marked.frame.request();
        }
    });
    let copied = animated.clone();
    Effect::new(move |_| {
        if let Some((_, format)) = copy.get().filter(|(panel, _)| *panel == id) {
            copied.controller.borrow().copy(format);
        }
    });
    let painted = animated.clone();
    Effect::new(move |before: Option<()>| {
        recoloured.track();
        if before.is_some() {
            painted.controller.borrow_mut().recolour();
            painted.frame.request();
        }
    });
}

fn follow_size(area: &Element, animated: &Animated) {
    let sized = animated.clone();
    let on_resize = Closure::<dyn FnMut(JsValue)>::new(move |_| {
        sized.controller.borrow_mut().resize();
        // Now, not in the next frame: a resized canvas is blank until it is painted.
        sized.controller.borrow_mut().draw();
    });
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(area);
    }
    on_resize.forget(); // a panel lives as long as its page
}
