//! A shown board to what stands around its panels: the pickers of its
//! variables, its rows, its links.

use app::text::health;
use app::{Choices, Filters, PageLink, Picker, PickerChoice, PickerKind, Row, Switch};
use dashboard::annotation::Annotation;
use dashboard::{ALL, Board, ChoicesFrom, Filter, Link, Panel};
use wire::url::{LiveParams, board_url, encode, pairs};

use super::PageView;
use crate::boards::Boards;
use crate::boards::variables::Offer;

/// More choices of a list are not on the page: they are searched for.
const CHOICES_ON_PAGE: usize = 100;

/// What stands around the panels; `query` is what the page's URL says.
pub fn page_chrome(view: &PageView, boards: &Boards, query: &str) -> app::Around {
    let chrome = &view.chrome;
    let links = |links: &[Link]| -> Vec<PageLink> {
        let pages = links.iter().flat_map(|link| pages(link, boards, query));
        pages.filter(|page| is_safe(&page.url)).collect()
    };
    let of_panel = |panel: &Panel| (panel.id, links(&panel.links));
    let linked = chrome
        .board
        .panels
        .iter()
        .filter(|panel| !panel.links.is_empty());
    app::Around {
        pickers: view
            .resolved
            .offers
            .iter()
            .filter_map(|offer| picker(offer, query))
            .collect(),
        board_zone: board_zone(&chrome.board),
        switches: switches(&chrome.board, query),
        rows: chrome
            .rows
            .iter()
            .map(|row| Row {
                id: row.id,
                is_open: row.is_open,
                panels: row.panels,
            })
            .collect(),
        links: links(&chrome.board.links),
        panel_links: linked.map(of_panel).collect(),
        range: view.range.clone(),
        notices: chrome.notices.clone(),
        diagnostics: Vec::new(),
    }
}

fn board_zone(board: &Board) -> String {
    match board.time.zone.as_str() {
        "browser" | "utc" => String::new(), // these are offered on every page
        name => name.to_owned(),
    }
}

/// A switch for each annotation that has one.
fn switches(board: &Board, query: &str) -> Vec<Switch> {
    let switched = LiveParams::from_query(query).annotations;
    let offered = board.annotations.iter().filter(|one| !one.hidden);
    let switch = |annotation: &Annotation| Switch {
        name: annotation.name.clone(),
        color_role: health::class(annotation.status),
        is_on: annotation.is_shown(&switched),
        other_way: annotation.switched(&switched),
    };
    offered.map(switch).collect()
}

/// How a variable is chosen; `None` where nobody chooses it.
fn picker(offer: &Offer, query: &str) -> Option<Picker> {
    let variable = &offer.variable;
    let find = pairs(query).find(|(name, _)| name.strip_prefix("find-") == Some(&variable.name));
    let find = find.map(|(_, find)| find).unwrap_or_default();
    let kind = match &variable.from {
        _ if variable.hidden => return None,
        ChoicesFrom::Constant(_) => return None,
        ChoicesFrom::Text(_) => PickerKind::Text(offer.value.values.join(",")),
        ChoicesFrom::Filters(_) => PickerKind::Filters(filters(offer)),
        _ if variable.multi => PickerKind::Many(choices(offer, &find)),
        _ => PickerKind::One(choices(offer, &find)),
    };
    Some(Picker {
        name: variable.name.clone(),
        label: match variable.label.as_str() {
            "" => variable.name.clone(),
            label => label.to_owned(),
        },
        kind,
        shown: shown(offer),
        error: offer.error.clone(),
    })
}

fn shown(offer: &Offer) -> String {
    match offer.value.texts.as_slice() {
        [] => "None".to_owned(),
        [first, second, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second} and {} more", rest.len())
        }
        texts => texts.join(", "),
    }
}

