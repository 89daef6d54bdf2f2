//! A series' labels to its name: by its query's legend, and by the display name
//! that the panel's field or an override has for it.

use series::{Labels, METRIC_NAME};
use wire::id::RefId;

use crate::panel::Panel;

/// The name of a series.
///
/// `{{label}}` in the template becomes the label's value, nothing where there
/// is no such label; where nothing is left, `no label` names the series. Without
/// a template (or with Grafana's `__auto`) the only label's value names the
/// series, else the selector that matches it alone.
pub fn legend(template: &str, labels: &Labels) -> String {
    if !template.is_empty() && template != "__auto" {
        let name = fill_labels(template, labels);
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

/// `{{label}}` in the template as the label's value; nothing where there is none.
pub fn fill_labels(template: &str, labels: &Labels) -> String {
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

impl Panel {
    /// The places of the overrides that are for a series, among the panel's.
    pub fn overrides_of_series(&self, name: &str, query: RefId) -> Vec<u16> {
        let places = self.overrides.iter().zip(0..);
        let meant = places.filter(|(over, _)| over.of.is(name, query));
        meant.map(|(_, place)| place).collect()
    }

    /// What a series is shown as that its legend calls `name`: what the
    /// panel's field, or the last of its overrides that says so, has in place.
    pub fn shown_name(&self, name: &str, overrides: &[u16], labels: &Labels) -> String {
        let last_first = overrides.iter().rev();
        let mut names = last_first
            .filter_map(|place| self.overrides.get(usize::from(*place)))
            .map(|over| over.field.name.as_str())
            .chain([self.field.name.as_str()]);
        match names.find(|name| !name.is_empty()) {
            Some(template) => display_name(template, name, labels),
            None => name.to_owned(),
        }
    }
}

/// A display name with its series' names and labels in place of
/// `${__field.name}`, `${__field.displayName}`, `${__series.name}` and
/// `${__field.labels.NAME}`; whatever else stands as it is written.
pub fn display_name(template: &str, name: &str, labels: &Labels) -> String {
    let mut shown = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        shown.push_str(before);
        let Some((reference, behind)) = after.split_once('}') else {
            shown.push_str("${");
            rest = after;
            break;
        };
        match reference {
            "__field.name" | "__field.displayName" | "__series.name" => shown.push_str(name),
            "__field.labels" => shown.push_str(&labels.to_string()),
            other => match other.strip_prefix("__field.labels.") {
                Some(label) => {
                    let value = labels.get(label.trim_matches('"'));
                    shown.push_str(value.unwrap_or_default());
                }
                None => shown.push_str(&["${", other, "}"].concat()),
            },
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown
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

    fn check_display(template: &str, expected: &str) {
        let labels = Labels::from_pairs([("job", "api"), ("pod", "a-1")]);
        assert_eq!(
            display_name(template, "api a-1", &labels),
            expected,
            "{template}"
        );
    }

    #[test]
    fn names_are_filled_in() {
        check_display(
            "${__field.labels.job}: ${__field.displayName}",
            "api: api a-1",
        );
        check_display("${__field.labels.absent}!", "!");
        check_display("${other} $x ${__series.name", "${other} $x ${__series.name");
        check_display("plain", "plain");
    }

    #[test]
    fn the_last_override_that_names_a_series_names_it() {
        let board = crate::file::read(
            r#"
title: T
panels:
  - field: {name: all}
    overrides:
      - {of: {regex: "^api"}, field: {name: "${__field.labels.pod}"}}
      - {of: {query: A}, hidden: true}
      - {of: {name: other}, field: {name: nobody}}
"#,
        );
        let panel = board.unwrap().panels.remove(0);
        let labels = Labels::from_pairs([("pod", "a-1")]);
        let overrides = panel.overrides_of_series("api a-1", RefId('A'));
        assert_eq!(overrides, [0, 1]);
        assert_eq!(panel.shown_name("api a-1", &overrides, &labels), "a-1");
        assert_eq!(panel.shown_name("b", &[], &labels), "all");
    }
}
