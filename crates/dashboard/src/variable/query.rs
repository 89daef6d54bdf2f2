//! The query language of variables, as Grafana's Prometheus source has it.

/// What a query variable asks the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VariableQuery {
    /// `label_names()`, `label_names(selector)`.
    LabelNames {
        /// Of which series; of all where it is empty.
        selector: String,
    },
    /// `label_values(label)`, `label_values(selector, label)`.
    LabelValues {
        /// Of which series; of all where it is empty.
        selector: String,
        /// Of which label.
        label: String,
    },
    /// `metrics(regex)`: the names that match.
    Metrics {
        /// The regular expression.
        regex: String,
    },
    /// `query_result(expr)`: each series of the result, as `selector value time`.
    Result {
        /// PromQL.
        expr: String,
    },
    /// Anything else: each matching series, as its selector.
    Series {
        /// Which series.
        selector: String,
    },
}

impl VariableQuery {
    /// Reads a query; anything is one, since what is no function is a selector.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let call = text
            .strip_suffix(')')
            .and_then(|call| call.split_once('('))
            .map(|(name, arguments)| (name.trim(), arguments.trim()));
        match call {
            Some(("label_names", selector)) => Self::LabelNames {
                selector: selector.to_owned(),
            },
            Some(("label_values", arguments)) => {
                let (selector, label) = arguments.rsplit_once(',').unwrap_or(("", arguments));
                Self::LabelValues {
                    selector: selector.trim().to_owned(),
                    label: label.trim().to_owned(),
                }
            }
            Some(("metrics", regex)) => Self::Metrics {
                regex: regex.to_owned(),
            },
            Some(("query_result", expr)) => Self::Result {
                expr: expr.to_owned(),
            },
            _ => Self::Series {
                selector: text.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: VariableQuery) {
        assert_eq!(VariableQuery::parse(text), expected, "{text}");
    }

    fn label_values(selector: &str, label: &str) -> VariableQuery {
        VariableQuery::LabelValues {
            selector: selector.into(),
            label: label.into(),
        }
    }

    #[test]
    fn queries_are_read_as_grafana_reads_them() {
        check("label_values(job)", label_values("", "job"));
        check("label_values(up, job)", label_values("up", "job"));
        check(
            r#" label_values(up{a="1,2",b=~"(x)"}, instance) "#,
            label_values(r#"up{a="1,2",b=~"(x)"}"#, "instance"),
        );
        let selector = String::new();
        check("label_names()", VariableQuery::LabelNames { selector });
        let regex = "^node_.*".into();
        check("metrics(^node_.*)", VariableQuery::Metrics { regex });
        let expr = "topk(3, sum by (a) (b))".into();
        check(
            "query_result(topk(3, sum by (a) (b)))",
            VariableQuery::Result { expr },
        );
        let selector = "choria_provisioner_discover_cycles".into();
        check(
            "choria_provisioner_discover_cycles",
            VariableQuery::Series { selector },
        );
    }
}