/// What of a variable's choices is on the page, where `find` is looked for.
pub fn choices(offer: &Offer, find: &str) -> Choices {
    let value = &offer.value;
    // Of an interval that fits, the value is what fits, and no choice.
    let held = match &offer.variable.from {
        ChoicesFrom::Interval(_) => &value.texts,
        _ => &value.values,
    };
    let is_chosen = |choice: &str| !value.is_all && held.iter().any(|held| held == choice);
    let item = |text: &str, value: &str, is_chosen: bool| PickerChoice {
        text: text.to_owned(),
        value: value.to_owned(),
        is_chosen,
    };
    let all = offer.variable.include_all;
    let mut items: Vec<PickerChoice> = all
        .then(|| item("All", ALL, value.is_all))
        .into_iter()
        .collect();
    let is_known = |text: &String| offer.choices.iter().any(|choice| choice.value == *text);
    let typed = held.iter().zip(&value.texts);
    let typed = typed.filter(|(held, _)| !value.is_all && !is_known(held));
    items.extend(typed.map(|(held, text)| item(text, held, true)));
    let wanted = find.to_lowercase();
    let matching = offer.choices.iter();
    let mut matching: Vec<_> = matching
        .filter(|choice| is_chosen(&choice.value) || choice.text.to_lowercase().contains(&wanted))
        .collect();
    let more = matching.len().saturating_sub(CHOICES_ON_PAGE);
    if more > 0 {
        matching.sort_by_key(|choice| !is_chosen(&choice.value)); // stable: the order stays
        matching.truncate(CHOICES_ON_PAGE);
    }
    let found = matching.into_iter();
    items.extend(found.map(|choice| item(&choice.text, &choice.value, is_chosen(&choice.value))));
    Choices {
        items,
        total: offer.choices.len(),
        more,
        find: find.to_owned(),
    }
}

fn filters(offer: &Offer) -> Filters {
    let held = offer.filters.iter();
    let words = |filter: &Filter| format!("{} {} {}", filter.label, filter.op, filter.value);
    Filters {
        held: held
            .map(|filter| (words(filter), filter.to_string()))
            .collect(),
        labels: offer
            .choices
            .iter()
            .map(|choice| choice.value.clone())
            .collect(),
    }
}

/// The query with the filter that its `add-` fields name; `None` where they
/// name none.
pub fn with_added_filter(query: &str) -> Option<String> {
    let field = |wanted: &str| {
        let mut all = pairs(query).filter(|(name, _)| name.starts_with("add-"));
        all.find(|(name, value)| name.ends_with(wanted) && !value.is_empty())
    };
    let (name, label) = field("-label")?;
    let variable = name.strip_prefix("add-")?.strip_suffix("-label")?;
    let of = |part: &str| {
        let name = format!("add-{variable}-{part}");
        let value = pairs(query).find(|(other, _)| *other == name);
        value.map(|(_, value)| value).unwrap_or_default()
    };
    let filter = Filter {
        label,
        op: of("op"),
        value: of("value"),
    };
    let kept = pairs(query).filter(|(name, _)| !name.starts_with("add-"));
    let added = (format!("var-{variable}"), filter.to_string());
    let all = kept.chain([added]);
    let pairs: Vec<String> = all
        .map(|(name, value)| format!("{}={}", encode(&name), encode(&value)))
        .collect();
    Some(pairs.join("&"))
}

/// A link's page, or one for each board that has its tags.
fn pages(link: &Link, boards: &Boards, query: &str) -> Vec<PageLink> {
    let kept = kept(link, query);
    let page = |title: &str, url: &str| PageLink {
        title: if title.is_empty() { url } else { title }.to_owned(),
        url: with_query(url, &kept),
        new_tab: link.new_tab,
    };
    if !link.url.is_empty() {
        return vec![page(&link.title, &link.url)];
    }
    let all = boards.all();
    let tagged = all
        .iter()
        .filter(|entry| !entry.id.is_overview())
        .filter(|entry| link.tags.iter().all(|tag| entry.board.tags.contains(tag)));
    tagged
        .map(|entry| page(&entry.title, &board_url(&entry.id)))
        .collect()
}

