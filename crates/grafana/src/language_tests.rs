//! Queries of data sources that Andon has none of yet.

use serde_json::json;

use crate::Status;
use crate::tests::{check, one};
use query::Language;

#[test]
fn queries_in_languages_without_sources_are_kept_with_their_text() {
    let cases = [
        (
            json!({"type": "timeseries", "datasource": {"type": "loki", "uid": "l"},
                "targets": [{"expr": "rate({a=\"b\"}[1m])", "legendFormat": "{{a}}"}]}),
            ("timeseries", Language::LogQl, "rate({a=\"b\"}[1m])"),
            "panels[0].targets[0]: kept as `logs` (LogQL), and the panel says that Andon has no \
             sources of type loki yet",
        ),
        (
            json!({"type": "table", "targets": [{"rawSql": "SELECT 1"}],
                "datasource": {"type": "grafana-postgresql-datasource", "uid": "db"}}),
            ("table", Language::Sql, "SELECT 1"),
            "panels[0].targets[0]: kept as `sql` (SQL), and the panel says that Andon has no \
             sources of type grafana-postgresql-datasource yet",
        ),
        (
            json!({"type": "table", "datasource": {"type": "jaeger"},
                "targets": [{"queryType": "search", "service": "web", "tags": "error=true"}]}),
            ("table", Language::Traces, "service=web tags=error=true"),
            "panels[0].targets[0]: kept as `traces` (searches of traces), and the panel says that \
             Andon has no sources of type jaeger yet",
        ),
    ];
    for (panel, (kind, language, text), reason) in cases {
        let imported = check(panel, kind, Status::Unsupported, &[reason]);
        let query = &imported.queries[0];
        assert_eq!((query.language, query.text.as_str()), (language, text));
        assert_eq!(imported.unanswered(), Some(query));
    }
    // A type of panel that Andon does not draw keeps them as well.
    let (logs, _) = one(&json!({"type": "logs", "datasource": {"type": "loki"},
        "targets": [{"expr": "{a=\"b\"}"}]}));
    assert_eq!((logs.kind.name(), logs.queries.len()), ("unsupported", 1));
}
