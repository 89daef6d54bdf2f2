//! A reading under the cursor to markup and to speech.

use ::chart::cursor::{Entry, Reading};

use crate::text::html::push_escaped;

/// Rows of the box; of more series the highest and the nearest are shown.
const MOST_ROWS: usize = 10;

/// The box beside the crosshair: the moment, then the series, highest first.
pub fn html(reading: &Reading, moment: &str) -> String {
    let mut html = String::from("<p>");
    push_escaped(&mut html, moment);
    html.push_str("</p><table>");
    for entry in shown(&reading.entries) {
        html.push_str(if entry.nearest {
            "<tr class=\"nearest\">"
        } else {
            "<tr>"
        });
        html.push_str("<th scope=\"row\" class=\"");
        html.push_str(entry.color_role.class());
        html.push_str("\"><span>");
        push_escaped(&mut html, &entry.name);
        html.push_str("</span></th><td>");
        push_escaped(&mut html, &entry.text);
        html.push_str("</td></tr>");
    }
    html.push_str("</table>");
    html
}

fn shown(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    let rest = entries.iter().skip(MOST_ROWS).filter(|entry| entry.nearest);
    entries.iter().take(MOST_ROWS).chain(rest)
}

/// What is said of a reading: the nearest series first, or all of them.
pub fn spoken(reading: &Reading, moment: &str) -> String {
    let nearest = reading.entries.iter().find(|entry| entry.nearest);
    let mut text = moment.to_owned();
    let said = match nearest {
        Some(entry) => std::slice::from_ref(entry),
        None => &reading.entries,
    };
    for entry in said {
        text.push_str(", ");
        text.push_str(&entry.name);
        text.push(' ');
        text.push_str(&entry.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::chart::color_role::ColorRole;

    fn reading(names: &[&str], nearest: usize) -> Reading {
        let entries = names.iter().enumerate().map(|(index, name)| Entry {
            key: index as u32,
            name: (*name).to_owned(),
            color_role: ColorRole::Series(1),
            value: 1.0,
            text: "1 s".to_owned(),
            position: 0.5,
            nearest: index == nearest,
        });
        Reading {
            column: 0,
            time_ms: 0,
            position: 0.0,
            entries: entries.collect(),
        }
    }

    #[test]
    fn a_name_is_text_and_never_markup() {
        let html = html(&reading(&["<b>"], 9), "noon");
        assert_eq!(
            html,
            "<p>noon</p><table><tr><th scope=\"row\" class=\"s1\"><span>&lt;b&gt;</span></th>\
             <td>1 s</td></tr></table>"
        );
    }

    #[test]
    fn the_nearest_is_always_shown() {
        let names: Vec<String> = (0..30).map(|index| format!("n{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let html = html(&reading(&names, 25), "noon");
        assert_eq!(html.matches("<tr").count(), 11);
        assert!(html.contains("n25"));
    }

    #[test]
    fn the_nearest_is_said_alone() {
        assert_eq!(spoken(&reading(&["a", "b"], 1), "noon"), "noon, b 1 s");
        assert_eq!(
            spoken(&reading(&["a", "b"], 9), "noon"),
            "noon, a 1 s, b 1 s"
        );
    }
}
