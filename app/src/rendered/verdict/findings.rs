//! The series of a verdict's queries to what is the case now: the sentences, in
//! the order in which they are said.

use chart::unit::Unit;
use dashboard::{CONDITION, VerdictCondition, VerdictOptions, fill_labels};
use series::METRIC_NAME;
use wire::board::Health;

use super::super::{PanelSeries, SeriesView};

/// A pause of so many columns is none: a scrape that came late.
pub const PAUSE_COLUMNS: usize = 2;

/// One thing that is the case.
pub struct Finding<'a> {
    /// What it is.
    pub condition: &'a VerdictCondition,
    /// The condition's place among its like.
    place: usize,
    /// The sentence.
    pub text: String,
    /// The first column; `None` where it is older than the panel's span.
    pub since: Option<usize>,
    /// The other parts that it is true of.
    pub others: Vec<String>,
}

/// The gravest comes first; what is not known is graver than what is good.
pub fn rank(status: Health) -> u8 {
    match status {
        Health::Bad => 0,
        Health::Warning => 1,
        Health::Unknown => 2,
        Health::Good => 3,
    }
}

/// What is the case in the newest column, in the order in which it is said.
pub fn findings<'a>(options: &'a VerdictOptions, data: &PanelSeries) -> Vec<Finding<'a>> {
    let newest = data.series.iter().filter_map(last_column).max();
    let Some(newest) = newest else {
        return Vec::new();
    };
    let mut found: Vec<Finding> = Vec::new();
    let now: Vec<&SeriesView> = data
        .series
        .iter()
        .filter(|series| last_column(series).is_some_and(|last| last + 1 >= newest))
        .collect();
    for (place, condition) in options.conditions.iter().enumerate() {
        let of_condition = now
            .iter()
            .filter(|series| name_of(series) == condition.name);
        let mut parts: Vec<&SeriesView> = of_condition.copied().collect();
        // The worst speaks for its like; of equals that which was first.
        parts.sort_by(|a, b| {
            let [a_value, b_value] = [a, b].map(|series| series.newest().unwrap_or_default());
            let by_value = a_value.total_cmp(&b_value);
            let by_value = if condition.descending {
                by_value.reverse()
            } else {
                by_value
            };
            let [a_since, b_since] = [a, b].map(|series| since(series.values, newest));
            by_value.then(a_since.cmp(&b_since))
        });
        if let Some((worst, others)) = parts.split_first() {
            found.push(Finding {
                condition,
                place,
                text: text(condition, worst),
                since: since(worst.values, newest),
                others: others.iter().map(|series| at(series)).collect(),
            });
        }
    }
    found.extend(unknown(options, &now, newest));
    found.sort_by_key(|finding| (rank(finding.condition.status), finding.place));
    found
}

/// The condition that a series is of.
fn name_of<'a>(series: &'a SeriesView) -> &'a str {
    series.labels.get(CONDITION).unwrap_or_default()
}

/// What the board does not know is not passed over.
fn unknown<'a>(
    options: &VerdictOptions,
    now: &[&SeriesView],
    newest: usize,
) -> Option<Finding<'a>> {
    let is_known = |name: &str| options.conditions.iter().any(|one| one.name == name);
    let series = now.iter().find(|series| !is_known(name_of(series)))?;
    let name = name_of(series);
    Some(Finding {
        condition: &NOT_DESCRIBED,
        place: usize::MAX,
        text: [
            "the condition \u{201c}",
            name,
            "\u{201d} holds, and this panel does not say what it means",
        ]
        .concat(),
        since: since(series.values, newest),
        others: Vec::new(),
    })
}

/// Stands for a condition that no option describes.
static NOT_DESCRIBED: VerdictCondition = VerdictCondition {
    name: String::new(),
    status: Health::Warning,
    text: String::new(),
    unit: String::new(),
    descending: false,
    after: String::new(),
    url: String::new(),
};

/// The column of its newest value.
pub fn last_column(series: &SeriesView) -> Option<usize> {
    series.values.iter().rposition(Option::is_some)
}

/// The first column of the values that go on to `newest`; `None` where they
/// begin with the span.
fn since(values: &[Option<f64>], newest: usize) -> Option<usize> {
    let mut first = newest;
    for column in (0..newest).rev() {
        if values[column].is_some() {
            first = column;
        } else if first - column > PAUSE_COLUMNS {
            break;
        }
    }
    (first > PAUSE_COLUMNS).then_some(first)
}

fn text(condition: &VerdictCondition, series: &SeriesView) -> String {
    let text = fill_labels(&condition.text, &series.labels);
    let text = text.replace("$at", &at(series));
    match series.newest() {
        Some(value) => {
            // A share near its bound is told from it.
            let decimals = (condition.unit == "percentunit" && value > 0.9).then_some(2);
            let written = Unit::from_id(&condition.unit).format(value, decimals);
            text.replace("$value", &written)
        }
        None => text,
    }
}

/// ` at LON, web` of the series' labels; empty where it has none.
fn at(series: &SeriesView) -> String {
    let labels = series.labels.iter();
    let own = labels.filter(|label| ![CONDITION, METRIC_NAME].contains(&label.name));
    let mut values: Vec<&str> = own.map(|label| label.value).collect();
    // The job of a target that has no other name is its address.
    values.dedup();
    match values.as_slice() {
        [] => String::new(),
        values => [" at ", &values.join(", ")].concat(),
    }
}
