//! A link's template and what its value knows to an address.

use wire::url::encode;

/// The address, with `${name}` replaced by what `say` makes of the name,
/// encoded; what nobody knows is left out. `None` for an address that may not
/// stand in a page, such as `javascript:`.
pub fn address(template: &str, say: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut address = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}')?;
        address.push_str(before);
        address.push_str(&encode(&say(name).unwrap_or_default()));
        rest = behind;
    }
    address.push_str(rest);
    is_safe(&address).then_some(address)
}

/// Whether it leads to a page: of a known scheme, or without any.
fn is_safe(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default();
    let is_known = ["http:", "https:", "mailto:"].contains(&scheme.to_lowercase().as_str());
    is_known || !scheme.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expected: Option<&str>) {
        let say = |name: &str| (name == "__value.raw").then(|| "a&b".to_owned());
        assert_eq!(address(template, say).as_deref(), expected);
    }

    #[test]
    fn values_are_filled_in_and_scripts_are_no_pages() {
        check("/d/x?v=${__value.raw}&w=${other}", Some("/d/x?v=a%26b&w="));
        check("https://x.example/a:b", Some("https://x.example/a:b"));
        check("javascript:alert(1)", None);
        check(" JavaScript:alert(1)", None);
        check("${__value.raw", None);
    }
}
