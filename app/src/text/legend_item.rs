//! A series as a button of a legend.

use super::html::push_escaped;

/// The button of the series `key`; `color_role` is the class of its colour.
pub fn push(html: &mut String, key: u32, name: &str, color_role: &str, is_shown: bool) {
    html.push_str("<button type=\"button\" class=\"chip ");
    html.push_str(color_role);
    html.push_str("\" aria-pressed=\"");
    html.push_str(pressed(is_shown));
    html.push_str("\" data-key=\"");
    html.push_str(&key.to_string());
    html.push_str("\">");
    push_escaped(html, name);
    html.push_str("</button>");
}

/// The value of `aria-pressed`.
pub fn pressed(is_shown: bool) -> &'static str {
    if is_shown { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_says_whether_its_series_is_shown() {
        let mut html = String::new();
        push(&mut html, 2, "a<b", "s1", false);
        assert_eq!(
            html,
            "<button type=\"button\" class=\"chip s1\" aria-pressed=\"false\" \
             data-key=\"2\">a&lt;b</button>"
        );
    }
}
