//! The kinds of panels, each with its options.
//!
//! In a file a kind is its name, or its name with options:
//! `kind: stat`, `kind: {timeseries: {stacked: true}}`.

mod options;
mod verdict;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use options::*;
pub use verdict::{CONDITION, VerdictCondition, VerdictOptions};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:literal => $variant:ident($options:ty),)*) => {
        /// How a panel is drawn, with its options.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Kind {
            $($(#[doc = $doc])* $variant($options),)*
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
                    other => Err(unknown(other)),
                }
            }

            fn serialize_options<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $(Self::$variant(options) => map.serialize_entry($name, options),)*
                }
            }

            fn schemas(generator: &mut SchemaGenerator) -> Vec<Schema> {
                vec![$(json_schema!({
                    "description": concat!($($doc),*).trim(),
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
    /// One big figure a series, with a trend.
    "stat" => Stat(StatOptions),
    /// The last value on a scale from min to max.
    "gauge" => Gauge(StatOptions),
    /// A bar for each series' last value.
    "bar_gauge" => BarGauge(StatOptions),
    /// Bars for categories: the rows of a table.
    "bar_chart" => BarChart(BarChartOptions),
    /// Shares of a whole.
    "pie" => Pie(PieOptions),
    /// How often values occur.
    "histogram" => Histogram(HistogramOptions),
    /// How often values occur, over time.
    "heatmap" => Heatmap(HeatmapOptions),
    /// When which state held, a lane a series.
    "state_timeline" => StateTimeline(LaneOptions),
    /// Which state was found at each time, a lane a series.
    "status_history" => StatusHistory(LaneOptions),
    /// Rows and columns.
    "table" => Table(TableOptions),
    /// Markdown.
    "text" => Text(TextOptions),
    /// A heading that spans the board; what follows it can be folded away.
    "row" => Row(RowOptions),
    /// The alerts that fire.
    "alert_list" => AlertList(AlertListOptions),
    /// What is wrong now, and since when, in sentences; the gravest first.
    "verdict" => Verdict(VerdictOptions),
    /// Links to boards.
    "board_list" => BoardList(BoardListOptions),
    /// What Andon does not draw: says so, and why.
    "unsupported" => Unsupported(UnsupportedOptions),
}

impl Kind {
    /// Whether the server writes the panel, at every step, out of its data.
    pub fn is_written(&self) -> bool {
        !matches!(
            self,
            Self::TimeSeries(_)
                | Self::Row(_)
                | Self::Text(_)
                | Self::BoardList(_)
                | Self::Unsupported(_)
        )
    }
}

impl Kind {
    /// Whether the browser draws the panel's data.
    pub fn is_drawn(&self) -> bool {
        matches!(self, Self::TimeSeries(_))
    }

    /// Whether a NaN is a value of the panel, in the words of its mapping, and
    /// not a gap.
    pub fn shows_nan(&self) -> bool {
        matches!(
            self,
            Self::Stat(_)
                | Self::Gauge(_)
                | Self::BarGauge(_)
                | Self::Table(_)
                | Self::StateTimeline(_)
                | Self::StatusHistory(_)
        )
    }

    /// Whether the server writes something beside what the browser draws.
    pub fn has_written_legend(&self) -> bool {
        matches!(self, Self::TimeSeries(options) if options.legend.is_table())
    }
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

fn unknown<E: Error>(name: &str) -> E {
    E::custom(crate::suggestion::unknown("panel kind", name, Kind::NAMES))
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a panel kind, or a map of one panel kind to its options")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Kind, E> {
        Kind::named(name).ok_or_else(|| unknown(name))
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
                ..TextOptions::default()
            })),
        );
        check(
            r#""guage""#,
            Err("unknown panel kind `guage`; did you mean `gauge`?"),
        );
        check(r#"{"stat":{"sparkle":1}}"#, Err("unknown field `sparkle`"));
        check(r#"{"stat":{},"text":{}}"#, Err("invalid length 2"));
        check("{}", Err("invalid length 0"));
    }
}
