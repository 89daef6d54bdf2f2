//! Links to boards.

use wire::url;

use crate::page::BoardLink;
use crate::text::html::push_escaped;

/// The list, as it stands in a panel.
pub fn board_list(boards: &[BoardLink]) -> String {
    if boards.is_empty() {
        return "<p class=\"nothing\">No board has these tags.</p>".to_owned();
    }
    let mut html = String::from("<ul class=\"board-links\">");
    for board in boards {
        html.push_str("<li><a href=\"");
        push_escaped(&mut html, &url::board_url(&board.id));
        html.push_str("\">");
        push_escaped(&mut html, &board.title);
        html.push_str("</a></li>");
    }
    html.push_str("</ul>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_are_links_by_their_titles() {
        let boards = [BoardLink {
            id: "a b".into(),
            title: "A & B".into(),
            short_title: "A & B".into(),
            folder: String::new(),
        }];
        let link = "<li><a href=\"/d/a%20b\">A &amp; B</a></li>";
        assert!(board_list(&boards).contains(link));
        assert!(board_list(&[]).contains("No board"));
    }
}
