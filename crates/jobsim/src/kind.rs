//! What jobs there are, how long they take, and why they fail.

/// A kind of job; its name is the value of the label `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Short, many, bound by the disk.
    Import,
    /// Short, many, helped by the cache.
    Render,
    /// Middling, needs a service that is sometimes away.
    Report,
    /// Long, few, bound by processor and disk.
    Transcode,
}

/// How a kind behaves when nothing is wrong.
pub(crate) struct Profile {
    /// Mean arrivals a second.
    pub arrivals_per_s: f64,
    /// Median of the log-normal run time.
    pub median_s: f64,
    /// Standard deviation of the run time's logarithm.
    pub sigma: f64,
    /// A run is stopped after this long.
    pub timeout_s: f64,
    /// Part of the run time that is spent on the disk.
    pub disk_share: f64,
    /// Probability that an attempt finds a service it needs away.
    pub dependency_failures: f64,
}

impl Kind {
    /// Every kind, in the order of the names.
    pub const ALL: [Self; 4] = [Self::Import, Self::Render, Self::Report, Self::Transcode];

    /// The label's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Render => "render",
            Self::Report => "report",
            Self::Transcode => "transcode",
        }
    }

    pub(crate) fn profile(self) -> Profile {
        let (arrivals_per_s, median_s, sigma, timeout_s, disk_share, dependency_failures) =
            match self {
                Self::Import => (3.0, 0.35, 0.5, 8.0, 0.8, 0.002),
                Self::Render => (2.2, 0.9, 0.45, 15.0, 0.3, 0.002),
                Self::Report => (0.6, 1.8, 0.6, 30.0, 0.4, 0.03),
                Self::Transcode => (0.45, 4.5, 0.5, 60.0, 0.5, 0.002),
            };
        Profile {
            arrivals_per_s,
            median_s,
            sigma,
            timeout_s,
            disk_share,
            dependency_failures,
        }
    }
}

/// Why an attempt failed; its name is the value of the label `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A service that the job needs did not answer.
    DependencyUnavailable,
    /// The job's code raised an error.
    Exception,
    /// The job's input makes no sense.
    InvalidInput,
    /// The queue had no place.
    QueueFull,
    /// The run took too long.
    Timeout,
    /// The worker went away under the job.
    WorkerLost,
}

impl Reason {
    /// Every reason, in the order of the names.
    pub const ALL: [Self; 6] = [
        Self::DependencyUnavailable,
        Self::Exception,
        Self::InvalidInput,
        Self::QueueFull,
        Self::Timeout,
        Self::WorkerLost,
    ];

    /// The label's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::DependencyUnavailable => "dependency_unavailable",
            Self::Exception => "exception",
            Self::InvalidInput => "invalid_input",
            Self::QueueFull => "queue_full",
            Self::Timeout => "timeout",
            Self::WorkerLost => "worker_lost",
        }
    }

    /// Whether another attempt may succeed.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::DependencyUnavailable | Self::Timeout | Self::WorkerLost
        )
    }
}
