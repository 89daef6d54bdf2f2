//! Text into markup that is written as a string.

/// Text as it may stand in an element and in a quoted attribute.
pub fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// `<TAG CLASS>` with text in it; no class attribute where `class` is empty.
pub fn push_element(html: &mut String, tag: &str, class: &str, text: &str) {
    html.push('<');
    html.push_str(tag);
    if !class.is_empty() {
        html.push_str(" class=\"");
        html.push_str(class);
        html.push('"');
    }
    html.push('>');
    push_escaped(html, text);
    html.push_str("</");
    html.push_str(tag);
    html.push('>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_markup() {
        let mut html = String::new();
        push_element(&mut html, "b", "", "<i a=\"x\">&");
        push_element(&mut html, "i", "mark", "");
        assert_eq!(
            html,
            "<b>&lt;i a=&quot;x&quot;&gt;&amp;</b><i class=\"mark\"></i>"
        );
    }
}
