//! Random texts, as the fuzz target makes them without end.

#[cfg(test)]
#[path = "support/property.rs"]
mod property;

#[cfg(test)]
#[path = "support/store.rs"]
mod store;

#[cfg(test)]
mod tests {
    use super::property;

    const WORDS: &[&str] = &[
        "a",
        "b",
        "a_total",
        "h",
        "h_bucket",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "=",
        "!=",
        "=~",
        "!~",
        "==",
        ">",
        "<=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "@",
        "#",
        "\n",
        " ",
        "\"x\"",
        "'le'",
        "`.*`",
        "\"(\"",
        "\"$1\"",
        "0",
        "1",
        "0.5",
        "1e300",
        "0x1F",
        "017",
        "1_0",
        "Inf",
        "NaN",
        "5m",
        "1m",
        "1y",
        "1ms",
        "[5m]",
        "[5m:1m]",
        "[1m:]",
        "{x=\"1\"}",
        "{\"a\"}",
        "offset",
        "offset -1m",
        "@ start()",
        "@ end()",
        "@ -1e15",
        "bool",
        "on",
        "on (x)",
        "ignoring (le)",
        "group_left",
        "group_right (x)",
        "by (x)",
        "by",
        "without (le)",
        "and",
        "or",
        "unless",
        "atan2",
        "sum",
        "sum(",
        "avg(",
        "topk(2, ",
        "bottomk(1, ",
        "quantile(0.5, ",
        "count_values(\"v\", ",
        "stddev(",
        "rate(a[5m])",
        "max_over_time(",
        "quantile_over_time(2, ",
        "absent(",
        "absent_over_time(",
        "histogram_quantile(0.9, ",
        "label_replace(",
        "label_join(a, \"x\", \",\", \"le\")",
        "sort_desc(",
        "vector(",
        "scalar(",
        "time()",
        "year(",
        "predict_linear(a[5m], 1e300)",
        "clamp(",
        "round(",
        "timestamp(",
        "limitk(",
        "ä",
        "\u{0}",
        "\\",
        "\"\\xff\"",
    ];

    fn random_text(random: &mut impl FnMut(usize) -> usize) -> String {
        let length = random(12);
        let mut text: String = (0..length).map(|_| WORDS[random(WORDS.len())]).collect();
        // Closing what is open makes many more texts expressions.
        for (open, close) in [('[', "]"), ('(', ")")] {
            let closed = text.matches(close).count();
            let missing = text.matches(open).count().saturating_sub(closed);
            text.push_str(&close.repeat(missing));
        }
        text
    }

    #[test]
    fn every_text_ends_in_an_answer_or_an_error() {
        let store = property::store();
        let mut state = 1_u64;
        let mut random = move |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..20_000 {
            property::check(&random_text(&mut random), &store);
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        let store = property::store();
        let deep = 100_000;
        for (before, middle, after) in [
            ("(", "1", ")"),
            ("-", "a", ""),
            ("sum(", "a", ")"),
            ("1 + ", "1", ""),
            ("", "1", " + 1"),
            ("1 ^ ", "1", ""),
            ("(", "", ""),
            ("", "a", "[1m:1m]"),
            ("{", "", ""),
        ] {
            let text = [before.repeat(deep), middle.to_owned(), after.repeat(deep)].concat();
            assert!(promql::parse(&text).is_err(), "{before}{middle}{after}");
        }
        // What is just not too deep is evaluated on an ordinary stack.
        for (before, after) in [
            ("(", ")"),
            ("abs(", ")"),
            ("sum(", ")"),
            ("1 + ", ""),
            ("a + ", ""),
            ("", "[1m:1m]"),
        ] {
            let mut depth = promql::MAX_DEPTH;
            loop {
                let text = [before.repeat(depth), "a".to_owned(), after.repeat(depth)].concat();
                if promql::parse(&text).is_ok() || depth == 1 {
                    break property::check(&text, &store);
                }
                depth -= 1;
            }
        }
    }
}
