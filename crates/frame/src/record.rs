//! One log line or event.

use series::Labels;

/// Something that was said at a moment: a log line, a lifecycle event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// When it was said.
    pub time_ms: i64,
    /// How bad it is.
    pub severity: Severity,
    /// What names the stream that it came by: `job`, `unit`, `filename`.
    pub labels: Labels,
    /// What was said, without the parts that [`Record::fields`] hold.
    pub text: String,
    /// What its format gives besides, in the order of the line: `job_id`, `error`.
    pub fields: Vec<(String, String)>,
}

/// How bad a record is: the words of the many formats, in six.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It does not say.
    #[default]
    Unknown,
    /// Each step.
    Trace,
    /// For who looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// What may be wrong.
    Warning,
    /// What failed.
    Error,
    /// What brought the program down.
    Critical,
}
