//! A legend's template and a series' labels to the series' name.

use series::{Labels, METRIC_NAME};

/// The name of a series.
///
/// `{{label}}` in the template becomes the label's value, nothing where there
/// is no such label; where nothing is left, `no label` names the series. Without a template (or with Grafana's `__auto`) the only
/// label's value names the series, else the selector that matches it alone.
pub fn legend(template: &str, labels: &Labels) -> String {
    if !template.is_empty() && template != "__auto" {
        let name = fill(template, labels);
        return match name.trim() {
            "" => absent(template).unwrap_or(name),
            _ => name,
        };
    }
    let mut named = labels.iter().filter(|label| label.name != METRIC_NAME);
    match (labels.metric_name(), named.next(), named.next()) {
        ("", Some(only), None) => only.value.to_owned(),
        ("", None, _) => String::new(),
        (name, None, _) => name.to_owned(),
        _ => labels.to_string(),
    }
}

/// `no LABEL`: what names a series that has none of a template's labels, so
/// that its entry in a legend is not blank.
fn absent(template: &str) -> Option<String> {
    let (label, _) = template.split_once("{{")?.1.split_once("}}")?;
    Some(["no ", label.trim()].concat())
}

/// `{{label}}` in the template as the label's value.
pub(crate) fn fill(template: &str, labels: &Labels) -> String {
    let mut name = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        name.push_str(before);
        let Some((label, behind)) = after.split_once("}}") else {
            name.push_str("{{"); // never closed: it stands as it is
            rest = after;
            break;
        };
        name.push_str(labels.get(label.trim()).unwrap_or_default());
        rest = behind;
    }
    name.push_str(rest);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, labels: &[(&str, &str)], expected: &str) {
        let labels = Labels::from_pairs(labels.iter().copied());
        assert_eq!(legend(template, &labels), expected, "`{template}`");
    }

    #[test]
    fn templates_are_filled() {
        let labels = [("__name__", "up"), ("job", "a"), ("kind", "{{x}}")];
        check("{{job}}: {{ kind }}", &labels, "a: {{x}}");
        check("p95", &labels, "p95");
        check("{{absent}}", &labels, "no absent");
        check("{{absent}} {{job}}", &labels, " a");
        check("{{job", &labels, "{{job");
        check("{{__name__}}", &labels, "up");
    }

    #[test]
    fn without_a_template_the_labels_name_the_series() {
        check("", &[("kind", "render")], "render");
        check("__auto", &[("kind", "render")], "render");
        check("", &[("a", "1"), ("b", "2")], r#"{a="1", b="2"}"#);
        check("", &[("__name__", "up"), ("job", "a")], r#"up{job="a"}"#);
        check("", &[("__name__", "up")], "up");
        check("", &[], "");
    }
}
