//! Ranges of time as the URL writes them and as a person calls them.

/// The ranges that the time menu offers: what a person calls it, and `from`.
pub const QUICK: [(&str, &str); 10] = [
    ("Last 5 minutes", "now-5m"),
    ("Last 15 minutes", "now-15m"),
    ("Last 30 minutes", "now-30m"),
    ("Last hour", "now-1h"),
    ("Last 3 hours", "now-3h"),
    ("Last 6 hours", "now-6h"),
    ("Last 12 hours", "now-12h"),
    ("Last 24 hours", "now-24h"),
    ("Last 7 days", "now-7d"),
    ("Last 30 days", "now-30d"),
];

/// The steps that the refresh menu offers: what a person calls it, and `refresh`.
pub const REFRESH: [(&str, &str); 8] = [
    ("Automatic", "auto"),
    ("Every second", "1s"),
    ("Every 5 s", "5s"),
    ("Every 10 s", "10s"),
    ("Every 30 s", "30s"),
    ("Every minute", "1m"),
    ("Every 5 min", "5m"),
    ("Off", "off"),
];

/// What the time button says: the name of a quick range, or both ends as the
/// URL has them; `shown` is the range in clock times.
pub fn label(from: &str, to: &str, shown: &str) -> String {
    if !(to.is_empty() || to == "now") {
        return shown.to_owned();
    }
    match QUICK.iter().find(|(_, quick)| *quick == from) {
        Some((name, _)) => (*name).to_owned(),
        None => match from.strip_prefix("now-") {
            Some(span) if !span.contains(['/', '+', '-']) => ["Last ", span].concat(),
            _ => shown.to_owned(),
        },
    }
}

/// The range of a live window as the URL would write it, for a page whose URL
/// names none: `now-1h`.
pub fn from_span(span_ms: i64) -> String {
    let minutes = (span_ms + 30_000) / 60_000;
    let (count, unit) = match minutes {
        m if m >= 2_880 && m % 1_440 == 0 => (m / 1_440, "d"),
        m if m >= 60 && m % 60 == 0 => (m / 60, "h"),
        m => (m, "m"),
    };
    ["now-", &count.to_string(), unit].concat()
}

/// The refresh button's short text.
pub fn refresh_label(refresh: &str) -> &str {
    match refresh {
        "" | "auto" => "Auto",
        "off" => "Off",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_quick_ranges() {
        let cases = [
            (300_000, "now-5m"),
            (3_599_000, "now-1h"),
            (86_400_000, "now-24h"),
            (604_800_000, "now-7d"),
        ];
        for (span_ms, from) in cases {
            assert_eq!(from_span(span_ms), from);
        }
    }

    #[test]
    fn ranges_have_names() {
        let cases = [
            ("now-1h", "now", "Last hour"),
            ("now-1h", "", "Last hour"),
            ("now-45m", "now", "Last 45m"),
            ("now/d", "now", "10:00 – 11:00"),
            ("now-2h", "now-1h", "10:00 – 11:00"),
            ("1700000000000", "1700003600000", "10:00 – 11:00"),
        ];
        for (from, to, expected) in cases {
            assert_eq!(label(from, to, "10:00 – 11:00"), expected, "{from} {to}");
        }
    }
}
