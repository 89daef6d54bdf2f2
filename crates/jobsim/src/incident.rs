//! What goes wrong, and when: the same five minutes over and over.

/// The schedule repeats after this long.
pub const CYCLE_MS: i64 = 300_000;

/// A disturbance; its name is the value of the label `incident`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incident {
    /// Everything on the disk takes several times as long.
    SlowDisk,
    /// Part of all attempts raise an error, and the cache starts cold.
    BadDeploy,
    /// Half of the busy workers go away at once, and stay away for a while.
    WorkerCrash,
}

impl Incident {
    /// Every incident, in the order of the schedule.
    pub const ALL: [Self; 3] = [Self::SlowDisk, Self::BadDeploy, Self::WorkerCrash];

    /// The label's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::SlowDisk => "slow_disk",
            Self::BadDeploy => "bad_deploy",
            Self::WorkerCrash => "worker_crash",
        }
    }

    /// When it begins and ends, in milliseconds into the cycle.
    pub fn schedule_ms(self) -> (i64, i64) {
        match self {
            Self::SlowDisk => (20_000, 65_000),
            Self::BadDeploy => (95_000, 125_000),
            Self::WorkerCrash => (170_000, 200_000),
        }
    }

    /// Whether it is on, `elapsed_ms` after the simulation began.
    pub fn is_active(self, elapsed_ms: i64) -> bool {
        let (begin_ms, end_ms) = self.schedule_ms();
        (begin_ms..end_ms).contains(&elapsed_ms.rem_euclid(CYCLE_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(elapsed_ms: i64, expected: &[Incident]) {
        let active: Vec<_> = Incident::ALL
            .into_iter()
            .filter(|incident| incident.is_active(elapsed_ms))
            .collect();
        assert_eq!(active, expected, "at {elapsed_ms} ms");
    }

    #[test]
    fn the_schedule_repeats() {
        for cycle_ms in [0, CYCLE_MS, 9 * CYCLE_MS] {
            check(cycle_ms, &[]);
            check(cycle_ms + 20_000, &[Incident::SlowDisk]);
            check(cycle_ms + 65_000, &[]);
            check(cycle_ms + 100_000, &[Incident::BadDeploy]);
            check(cycle_ms + 170_000, &[Incident::WorkerCrash]);
            check(cycle_ms + 299_999, &[]);
        }
    }
}
