//! What Grafana calls calculations, since columns are named after them.

use crate::kind::Calculation;

impl Calculation {
    /// The id, as in `Value (lastNotNull)`.
    pub(crate) fn id(self) -> &'static str {
        self.names().0
    }

    /// The title of a column.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Last => ("lastNotNull", "Last *"),
            Self::First => ("firstNotNull", "First *"),
            Self::Min => ("min", "Min"),
            Self::Max => ("max", "Max"),
            Self::Mean => ("mean", "Mean"),
            Self::Median => ("median", "Median"),
            Self::Sum => ("sum", "Total"),
            Self::Count => ("count", "Count"),
            Self::Range => ("range", "Range"),
            Self::Delta => ("diff", "Difference"),
            Self::Growth => ("diffperc", "Difference percent"),
            Self::Increase => ("delta", "Delta"),
            Self::StandardDeviation => ("stdDev", "StdDev"),
            Self::Variance => ("variance", "Variance"),
            Self::Distinct => ("distinctCount", "Distinct Count"),
            Self::Changes => ("changeCount", "Change Count"),
            Self::Previous => ("previous", "Previous"),
            Self::AllNull => ("allIsNull", "All Null"),
            Self::AllZero => ("allIsZero", "All Zeros"),
            Self::AllValues => ("allValues", "All values"),
        }
    }
}
