//! New markup into an element that already shows older markup: only what
//! differs is touched, so that the focus, a selection, the place a list was
//! scrolled to and running transitions stay. (A replaced element is also a new
//! one to whoever measures the page's largest paint.)

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Keeps the content of `element` as `html` says; where that is `None`, as it is.
pub fn follow(element: NodeRef<Div>, html: impl Fn() -> Option<String> + 'static) {
    Effect::new(move |_| {
        if let (Some(element), Some(html)) = (element.get(), html()) {
            rewrite(&element, &html);
        }
    });
}

/// Makes the content of `element` what `html` says.
pub fn rewrite(element: &Element, html: &str) {
    let Ok(fresh) = element.clone_node() else {
        return;
    };
    if let Some(fresh) = fresh.dyn_ref::<Element>() {
        fresh.set_inner_html(html);
        take_over_children(element, fresh);
    }
}

/// Makes the children of `held` those of `fresh`, which may lose them.
fn take_over_children(held: &Node, fresh: &Node) {
    let (mut old, mut new) = (held.first_child(), fresh.first_child());
    while let Some(node) = new {
        new = node.next_sibling();
        let Some(child) = old else {
            let _ = held.append_child(&node);
            continue;
        };
        old = child.next_sibling();
        take_over(held, &child, &node);
    }
    while let Some(node) = old {
        old = node.next_sibling();
        let _ = held.remove_child(&node);
    }
}

/// Makes `old`, a child of `parent`, what `new` is.
fn take_over(parent: &Node, old: &Node, new: &Node) {
    if old.is_equal_node(Some(new)) {
        return;
    }
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(held), Some(fresh)) if held.tag_name() == fresh.tag_name() => {
            take_over_attributes(held, fresh);
            take_over_children(old, new);
        }
        (None, None) => old.set_node_value(new.node_value().as_deref()),
        _ => drop(parent.replace_child(new, old)),
    }
}

fn take_over_attributes(held: &Element, fresh: &Element) {
    for name in held.get_attribute_names() {
        let name = name.as_string().unwrap_or_default();
        if !fresh.has_attribute(&name) {
            let _ = held.remove_attribute(&name);
        }
    }
    for name in fresh.get_attribute_names() {
        let name = name.as_string().unwrap_or_default();
        let value = fresh.get_attribute(&name).unwrap_or_default();
        if held.get_attribute(&name).as_ref() != Some(&value) {
            let _ = held.set_attribute(&name, &value);
        }
    }
}
