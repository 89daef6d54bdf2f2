//! The pickers of a board's variables: one form whose submission is the page's
//! next address, so that they work without a script. With one, a choice is
//! applied when it is made, and long lists are searched as the reader types.

use leptos::prelude::*;
use wire::url::pairs;

use crate::page::{Choices, Filters, Picker, PickerChoice, PickerKind};

/// A list of more choices than this has a field to search it.
const SEARCHED_FROM: usize = 12;

/// The pickers of a board; `query` is what the page's URL says.
#[component]
pub fn Pickers(pickers: Vec<Picker>, query: String) -> impl IntoView {
    if pickers.is_empty() {
        return None;
    }
    let kept: Vec<_> = pairs(&query)
        .filter(|(name, _)| is_kept(name, &pickers))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let pickers = pickers
        .into_iter()
        .map(|picker| view! { <OnePicker picker/> });
    let pickers = pickers.collect_view();
    Some(view! {
        <form class="pickers" method="get" aria-label="Variables">
            {kept}
            {pickers}
            <button type="submit" class="button without-script">"Show"</button>
        </form>
    })
}

/// What the form does not say itself.
fn is_kept(name: &str, pickers: &[Picker]) -> bool {
    match name.split_once('-') {
        Some(("var", variable)) => pickers.iter().all(|picker| picker.name != variable),
        Some(("find" | "add", _)) => false,
        _ => true,
    }
}

#[component]
fn OnePicker(picker: Picker) -> impl IntoView {
    let Picker {
        name,
        label,
        kind,
        shown,
        error,
    } = picker;
    let field = ["var-", &name].concat();
    let body = match kind {
        PickerKind::One(choices) if is_short(&choices) => {
            let options = choices.items.into_iter().map(option).collect_view();
            view! {
                <label class="picker">
                    <span>{label}</span>
                    <select name=field>{options}</select>
                </label>
            }
            .into_any()
        }
        PickerKind::One(choices) => {
            view! { <List name label shown choices many=false/> }.into_any()
        }
        PickerKind::Many(choices) => {
            view! { <List name label shown choices many=true/> }.into_any()
        }
        PickerKind::Text(value) => view! {
            <label class="picker">
                <span>{label}</span>
                <input name=field value=value spellcheck="false" autocomplete="off"/>
            </label>
        }
        .into_any(),
        PickerKind::Filters(filters) => view! { <FilterPicker name label filters/> }.into_any(),
    };
    let error =
        error.map(|error| view! { <span class="picker-error" title=error>"no choices"</span> });
    view! { {body} {error} }
}

fn is_short(choices: &Choices) -> bool {
    choices.more == 0 && choices.find.is_empty()
}

fn option(choice: PickerChoice) -> impl IntoView {
    view! { <option value=choice.value selected=choice.is_chosen>{choice.text}</option> }
}

/// A list that opens under its button.
#[component]
fn List(name: String, label: String, shown: String, choices: Choices, many: bool) -> impl IntoView {
    let is_open = !choices.find.is_empty();
    let find = (choices.total > SEARCHED_FROM).then(|| {
        let label = ["Search ", &label].concat();
        view! {
            <div class="find">
                <input
                    type="search"
                    name=["find-", &name].concat()
                    value=choices.find.clone()
                    placeholder="Search"
                    aria-label=label
                    spellcheck="false"
                    autocomplete="off"
                />
                <button type="submit" class="button without-script">"Search"</button>
            </div>
        }
    });
    let list = items(&name, choices, many);
    view! {
        <details class="picker" name="picker" open=is_open>
            <summary>
                <span>{label}</span>
                <b>{shown}</b>
            </summary>
            <div class="choices" data-name=name>
                {find}
                <ul>{list}</ul>
                <button type="submit" class="button apply">"Apply"</button>
            </div>
        </details>
    }
}

/// The entries of a list, and how many it leaves out.
fn items(name: &str, choices: Choices, many: bool) -> impl IntoView + use<> {
    let kind = if many { "checkbox" } else { "radio" };
    let field = ["var-", name].concat();
    let entries = choices.items.into_iter().map(|choice| {
        view! {
            <li>
                <label>
                    <input type=kind name=field.clone() value=choice.value checked=choice.is_chosen/>
                    <span>{choice.text}</span>
                </label>
            </li>
        }
    });
    let more = (choices.more > 0).then(|| {
        let more = format!("{} more: search for them", choices.more);
        view! { <li class="more-choices">{more}</li> }
    });
    let none =
        (choices.total == 0).then(|| view! { <li class="more-choices">"Nothing to choose"</li> });
    view! { {entries.collect_view()} {more} {none} }
}

/// The entries of a list alone, as they are put in place of others.
pub fn render_choices(name: &str, choices: Choices, many: bool) -> String {
    items(name, choices, many).to_html()
}

/// The filters as pills, each with a way to take it off, and a way to add one.
#[component]
fn FilterPicker(name: String, label: String, filters: Filters) -> impl IntoView {
    let field = ["var-", &name].concat();
    let pills = filters.held.into_iter().map(|(words, value)| {
        let hint = ["Take the tick away to go without ", &words].concat();
        view! {
            <li>
                <label class="pill" title=hint>
                    <input type="checkbox" name=field.clone() value=value checked=true/>
                    {words}
                </label>
            </li>
        }
    });
    let pills = pills.collect_view();
    let labels = filters
        .labels
        .into_iter()
        .map(|label| view! { <option>{label}</option> });
    let labels = labels.collect_view();
    let add = |part: &str| ["add-", &name, "-", part].concat();
    let list = ["labels-", &name].concat();
    view! {
        <fieldset class="picker filters">
            <legend>{label}</legend>
            // What holds where no filter is left: none, and not the board's own.
            <input type="hidden" name=field value=""/>
            <ul>{pills}</ul>
            <input name=add("label") list=list.clone() placeholder="label" aria-label="Label" autocomplete="off" spellcheck="false"/>
            <datalist id=list>{labels}</datalist>
            <select name=add("op") aria-label="Comparison">
                <option>"="</option>
                <option>"!="</option>
                <option>"=~"</option>
                <option>"!~"</option>
            </select>
            <input name=add("value") placeholder="value" aria-label="Value" autocomplete="off" spellcheck="false"/>
            <button type="submit" class="button" title="Add the filter">"Add"</button>
        </fieldset>
    }
}
