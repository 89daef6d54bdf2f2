//! Text into markup that is written as a string.

pub use chart::escape::push_escaped;

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
