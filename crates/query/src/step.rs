//! A range and how often its data is scraped -> the step of what is asked, and
//! the window of its rates.

/// Steps that a person can count in, ascending.
const STEPS_MS: [i64; 22] = [
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    20_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_200_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    604_800_000,
    2_592_000_000,
];

/// The step for a range: the smallest that needs at most `max_points` and is
/// not finer than the data's scrape interval.
pub fn choose_step_ms(range_ms: i64, max_points: i64, scrape_interval_ms: i64) -> i64 {
    let wanted = (range_ms / max_points.max(1))
        .max(scrape_interval_ms)
        .max(1);
    let coarsest = (wanted / STEPS_MS[STEPS_MS.len() - 1] + 1) * STEPS_MS[STEPS_MS.len() - 1];
    STEPS_MS
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or(coarsest)
}

/// Rates and quantiles over less than this are noise to the eye, however often
/// the data is scraped.
const CALM_MS: i64 = 30_000;

/// Grafana's `$__rate_interval`: wide enough that `rate` always finds two
/// samples, even where one scrape failed; and never so narrow that the curve
/// is noise.
pub fn rate_interval_ms(step_ms: i64, scrape_interval_ms: i64) -> i64 {
    (4 * scrape_interval_ms)
        .max(step_ms + scrape_interval_ms)
        .max(CALM_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_follows_range_and_data() {
        const MINUTE_MS: i64 = 60_000;
        let cases = [
            (5 * MINUTE_MS, 1_000, 1_000),
            (15 * MINUTE_MS, 1_000, 5_000),
            (15 * MINUTE_MS, 15_000, 15_000),
            (60 * MINUTE_MS, 1_000, 10_000),
            (24 * 60 * MINUTE_MS, 15_000, 300_000),
            (10 * 365 * 24 * 60 * MINUTE_MS, 15_000, 2_592_000_000),
        ];
        for (range_ms, scrape_interval_ms, step_ms) in cases {
            assert_eq!(choose_step_ms(range_ms, 360, scrape_interval_ms), step_ms);
        }
    }

    #[test]
    fn the_rate_interval_holds_four_scrapes() {
        assert_eq!(rate_interval_ms(1_000, 15_000), 60_000);
        assert_eq!(rate_interval_ms(1_000, 1_000), CALM_MS);
        assert_eq!(rate_interval_ms(300_000, 15_000), 315_000);
    }
}
