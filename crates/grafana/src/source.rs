//! Data sources, by whatever a dashboard calls them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json::Json;
use query::Language;

/// The types of data sources whose queries are in a language of ours.
const LANGUAGES: [(&str, Language); 13] = [
    ("prometheus", Language::PromQl),
    ("grafana-amazonprometheus-datasource", Language::PromQl),
    ("grafana-azureprometheus-datasource", Language::PromQl),
    ("victoriametrics-metrics-datasource", Language::PromQl),
    ("loki", Language::LogQl),
    ("postgres", Language::Sql),
    ("grafana-postgresql-datasource", Language::Sql),
    ("mysql", Language::Sql),
    ("mssql", Language::Sql),
    ("sql", Language::Sql),
    ("jaeger", Language::Traces),
    ("tempo", Language::Traces),
    ("zipkin", Language::Traces),
];

/// The types of the data sources that a dashboard declares.
pub(super) struct Sources {
    /// By the name of an input or variable.
    types: BTreeMap<String, String>,
}

/// A data source that a panel or a query names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    /// Its type, empty where the dashboard does not say it.
    pub kind: String,
    /// What names it among several, empty for the default one.
    pub name: String,
}

impl Source {
    /// The language of its queries, where it is one of ours.
    pub fn language(&self) -> Option<Language> {
        let mut known = LANGUAGES.iter();
        known
            .find(|(kind, _)| *kind == self.kind)
            .map(|(_, language)| *language)
    }

    /// Whether Andon reads it.
    pub fn is_prometheus(&self) -> bool {
        self.language() == Some(Language::PromQl)
    }

    /// Queries of a mixed panel each name their own.
    pub fn is_mixed(&self) -> bool {
        self.name == "-- Mixed --"
    }

    /// Computations of Grafana's over other queries.
    pub fn is_expression(&self) -> bool {
        self.name == "__expr__" || self.kind == "__expr__"
    }
}

impl Sources {
    pub fn new(dashboard: &Value) -> Self {
        let inputs = dashboard.list("__inputs").iter();
        let inputs = inputs.map(|input| (input.str("name"), input.str("pluginId")));
        let variables = dashboard.list("templating.list").iter();
        let variables = variables
            .filter(|variable| variable.str("type") == "datasource")
            .map(|variable| (variable.str("name"), variable.str("query")));
        let types = inputs.chain(variables);
        Self {
            types: types
                .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
                .collect(),
        }
    }

    /// The data source of a panel, a query or a variable; `None` where it names none.
    pub fn of(&self, owner: &Value) -> Option<Source> {
        let named = owner.at("datasource")?;
        let name = named.as_str().unwrap_or_else(|| named.str("uid"));
        let kind = named.str("type");
        let reference = name
            .trim_start_matches(['$', '{', '['])
            .trim_end_matches(['}', ']']);
        let (reference, _) = reference.split_once(':').unwrap_or((reference, ""));
        let declared = self.types.get(reference);
        let kind = match declared {
            Some(declared) if kind.is_empty() => declared,
            _ => kind,
        };
        Some(Source {
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The data source of a query: its own, else its panel's; of an unknown
    /// type, what the query's language gives away.
    pub fn of_query(&self, query: &Value, panel: Option<&Source>) -> Source {
        let own = self
            .of(query)
            .or_else(|| panel.cloned())
            .unwrap_or_default();
        if !own.kind.is_empty() && own.kind != "datasource" || own.is_expression() {
            return own;
        }
        Source {
            kind: guessed(query).to_owned(),
            ..own
        }
    }
}

/// The type of data source that a query of this form is for.
fn guessed(query: &Value) -> &'static str {
    let marks = [
        ("rawSql", "sql"),
        ("rawQueryText", "sql"),
        ("bucketAggs", "elasticsearch"),
        ("measurement", "influxdb"),
        ("target", "graphite"),
        ("expr", "prometheus"),
    ];
    let found = marks.iter().find(|(key, _)| query.at(key).is_some());
    found.map_or("", |(_, kind)| kind)
}
