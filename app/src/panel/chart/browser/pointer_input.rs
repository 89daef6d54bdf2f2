//! The pointer and the keys over a chart: the shared cursor, the drag that
//! zooms every chart.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};
use wire::data::PanelData;
use wire::live::Window;

use super::Animated;
use crate::canvas::Selection;
use crate::ids::ANNOUNCER;
use crate::panel::chart::tooltip;
use crate::store::navigation::{self, Step};
use crate::store::{Store, navigate};
use crate::text::moment;

/// A drag shorter than this, in CSS pixels, is a click.
const SHORTEST_DRAG_PX: f64 = 6.0;

/// Follows pointer and keys over the plot area.
pub fn listen(store: &Store, area: &HtmlElement, animated: &Animated) {
    let input = PointerInput {
        store: store.clone(),
        area: area.clone(),
        animated: animated.clone(),
        data: animated.controller.borrow().data.clone(),
    };
    on(area, "pointermove", &input, |input, event| {
        input.moved(&event.unchecked_into());
    });
    on(area, "pointerdown", &input, |input, event| {
        input.pressed(&event.unchecked_into());
    });
    on(area, "pointerup", &input, |input, _| input.released());
    on(area, "pointercancel", &input, |input, _| input.left());
    on(area, "pointerleave", &input, |input, _| input.left());
    on(area, "dblclick", &input, |input, _| input.zoomed_out());
    on(area, "keydown", &input, |input, event| {
        input.typed(&event.unchecked_into());
    });
    on(area, "focus", &input, |input, _| input.focused(true));
    on(area, "blur", &input, |input, _| input.focused(false));
    let values = animated.controller.borrow().values.clone();
    on(&values, "toggle", &input, |input, _| {
        input.animated.frame.request();
    });
}

fn on(area: &Element, name: &str, input: &PointerInput, act: fn(&PointerInput, Event)) {
    let input = input.clone();
    let listener = Closure::<dyn FnMut(Event)>::new(move |event| act(&input, event));
    let _ = area.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener.forget(); // a panel lives as long as its page
}

/// What a listener needs.
#[derive(Clone)]
struct PointerInput {
    store: Store,
    area: HtmlElement,
    animated: Animated,
    data: ArcRwSignal<PanelData>,
}

impl PointerInput {
    fn moved(&self, event: &PointerEvent) {
        let (x, y) = self.place(event);
        let mut controller = self.animated.controller.borrow_mut();
        controller.height = Some(y);
        if let Some(selection) = &mut controller.selection {
            selection.to = x;
        }
        drop(controller);
        self.store.cursor_ms.set(Some(self.time_at(x)));
        self.animated.frame.request();
    }

    fn pressed(&self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let (x, _) = self.place(event);
        let _ = self.area.set_pointer_capture(event.pointer_id());
        self.animated.controller.borrow_mut().selection = Some(Selection { from: x, to: x });
    }

    fn released(&self) {
        let selection = self.animated.controller.borrow_mut().selection.take();
        self.animated.frame.request();
        let Some(selection) = selection else { return };
        let width_px = f64::from(self.area.client_width());
        if (selection.to - selection.from).abs() * width_px < SHORTEST_DRAG_PX {
            return;
        }
        let ends = (self.time_at(selection.from), self.time_at(selection.to));
        self.show(navigation::clamp(ends.0, ends.1));
    }

    fn left(&self) {
        let mut controller = self.animated.controller.borrow_mut();
        controller.selection = None;
        controller.height = None;
        drop(controller);
        self.store.cursor_ms.set(None);
    }

    fn zoomed_out(&self) {
        let window = self.store.window.get_untracked();
        let now_ms = self.store.now_ms.get_untracked();
        self.show(navigation::step(&window, Step::Out, now_ms));
    }

    fn focused(&self, is_focused: bool) {
        self.animated.controller.borrow_mut().is_focused = is_focused;
        if is_focused {
            self.animated.frame.request();
        } else {
            self.left();
        }
    }

    /// Arrows move by a point and by a series; with Shift by ten points.
    fn typed(&self, event: &KeyboardEvent) {
        let points = if event.shift_key() { 10 } else { 1 };
        match event.key().as_str() {
            "ArrowLeft" => self.step_time(-points),
            "ArrowRight" => self.step_time(points),
            "ArrowUp" => self.step_series(-1),
            "ArrowDown" => self.step_series(1),
            "Escape" => self.left(),
            _ => return,
        }
        event.prevent_default();
    }

    fn step_time(&self, points: i64) {
        let window = self.window();
        let from_ms = match self.store.cursor_ms.get_untracked() {
            Some(cursor_ms) => cursor_ms + points * window.step_ms,
            None => window.to_ms,
        };
        let time_ms = from_ms.clamp(window.from_ms, window.to_ms);
        self.store.cursor_ms.set(Some(time_ms));
        self.read_out();
    }

    fn step_series(&self, by: isize) {
        let mut controller = self.animated.controller.borrow_mut();
        let next = controller.reading.as_ref().and_then(|reading| {
            let at = reading.entries.iter().position(|entry| entry.nearest);
            let last = reading.entries.len().checked_sub(1)?;
            let next = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
            Some(reading.entries.get(next)?.position)
        });
        controller.height = next.or(controller.height);
        drop(controller);
        self.read_out();
    }

    /// Draws now and has a screen reader say what is under the cursor.
    fn read_out(&self) {
        let mut controller = self.animated.controller.borrow_mut();
        controller.draw();
        let Some(reading) = &controller.reading else {
            return;
        };
        if let Some(announcer) = document().get_element_by_id(ANNOUNCER) {
            let text = tooltip::spoken(
                reading,
                &moment::of(reading.time_ms, &*self.store.zone.get_untracked()),
            );
            announcer.set_text_content(Some(&text));
        }
    }

    fn show(&self, (from_ms, to_ms): (i64, i64)) {
        navigate(&self.store, |params| {
            params.from = from_ms.to_string();
            params.to = to_ms.to_string();
        });
    }

    fn window(&self) -> Window {
        let page = self.store.window.get_untracked();
        self.data.with_untracked(|data| data.window(page))
    }

    fn time_at(&self, x: f64) -> i64 {
        let window = self.window();
        window.from_ms + (x * (window.to_ms - window.from_ms) as f64) as i64
    }

    /// The pointer's place in the area, 0 to 1 from the left and from the top.
    fn place(&self, event: &PointerEvent) -> (f64, f64) {
        let bounds = self.area.get_bounding_client_rect();
        let x = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        let y = (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0);
        (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0))
    }
}
