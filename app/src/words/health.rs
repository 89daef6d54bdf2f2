//! How well something is: its word and its shape's class, and which threshold a value has reached.

use wire::board::{Health, StatOptions};

/// The word of a health.
pub fn word(health: Health) -> &'static str {
    match health {
        Health::Good => "Good",
        Health::Warning => "Warning",
        Health::Bad => "Bad",
        Health::Unknown => "Unknown",
    }
}

/// The name that classes end in: `mark-bad`, `stat-bad`.
pub fn class(health: Health) -> &'static str {
    match health {
        Health::Good => "good",
        Health::Warning => "warning",
        Health::Bad => "bad",
        Health::Unknown => "unknown",
    }
}

/// The health of a value: that of the highest threshold it has reached.
/// `None` where the panel has no thresholds, so nothing is judged.
pub fn of_value(value: Option<f64>, options: &StatOptions) -> Option<Health> {
    if options.thresholds.is_empty() {
        return None;
    }
    let Some(value) = value else {
        return Some(Health::Unknown);
    };
    let reached = options
        .thresholds
        .iter()
        .rev()
        .find(|threshold| value >= threshold.value);
    Some(reached.map_or(options.base, |threshold| threshold.status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::Threshold;

    fn check(levels: &[(f64, Health)], value: Option<f64>, expected: Option<Health>) {
        let options = StatOptions {
            base: Health::Bad,
            thresholds: levels
                .iter()
                .map(|(value, status)| Threshold {
                    value: *value,
                    status: *status,
                    label: String::new(),
                })
                .collect(),
            ..StatOptions::default()
        };
        assert_eq!(of_value(value, &options), expected);
    }

    #[test]
    fn the_highest_threshold_reached_counts() {
        let levels = [(0.95, Health::Warning), (0.99, Health::Good)];
        check(&levels, Some(0.2), Some(Health::Bad));
        check(&levels, Some(0.95), Some(Health::Warning));
        check(&levels, Some(1.0), Some(Health::Good));
        check(&levels, None, Some(Health::Unknown));
        check(&[], Some(1.0), None);
    }
}
