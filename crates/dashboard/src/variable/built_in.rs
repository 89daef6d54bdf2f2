//! The variables that every board has, by Grafana's names.

use wire::id::BoardId;
use wire::url::encode;

use super::scope::{Scope, Value};
use crate::duration;

/// What a query's view gives, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIns {
    /// The first time shown: `$__from`.
    pub from_ms: i64,
    /// The last time shown: `$__to`.
    pub to_ms: i64,
    /// The distance of two points: `$__interval`.
    pub interval_ms: i64,
    /// A window that holds at least two samples: `$__rate_interval`.
    pub rate_interval_ms: i64,
}

/// What a page gives to its titles, texts and links.
#[derive(Clone, Copy, Debug)]
pub struct PageValues<'a> {
    /// The board's title: `$__dashboard`.
    pub title: &'a str,
    /// The board's id: `${__dashboard.uid}`.
    pub id: &'a BoardId,
    /// The time zone: `$timezone`.
    pub zone: &'a str,
    /// Both ends as the URL writes them: `$__url_time_range`.
    pub range: (&'a str, &'a str),
    /// Both ends in milliseconds: `$__from`, `$__to`.
    pub range_ms: (i64, i64),
    /// The variables that the URL names: `$__all_variables`.
    pub variables: &'a [(String, String)],
}

fn duration_text(ms: i64) -> String {
    duration::format(ms.unsigned_abs())
}

impl Scope {
    /// A scope of what a query's view gives.
    pub fn built_in(view: &BuiltIns) -> Self {
        let range_ms = view.to_ms - view.from_ms;
        Self::of(&[
            ("__from", view.from_ms.to_string()),
            ("__to", view.to_ms.to_string()),
            ("__interval", duration_text(view.interval_ms)),
            ("__interval_ms", view.interval_ms.to_string()),
            ("__rate_interval", duration_text(view.rate_interval_ms)),
            ("__rate_interval_ms", view.rate_interval_ms.to_string()),
            ("__range", duration_text(range_ms)),
            ("__range_s", (range_ms / 1_000).to_string()),
            ("__range_ms", range_ms.to_string()),
        ])
    }

    /// Adds what a page gives. Nobody is logged in, so the user's name is
    /// empty, as it is for Grafana's anonymous readers.
    pub fn set_page(&mut self, page: &PageValues) {
        let variables = page.variables.iter();
        let variables: Vec<String> = variables
            .map(|(name, value)| format!("var-{name}={}", encode(value)))
            .collect();
        let (from, to) = page.range;
        let of_page = Self::of(&[
            ("__dashboard", page.title.to_owned()),
            ("__dashboard.title", page.title.to_owned()),
            ("__dashboard.uid", page.id.to_string()),
            ("__timezone", page.zone.to_owned()),
            ("timezone", page.zone.to_owned()),
            ("__from", page.range_ms.0.to_string()),
            ("__to", page.range_ms.1.to_string()),
            (
                "__url_time_range",
                format!("from={}&to={}", encode(from), encode(to)),
            ),
            ("__all_variables", variables.join("&")),
            ("__user.id", "0".to_owned()),
            ("__user.login", String::new()),
            ("__user.email", String::new()),
            ("__org", "1".to_owned()),
            ("__org.id", "1".to_owned()),
            ("__org.name", "Andon".to_owned()),
        ]);
        self.add(of_page);
    }

    fn of(values: &[(&str, String)]) -> Self {
        let mut scope = Self::default();
        for (name, value) in values {
            scope.set(name, Value::plain(value));
        }
        scope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variable::Target;

    fn check(text: &str, expected: &str) {
        let mut scope = Scope::built_in(&BuiltIns {
            from_ms: 1_700_000_000_000,
            to_ms: 1_700_000_900_000,
            interval_ms: 1_500,
            rate_interval_ms: 60_000,
        });
        scope.set_page(&PageValues {
            title: "Farm",
            id: &"farm-1".into(),
            zone: "Europe/Zurich",
            range: ("now-1h", "now"),
            range_ms: (1_700_000_000_000, 1_700_000_900_000),
            variables: &[("a".to_owned(), "x y".to_owned())],
        });
        assert_eq!(scope.fill(text, Target::Text), expected, "{text}");
    }

    #[test]
    fn a_view_gives_its_times() {
        check(
            "$__interval ${__range_s} [[__rate_interval]] $__rate_intervals",
            "1s500ms 900 1m $__rate_intervals",
        );
        check(
            "${__from:date:iso} ${__to:date:seconds} ${__from:date:YYYY-MM}",
            "2023-11-14T22:13:20.000Z 1700000900 2023-11",
        );
    }

    #[test]
    fn a_page_gives_its_names() {
        check(
            "$__dashboard ${__dashboard.uid} $timezone",
            "Farm farm-1 Europe/Zurich",
        );
        check(
            "?${__url_time_range}&$__all_variables",
            "?from=now-1h&to=now&var-a=x%20y",
        );
        check("<${__user.login}> ${__user.name}", "<> ${__user.name}");
    }
}
