//! The board: what is asked of the source, and where and how it is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::annotation::Annotation;
use crate::duration;
use crate::field::{Field, Override};
use crate::kind::Kind;
use crate::variable::Variable;
use transform::Transformation;

/// A page of panels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The version of the file's format.
    #[serde(default)]
    pub version: Version,
    /// Shown in the heading and the tab.
    pub title: String,
    /// What the board is about, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words that boards are found by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Pages that belong to the board.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What the reader chooses, in the order in which it is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What marks moments and spans of time on every chart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// What is shown where the URL does not say it.
    #[serde(default)]
    pub time: TimeDefaults,
    /// In reading order.
    #[serde(default)]
    pub panels: Vec<Panel>,
}

/// The version of a board file's format: 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32")]
pub struct Version;

impl Default for Version {
    fn default() -> Self {
        Self
    }
}

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(version: u32) -> Result<Self, String> {
        match version {
            1 => Ok(Self),
            other => Err(format!(
                "this Andon reads version 1 of board files, and not {other}"
            )),
        }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

/// A page elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// What is written.
    pub title: String,
    /// Where it leads; may hold variables, and in a panel's values
    /// `${__value.raw}` and `${__field.labels.NAME}`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// In place of a URL: a link to each board that has all of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the page there shows the same time.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_time: bool,
    /// Whether the page there has the same variables.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_variables: bool,
    /// Whether it opens beside the page.
    #[serde(skip_serializing_if = "is_default")]
    pub new_tab: bool,
}

/// The time shown where the URL does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimeDefaults {
    /// The start, in Grafana's grammar: `now-15m`, `now/d`, `2026-01-27 10:30`.
    pub from: String,
    /// The end, likewise.
    pub to: String,
    /// The zone of days and of what is written: `browser`, `utc`, or an IANA
    /// name such as `Europe/Zurich`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// How often the page refreshes: a duration such as `5s`.
    #[serde(rename = "refresh", with = "duration::text")]
    #[schemars(with = "String")]
    pub refresh_ms: u64,
}

impl Default for TimeDefaults {
    fn default() -> Self {
        Self {
            from: "now-15m".to_owned(),
            to: "now".to_owned(),
            zone: String::new(),
            refresh_ms: 5_000,
        }
    }
}

/// One panel: a place, a kind, and queries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Panel {
    /// Names the panel in URLs, unique on its board; given out in reading
    /// order where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub id: u32,
    /// Short, shown over the panel.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the panel shows, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands.
    pub grid: Grid,
    /// How it is drawn.
    pub kind: Kind,
    /// How its values are written and judged.
    #[serde(skip_serializing_if = "is_default")]
    pub field: Field,
    /// What differs for single series or columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// The source that is asked: a name, or a variable; the default one where
    /// it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What the source is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<Query>,
    /// What becomes of the answers before they are shown, step by step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transformations: Vec<Transformation>,
    /// The panel's own time.
    #[serde(skip_serializing_if = "is_default")]
    pub time: PanelTime,
    /// Pages that belong to the panel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The variable for each of whose values the panel (or row) is shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// How a panel's time differs from the page's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PanelTime {
    /// How far back the panel goes, whatever the page shows: `1h`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// How far the panel's time lies in the past: `1d`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shift: String,
    /// Whether its head does not say so.
    #[serde(skip_serializing_if = "is_default")]
    pub unsaid: bool,
}

impl PanelTime {
    /// What the panel's head says of it: `last 1h, 1d earlier`.
    pub fn words(&self) -> String {
        let last = (!self.from.is_empty()).then(|| format!("last {}", self.from));
        let earlier = (!self.shift.is_empty()).then(|| format!("{} earlier", self.shift));
        let words = last.into_iter().chain(earlier).filter(|_| !self.unsaid);
        words.collect::<Vec<_>>().join(", ")
    }
}

/// Once for each value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The variable's name.
    pub variable: String,
    /// Whether the copies stand below each other, in place of side by side.
    #[serde(default)]
    pub vertical: bool,
    /// At most so many stand side by side.
    #[serde(default = "four")]
    pub max_per_row: u16,
}