/// What of the page's query goes along with a link.
fn kept(link: &Link, query: &str) -> String {
    let params = LiveParams::from_query(query);
    let mut kept = LiveParams::default();
    if link.keep_time {
        kept.from = params.from;
        kept.to = params.to;
        kept.refresh = params.refresh;
    }
    if link.keep_variables {
        kept.variables = params.variables;
    }
    kept.to_query()
}

fn with_query(url: &str, query: &str) -> String {
    match (query, url.contains('?')) {
        ("", _) => url.to_owned(),
        (query, true) => format!("{url}&{query}"),
        (query, false) => format!("{url}?{query}"),
    }
}

/// Whether the link leads to a page: a path here, or a page elsewhere.
fn is_safe(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().unwrap_or_default();
    match scheme.split_once(':') {
        None => true,
        Some((scheme, _)) => {
            let scheme = scheme.trim().to_ascii_lowercase();
            matches!(scheme.as_str(), "http" | "https" | "mailto")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashboard::{Choice, Variable};

    fn offer(choices: usize, requested: &[&str]) -> Offer {
        let variable = Variable {
            name: "v".into(),
            from: ChoicesFrom::Query("label_values(v)".into()),
            multi: true,
            include_all: true,
            ..Variable::default()
        };
        let choices: Vec<Choice> = (0..choices)
            .map(|i| Choice::plain(format!("n{i}")))
            .collect();
        let requested: Vec<String> = requested.iter().map(|value| (*value).to_owned()).collect();
        Offer {
            value: variable.value(&choices, &requested, 0),
            variable,
            choices,
            filters: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn of_a_long_list_the_chosen_and_some_are_on_the_page() {
        let check = |offer: &Offer, find: &str, first: &[&str], len: usize, more: usize| {
            let choices = choices(offer, find);
            let texts: Vec<&str> = choices
                .items
                .iter()
                .map(|item| item.text.as_str())
                .collect();
            assert_eq!(texts[..first.len()], *first);
            assert_eq!((texts.len(), choices.more), (len, more));
        };
        check(&offer(3, &[]), "", &["All", "n0", "n1", "n2"], 4, 0);
        let long = offer(2_000, &["n1999", "typed"]);
        check(&long, "", &["All", "typed", "n1999", "n0"], 102, 1_900);
        check(&long, "N199", &["All", "typed", "n199", "n1990"], 13, 0);
        assert_eq!(shown(&offer(5, &["n1", "n2", "n3"])), "n1, n2 and 1 more");
        assert_eq!(shown(&offer(5, &[])), "All");
    }

    #[test]
    fn an_added_filter_becomes_part_of_the_address() {
        let check = |query: &str, expected: Option<&str>| {
            assert_eq!(with_added_filter(query).as_deref(), expected);
        };
        check(
            "from=now-1h&var-F=&add-F-label=job&add-F-op=%3D~&add-F-value=a|b",
            Some("from=now-1h&var-F=&var-F=job%7C%3D~%7Ca__gfp__b"),
        );
        check("add-F-label=&add-F-op=%3D&add-F-value=x", None);
    }

    #[test]
    fn links_carry_what_they_are_to_keep_and_lead_to_pages_alone() {
        let link = Link {
            title: "There".into(),
            url: "/d/there/x?a=1".into(),
            keep_time: true,
            ..Link::default()
        };
        let query = "from=now-1h&to=now&var-a=b&theme=dark";
        let pages = pages(&link, &Boards::default(), query);
        assert_eq!(pages[0].url, "/d/there/x?a=1&from=now-1h&to=now");
        for (url, expected) in [
            ("/d/x", true),
            ("d/x?y=a:b", true),
            ("https://example.org", true),
            ("javascript:alert(1)", false),
            (" JavaScript:alert(1)", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(is_safe(url), expected, "{url}");
        }
    }
}
