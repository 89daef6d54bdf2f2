//! A panel to the line that puts it into a frame on somebody else's page.

use wire::board::PanelLayout;
use wire::id::{BoardId, PanelId};
use wire::url::{EMBED, EMBED_PANEL, encode};

use super::html::push_escaped;

/// A row of the grid in CSS pixels.
const ROW_PX: u32 = 36;

/// A panel's height in CSS pixels.
pub fn height_px(panel: &PanelLayout) -> u32 {
    u32::from(panel.grid.h) * ROW_PX
}

/// A board's height before it has told its own.
const BOARD_PX: u32 = 900;

/// The path and query of a panel's frame; `query` is without its `?`.
pub fn address(board: &BoardId, panel: PanelId, query: &str) -> String {
    let path = EMBED_PANEL
        .replace("{board}", &encode(board.name()))
        .replace("{panel}", &panel.to_string());
    match query {
        "" => path,
        query => [&path, "?", query].concat(),
    }
}

/// The `<iframe>` of a panel; `origin` is the server's, `query` what its URL
/// asks for, without `?`.
pub fn iframe(origin: &str, board: &BoardId, panel: &PanelLayout, query: &str) -> String {
    let address = address(board, panel.id, query);
    frame(origin, &address, height_px(panel), &panel.title)
}

/// The `<iframe>` of a whole board, likewise.
pub fn board_iframe(origin: &str, board: &BoardId, query: &str) -> String {
    let path = EMBED.replace("{board}", &encode(board.name()));
    let address = match query {
        "" => path,
        query => [&path, "?", query].concat(),
    };
    frame(origin, &address, BOARD_PX, board.name())
}

fn frame(origin: &str, address: &str, height_px: u32, title: &str) -> String {
    let mut line = String::from("<iframe src=\"");
    push_escaped(&mut line, origin);
    push_escaped(&mut line, address);
    line.push_str("\" width=\"100%\" height=\"");
    line.push_str(&height_px.to_string());
    line.push_str("\" title=\"");
    push_escaped(&mut line, title);
    line.push_str("\" style=\"border:0\"></iframe>");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::{Grid, PanelKind};

    #[test]
    fn the_line_can_be_pasted_as_it_is() {
        let panel = PanelLayout {
            id: PanelId(7),
            title: "Farm & mill".to_owned(),
            description: String::new(),
            time: String::new(),
            grid: Grid {
                x: 0,
                y: 0,
                w: 12,
                h: 8,
            },
            kind: PanelKind::Row,
        };
        assert_eq!(
            iframe(
                "https://andon.example",
                &"a b".into(),
                &panel,
                "from=now-1h&to=now"
            ),
            "<iframe src=\"https://andon.example/embed/a%20b/7?from=now-1h&amp;to=now\" \
             width=\"100%\" height=\"288\" title=\"Farm &amp; mill\" style=\"border:0\"></iframe>"
        );
        assert_eq!(
            board_iframe("https://andon.example", &BoardId::overview(), ""),
            "<iframe src=\"https://andon.example/embed/overview\" width=\"100%\" \
             height=\"900\" title=\"overview\" style=\"border:0\"></iframe>"
        );
    }
}
