//! The answers of a panel's queries, with the names that its legend has for
//! their series.

use dashboard::Panel;
use series::{Labels, SampleColumns};
use wire::id::RefId;

/// One query's answer, ready for the panel.
pub struct QuerySeries {
    /// The query's name on its panel: `A`, `B`, ….
    pub query: RefId,
    /// The series with the names they have in the legend.
    pub series: Vec<NamedSeries>,
    /// The source's warnings.
    pub warnings: Vec<String>,
}

/// A series of an answer and its name.
pub struct NamedSeries {
    /// What the legend says.
    pub name: String,
    /// Tells series of one name apart.
    pub labels: Labels,
    /// The places of the overrides that are for it.
    pub overrides: Vec<u16>,
    /// The samples, on grid times.
    pub samples: SampleColumns,
}

impl NamedSeries {
    /// A series that its legend calls `name`, as its panel shows it: what the
    /// server writes, it names itself.
    pub fn new(
        panel: &Panel,
        query: RefId,
        name: String,
        labels: Labels,
        samples: SampleColumns,
    ) -> Self {
        let overrides = panel.overrides_of_series(&name, query);
        let name = match panel.kind.is_written() {
            true => name,
            false => panel.shown_name(&name, &overrides, &labels),
        };
        Self {
            name,
            labels,
            overrides,
            samples,
        }
    }
}
