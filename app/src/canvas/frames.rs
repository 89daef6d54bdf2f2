//! Requests of any number to one callback before the browser's next frame.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// A callback that runs in the next frame after it was requested, once.
#[derive(Clone)]
pub struct OnFrame(Rc<Frame>);

struct Frame {
    pending: Cell<Option<i32>>,
    /// Made once: a page that runs for months makes no closure a frame.
    callback: Closure<dyn FnMut()>,
}

impl OnFrame {
    /// The callback is kept for as long as a clone of this is.
    pub fn new(mut draw: impl FnMut() + 'static) -> Self {
        Self(Rc::new_cyclic(|frame: &std::rc::Weak<Frame>| {
            let frame = frame.clone();
            Frame {
                pending: Cell::new(None),
                callback: Closure::new(move || {
                    if let Some(frame) = frame.upgrade() {
                        frame.pending.set(None);
                    }
                    draw();
                }),
            }
        }))
    }

    /// Runs the callback in the next frame; again in the same frame does nothing.
    pub fn request(&self) {
        if self.0.pending.get().is_some() {
            return;
        }
        let callback = self.0.callback.as_ref().unchecked_ref();
        let requested = web_sys::window().map(|window| window.request_animation_frame(callback));
        if let Some(Ok(id)) = requested {
            self.0.pending.set(Some(id));
        }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let (Some(id), Some(window)) = (self.pending.get(), web_sys::window()) {
            let _gone = window.cancel_animation_frame(id);
        }
    }
}
