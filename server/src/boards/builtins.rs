//! Grafana's built-in variables in a query -> their values for one view.

/// The values of the built-in variables.
#[derive(Clone, Copy, Debug)]
pub struct Builtins {
    /// `$__interval`: the step.
    pub interval_ms: i64,
    /// `$__rate_interval`.
    pub rate_interval_ms: i64,
    /// `$__range`: from start to end.
    pub range_ms: i64,
}

impl Builtins {
    /// Fills them in, in both spellings, `$name` and `${name}`.
    pub fn fill(&self, expr: &str) -> String {
        // A name that begins with another comes before it.
        let values = [
            ("__rate_interval", duration(self.rate_interval_ms)),
            ("__interval_ms", self.interval_ms.to_string()),
            ("__interval", duration(self.interval_ms)),
            ("__range_ms", self.range_ms.to_string()),
            ("__range_s", (self.range_ms / 1_000).to_string()),
            ("__range", duration(self.range_ms)),
        ];
        values.iter().fold(expr.to_owned(), |expr, (name, value)| {
            expr.replace(&format!("${{{name}}}"), value)
                .replace(&format!("${name}"), value)
        })
    }
}

/// As PromQL writes it; whole seconds where they suffice.
fn duration(ms: i64) -> String {
    if ms % 1_000 == 0 {
        format!("{}s", ms / 1_000)
    } else {
        format!("{ms}ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_filled_in() {
        let builtins = Builtins {
            interval_ms: 1_500,
            rate_interval_ms: 60_000,
            range_ms: 900_000,
        };
        let cases = [
            ("rate(a[$__rate_interval])", "rate(a[60s])"),
            ("a[${__interval}]", "a[1500ms]"),
            ("$__interval_ms / $__range_s", "1500 / 900"),
            ("b[$__range] $other", "b[900s] $other"),
        ];
        for (expr, expected) in cases {
            assert_eq!(builtins.fill(expr), expected);
        }
    }
}
