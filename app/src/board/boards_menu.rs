//! Every board there is -> those in the bar, and the menu of all by their
//! systems and folders.

use leptos::prelude::*;
use wire::id::BoardId;
use wire::url;

use crate::ids;
use crate::page::BoardLink;

/// So many boards of no system stand in the bar.
const OWN_IN_BAR: usize = 6;
/// More boards than this are in the list of all boards alone.
const BOARDS_IN_MENU: usize = 100;

/// The boards of the bar: the first of those that belong to no system, then
/// all of the system on the page, or of the only one there is.
pub fn in_bar<'a>(boards: &'a [BoardLink], current: Option<&BoardId>) -> Vec<&'a BoardLink> {
    let mut folders = boards.iter().filter_map(folder);
    let first = folders.next();
    let only = first.filter(|first| folders.all(|other| other == *first));
    let here = boards.iter().find(|board| Some(&board.id) == current);
    let shown = here.and_then(folder).or(only);
    let own = boards.iter().filter(|board| folder(board).is_none());
    let own = own
        .enumerate()
        .filter(|(index, board)| *index < OWN_IN_BAR || Some(*board) == here);
    let of_folder = boards
        .iter()
        .filter(|board| shown.is_some() && folder(board) == shown);
    own.map(|(_, board)| board).chain(of_folder).collect()
}

/// `None` for a board that belongs to no system.
fn folder(board: &BoardLink) -> Option<&str> {
    Some(board.folder.as_str()).filter(|name| !name.is_empty())
}

/// The button of the menu, and the menu.
pub fn more_boards(boards: &[BoardLink], current: Option<&BoardId>) -> impl IntoView + use<> {
    let total = boards.len();
    let mut folders: Vec<&str> = Vec::new();
    for board in boards {
        if !folders.contains(&board.folder.as_str()) {
            folders.push(&board.folder);
        }
    }
    let shown = &boards[..total.min(BOARDS_IN_MENU)];
    let groups = folders.iter().filter_map(|folder| {
        let of_folder = shown.iter().filter(|board| board.folder == **folder);
        let links = of_folder.map(|board| {
            let is_here = (Some(&board.id) == current).then_some("page");
            let title = board.short_title.clone();
            view! { <li><a href=url::board_url(&board.id) aria-current=is_here>{title}</a></li> }
        });
        let links: Vec<_> = links.collect();
        let heading = (!folder.is_empty()).then(|| view! { <h2>{(*folder).to_owned()}</h2> });
        (!links.is_empty()).then(|| view! { <section>{heading} <ul>{links}</ul></section> })
    });
    let groups: Vec<_> = groups.collect();
    view! {
        <button type="button" class="button" popovertarget=ids::BOARDS_MENU>
            {format!("All {total} boards")}
        </button>
        <div class="menu boards-menu" id=ids::BOARDS_MENU popover="auto">
            {groups}
            <section>
                <ul>
                    <li><a href=url::BOARDS>"Search boards and panels"</a></li>
                </ul>
            </section>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(boards: &[(&str, &str)], current: Option<&str>, expected: &[&str]) {
        let link = |(id, folder): &(&str, &str)| BoardLink {
            id: (*id).into(),
            title: (*id).to_owned(),
            short_title: (*id).to_owned(),
            folder: (*folder).to_owned(),
        };
        let boards: Vec<BoardLink> = boards.iter().map(link).collect();
        let current = current.map(BoardId::from);
        let got: Vec<&str> = in_bar(&boards, current.as_ref())
            .iter()
            .map(|board| board.id.as_str())
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn the_bar_holds_the_boards_of_the_system_on_the_page() {
        let one = [("", ""), ("farm", "Farm"), ("farm-limits", "Farm")];
        check(&one, Some(""), &["", "farm", "farm-limits"]);
        let two = [
            ("", ""),
            ("farm", "Farm"),
            ("mill", "Mill"),
            ("mill-limits", "Mill"),
        ];
        check(&two, Some(""), &[""]);
        check(&two, Some("mill"), &["", "mill", "mill-limits"]);
        check(&two, None, &[""]);
    }

    #[test]
    fn of_many_boards_of_no_system_the_bar_holds_some_and_the_one_on_the_page() {
        let ids = ["", "a", "b", "c", "d", "e", "f", "g"];
        let own = ids.map(|id| (id, ""));
        check(&own, Some("g"), &["", "a", "b", "c", "d", "e", "g"]);
    }
}