fn four() -> u16 {
    4
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A rectangle on 24 columns; a row is 36 CSS pixels with its gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Grid {
    /// First column, 0 to 23.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns, 1 to 24.
    pub w: u16,
    /// Rows, at least 1.
    pub h: u16,
}

impl Grid {
    /// The columns of a board.
    pub const COLUMNS: u16 = 24;
}

impl Default for Grid {
    /// Half the width, as high as a chart is read well.
    fn default() -> Self {
        Self {
            x: 0,
            y: 0,
            w: 12,
            h: 8,
        }
    }
}

/// What the source is asked for a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Names the query within its panel; given out in order where it is left out.
    #[serde(default = "no_letter")]
    #[schemars(transform = without_default)]
    pub letter: char,
    /// PromQL, with variables.
    pub expr: String,
    /// The source that is asked in place of the panel's: a name, or a variable.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What its series are called: `{{label}}` becomes the label's value. Left
    /// out, a series is called by its only label's value, or by its selector.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub legend: String,
    /// Whether its series are kept for others to refer to, and not drawn.
    #[serde(skip_serializing_if = "is_default")]
    pub hidden: bool,
    /// Whether it is asked at the range's end alone.
    #[serde(skip_serializing_if = "is_default")]
    pub instant: bool,
    /// The shape of the answer.
    #[serde(skip_serializing_if = "is_default")]
    pub format: Format,
    /// The shortest distance of two points: a duration, may hold variables.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub min_step: String,
}

/// What stands for a letter that is not given is nothing to write.
fn without_default(schema: &mut schemars::Schema) {
    schema.remove("default");
}

/// Stands for a letter that is not given yet.
const NO_LETTER: char = '\0';

fn no_letter() -> char {
    NO_LETTER
}

/// The shape of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Series over time.
    #[default]
    Series,
    /// A row for each series, a column for each label.
    Table,
    /// The buckets of a histogram, `le` their upper bounds.
    Heatmap,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            letter: 'A',
            expr: String::new(),
            source: String::new(),
            legend: String::new(),
            hidden: false,
            instant: false,
            format: Format::Series,
            min_step: String::new(),
        }
    }
}

impl Query {
    /// The source that it asks on its panel.
    pub fn source_of<'a>(&'a self, panel: &'a Panel) -> &'a str {
        match self.source.as_str() {
            "" => &panel.source,
            own => own,
        }
    }
}

impl Board {
    /// Every query, with the id of its panel.
    pub fn queries(&self) -> impl Iterator<Item = (u32, &Query)> {
        self.panels
            .iter()
            .flat_map(|panel| panel.queries.iter().map(|query| (panel.id, query)))
    }

    /// The panel of an id.
    pub fn panel(&self, id: u32) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id == id)
    }

    /// Gives every panel without an id and every query without a letter the
    /// lowest that is free, in reading order.
    #[must_use]
    pub fn numbered(mut self) -> Self {
        let mut taken: Vec<u32> = self.panels.iter().map(|panel| panel.id).collect();
        for panel in &mut self.panels {
            if panel.id == 0 {
                panel.id = first_free(1.., &taken);
                taken.push(panel.id);
            }
            panel.give_letters();
        }
        self
    }
}

impl Panel {
    fn give_letters(&mut self) {
        let mut taken: Vec<char> = self.queries.iter().map(|query| query.letter).collect();
        for query in &mut self.queries {
            if query.letter == NO_LETTER {
                query.letter = first_free(letters(), &taken);
                taken.push(query.letter);
            }
        }
    }
}

/// `A` to `Z`, `a` to `z`, then whatever letters there are.
pub fn letters() -> impl Iterator<Item = char> {
    ('A'..='Z').chain('a'..='z').chain('\u{c0}'..)
}

fn first_free<T: PartialEq + Default>(mut of: impl Iterator<Item = T>, taken: &[T]) -> T {
    of.find(|candidate| !taken.contains(candidate))
        .unwrap_or_default()
}
