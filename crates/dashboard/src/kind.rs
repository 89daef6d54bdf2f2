//! The kinds of panels, each with its options.
//!
//! In a file a kind is its name, or its name with options:
//! `kind: stat`, `kind: {timeseries: {stacked: true}}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::field::Health;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:literal => $variant:ident($options:ty),)*) => {
        /// How a panel is drawn, with its options.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Kind {
            $($(#[$doc])* $variant($options),)*
        }

        impl Kind {
            /// The names of all kinds, as files write them.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The kind's name, as files write it.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant(<$options>::default())),)*
                    _ => None,
                }
            }

            fn with_options<'de, A: MapAccess<'de>>(name: &str, map: &mut A) -> Result<Self, A::Error> {
                match name {
                    $($name => map.next_value().map(Self::$variant),)*
                    other => Err(A::Error::unknown_variant(other, Self::NAMES)),
                }
            }

            fn serialize_options<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $(Self::$variant(options) => map.serialize_entry($name, options),)*
                }
            }

            fn schemas(generator: &mut SchemaGenerator) -> Vec<Schema> {
                vec![$(json_schema!({
                    "type": "object",
                    "properties": { $name: generator.subschema_for::<$options>() },
                    "required": [$name],
                    "additionalProperties": false,
                })),*]
            }
        }
    };
}

kinds! {
    /// Curves over time.
    "timeseries" => TimeSeries(TimeSeriesOptions),
    /// One big figure with a trend.
    "stat" => Stat(StatOptions),
    /// A horizontal bar for each series' last value.
    "bar_gauge" => BarGauge(StatOptions),
    /// The last value of each series as rows.
    "table" => Table(TableOptions),
    /// Markdown.
    "text" => Text(TextOptions),
    /// A heading that spans the board.
    "row" => Row(RowOptions),
}

impl Default for Kind {
    fn default() -> Self {
        Self::TimeSeries(TimeSeriesOptions::default())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if Self::named(self.name()).as_ref() == Some(self) {
            return serializer.serialize_str(self.name());
        }
        let mut map = serializer.serialize_map(Some(1))?;
        self.serialize_options(&mut map)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a panel kind, or a map of one panel kind to its options")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Kind, E> {
        Kind::named(name).ok_or_else(|| E::unknown_variant(name, Kind::NAMES))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(A::Error::invalid_length(0, &self));
        };
        let kind = Kind::with_options(&name, &mut map)?;
        match map.next_key::<String>()? {
            None => Ok(kind),
            Some(_) => Err(A::Error::invalid_length(2, &self)),
        }
    }
}

impl JsonSchema for Kind {
    fn schema_name() -> Cow<'static, str> {
        "Kind".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut forms = vec![json_schema!({ "type": "string", "enum": Self::NAMES })];
        forms.extend(Self::schemas(generator));
        json_schema!({ "description": "How a panel is drawn, with its options.", "oneOf": forms })
    }
}

/// Options of `timeseries`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimeSeriesOptions {
    /// How samples become marks.
    pub draw: DrawStyle,
    /// Whether series stand on each other.
    pub stacked: bool,
    /// Whether the value axis is logarithmic (base 10).
    pub log_scale: bool,
    /// How series get their colours.
    pub palette: Palette,
    /// Whether a legend with the last values stands below the plot.
    pub legend: bool,
}

impl Default for TimeSeriesOptions {
    fn default() -> Self {
        Self {
            draw: DrawStyle::Line,
            stacked: false,
            log_scale: false,
            palette: Palette::Categorical,
            legend: true,
        }
    }
}

/// How the samples of a series become marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrawStyle {
    /// A line through the points.
    #[default]
    Line,
    /// A line with a faint fill below.
    Area,
    /// A line that keeps a value until the next.
    Step,
    /// One bar a point.
    Bars,
    /// Dots alone.
    Points,
}

/// How series get their colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// Distinct colours, chosen by the series' name.
    #[default]
    Categorical,
    /// One hue in steps, light to strong in order of the series: percentiles.
    Steps,
    /// The hues of what is wrong: failures by reason.
    Failures,
}

/// Options of `stat` and `bar_gauge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StatOptions {
    /// Whether the trend is drawn behind the figure.
    pub sparkline: bool,
    /// The query whose last value is written behind the figure's: `12 / 16`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_query: Option<char>,
    /// Lines under the figure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<StatNote>,
}

/// A line under a stat's figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatNote {
    /// The query whose last value is written.
    pub query: char,
    /// Words after the value: `error budget left`.
    pub words: String,
    /// The value's unit.
    #[serde(default)]
    pub unit: String,
}

/// Options of `table`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {}

/// Options of `text`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// What is shown.
    pub markdown: String,
}

/// Options of `row`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowOptions {}

impl From<DrawStyle> for wire::board::DrawStyle {
    fn from(draw: DrawStyle) -> Self {
        match draw {
            DrawStyle::Line => Self::Line,
            DrawStyle::Area => Self::Area,
            DrawStyle::Step => Self::Step,
            DrawStyle::Bars => Self::Bars,
            DrawStyle::Points => Self::Points,
        }
    }
}

impl From<Palette> for wire::board::Palette {
    fn from(palette: Palette) -> Self {
        match palette {
            Palette::Categorical => Self::Categorical,
            Palette::Steps => Self::Steps,
            Palette::Failures => Self::Failures,
        }
    }
}

impl From<Health> for wire::board::Health {
    fn from(health: Health) -> Self {
        match health {
            Health::Good => Self::Good,
            Health::Warning => Self::Warning,
            Health::Bad => Self::Bad,
            Health::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<Kind, &str>) {
        let kind: Result<Kind, _> = serde_json::from_str(json);
        match expected {
            Ok(expected) => {
                let kind = kind.unwrap();
                assert_eq!(kind, expected);
                assert_eq!(serde_json::to_string(&kind).unwrap(), json);
            }
            Err(message) => {
                let error = kind.unwrap_err().to_string();
                assert!(error.contains(message), "{error}");
            }
        }
    }

    #[test]
    fn a_kind_is_a_name_or_a_name_with_options() {
        check(r#""stat""#, Ok(Kind::Stat(StatOptions::default())));
        check(
            r##"{"text":{"markdown":"# Hi"}}"##,
            Ok(Kind::Text(TextOptions {
                markdown: "# Hi".into(),
            })),
        );
        check(
            r#""guage""#,
            Err("unknown variant `guage`, expected one of `timeseries`"),
        );
        check(r#"{"stat":{"sparkle":1}}"#, Err("unknown field `sparkle`"));
        check(r#"{"stat":{},"text":{}}"#, Err("invalid length 2"));
        check("{}", Err("invalid length 0"));
    }
}
