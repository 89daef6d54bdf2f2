//! What a source is asked for a panel: a text in a language, and what is done
//! with the answer.
//!
//! In a file the key says the language: `expr: rate(jobs_total[5m])` is PromQL,
//! `logs: '{app="farm"}'` LogQL.

use std::borrow::Cow;

use query::Language;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use wire::id::RefId;

use crate::defaults::is_default;

/// What the source is asked for a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FileQuery", into = "FileQuery")]
pub struct PanelQuery {
    /// Names the query within its panel; none until [`crate::Board::numbered`]
    /// gives it one.
    pub ref_id: RefId,
    /// The language of the text.
    pub language: Language,
    /// What is asked, with variables.
    pub text: String,
    /// The source that is asked in place of the panel's: a name, or a variable.
    pub source: String,
    /// What its series are called: `{{label}}` becomes the label's value.
    pub legend: String,
    /// Whether its series are kept for others to refer to, and not drawn.
    pub hidden: bool,
    /// Whether it is asked at the range's end alone.
    pub instant: bool,
    /// The shape of the answer.
    pub format: Format,
    /// The shortest distance of two points: a duration, may hold variables.
    pub min_step: String,
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

impl Default for PanelQuery {
    fn default() -> Self {
        Self {
            ref_id: RefId::FIRST,
            language: Language::PromQl,
            text: String::new(),
            source: String::new(),
            legend: String::new(),
            hidden: false,
            instant: false,
            format: Format::Series,
            min_step: String::new(),
        }
    }
}

impl PanelQuery {
    /// A query in PromQL.
    pub fn promql(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// The text, where it is PromQL.
    pub fn as_promql(&self) -> Option<&str> {
        (self.language == Language::PromQl).then_some(&self.text)
    }
}

/// A query as a file has it: exactly one key is that of a language.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct FileQuery {
    /// Names the query within its panel; given out in order where it is left out.
    #[serde(rename = "letter")]
    #[schemars(transform = without_default)]
    ref_id: RefId,
    /// PromQL, with variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    expr: Option<String>,
    /// LogQL, in place of `expr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    logs: Option<String>,
    /// SQL, in place of `expr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    sql: Option<String>,
    /// A search of traces, in place of `expr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    traces: Option<String>,
    /// A search of events, in place of `expr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    events: Option<String>,
    /// The source that is asked in place of the panel's: a name, or a variable.
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
    /// What its series are called: `{{label}}` becomes the label's value. Left
    /// out, a series is called by its only label's value, or by its selector.
    #[serde(skip_serializing_if = "String::is_empty")]
    legend: String,
    /// Whether its series are kept for others to refer to, and not drawn.
    #[serde(skip_serializing_if = "is_default")]
    hidden: bool,
    /// Whether it is asked at the range's end alone.
    #[serde(skip_serializing_if = "is_default")]
    instant: bool,
    /// The shape of the answer.
    #[serde(skip_serializing_if = "is_default")]
    format: Format,
    /// The shortest distance of two points: a duration, may hold variables.
    #[serde(skip_serializing_if = "String::is_empty")]
    min_step: String,
}

/// What stands for a name that is not given is nothing to write.
fn without_default(schema: &mut Schema) {
    schema.remove("default");
}

impl FileQuery {
    fn text_mut(&mut self, language: Language) -> &mut Option<String> {
        match language {
            Language::PromQl => &mut self.expr,
            Language::LogQl => &mut self.logs,
            Language::Sql => &mut self.sql,
            Language::Traces => &mut self.traces,
            Language::Events => &mut self.events,
        }
    }

    /// The language and the text of its only key of a language.
    fn take_text(&mut self) -> Result<(Language, String), String> {
        let mut said = Vec::new();
        for language in Language::ALL {
            if let Some(text) = self.text_mut(language).take() {
                said.push((language, text));
            }
        }
        match said.len() {
            0 => Err(
                "a query needs one of `expr` (PromQL), `logs` (LogQL), `sql`, `traces` or `events`"
                    .to_owned(),
            ),
            1 => Ok(said.remove(0)),
            _ => {
                let keys = said
                    .iter()
                    .map(|(language, _)| format!("`{}`", language.key()));
                Err(format!(
                    "a query is in one language: keep one of {}, and put the others into queries of their own",
                    keys.collect::<Vec<_>>().join(", ")
                ))
            }
        }
    }
}

impl TryFrom<FileQuery> for PanelQuery {
    type Error = String;

    fn try_from(mut file: FileQuery) -> Result<Self, String> {
        let (language, text) = file.take_text()?;
        Ok(Self {
            ref_id: file.ref_id,
            language,
            text,
            source: file.source,
            legend: file.legend,
            hidden: file.hidden,
            instant: file.instant,
            format: file.format,
            min_step: file.min_step,
        })
    }
}

impl From<PanelQuery> for FileQuery {
    fn from(query: PanelQuery) -> Self {
        let mut file = Self {
            ref_id: query.ref_id,
            source: query.source,
            legend: query.legend,
            hidden: query.hidden,
            instant: query.instant,
            format: query.format,
            min_step: query.min_step,
            ..Self::default()
        };
        *file.text_mut(query.language) = Some(query.text);
        file
    }
}

impl JsonSchema for PanelQuery {
    fn schema_name() -> Cow<'static, str> {
        "Query".into()
    }

    /// That of the file, which demands exactly one key of a language.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = FileQuery::json_schema(generator);
        schema.insert(
            "description".to_owned(),
            "What the source is asked for a panel, in the language that the key says: \
             `expr`, `logs`, `sql`, `traces` or `events`, and no two of them."
                .into(),
        );
        let one_of =
            Language::ALL.map(|language| serde_json::json!({ "required": [language.key()] }));
        schema.insert("oneOf".to_owned(), one_of.to_vec().into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<PanelQuery, String> {
        serde_json::from_str(json).map_err(|error: serde_json::Error| error.to_string())
    }

    #[test]
    fn the_key_says_the_language_and_comes_back() {
        for language in Language::ALL {
            let json = format!(r#"{{"letter":"B","{}":"text"}}"#, language.key());
            let query = read(&json).unwrap();
            assert_eq!((query.language, query.text.as_str()), (language, "text"));
            assert_eq!(serde_json::to_string(&query).unwrap(), json);
        }
    }

    #[test]
    fn a_query_has_exactly_one_language() {
        let cases = [
            ("{}", "a query needs one of `expr` (PromQL)"),
            (r#"{"legend":"a"}"#, "a query needs one of"),
            (
                r#"{"logs":"{a=\"b\"}","expr":"up"}"#,
                "keep one of `expr`, `logs`",
            ),
            (r#"{"lgos":"x"}"#, "unknown field `lgos`"),
        ];
        for (json, expected) in cases {
            let error = read(json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
