//! What became of a dashboard's panels.

use std::fmt;

use serde::Serialize;

/// What became of a dashboard.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// In reading order.
    pub panels: Vec<PanelReport>,
    /// What concerns no single panel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What became of a panel.
#[derive(Clone, Debug, Serialize)]
pub struct PanelReport {
    /// The panel's title.
    pub title: String,
    /// The panel's type in Grafana.
    pub kind: String,
    /// The type of its data source; empty where it has none.
    pub datasource: String,
    /// The outcome.
    pub status: Status,
    /// What is not carried over, each with the JSON path of its cause.
    pub reasons: Vec<String>,
    /// Where the panel stands in the document.
    pub path: String,
}

/// The outcome for a panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It shows what it showed.
    #[default]
    Ok,
    /// It shows its data, but not all, or in another form.
    Degraded,
    /// It says why it shows nothing.
    Unsupported,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Unsupported => "unsupported",
        })
    }
}

impl PanelReport {
    /// Adds what is not carried over without which the panel shows what it showed.
    pub(super) fn remark(&mut self, path: &str, what: &str) {
        self.add(Status::Ok, path, what);
    }

    /// Adds a reason; the outcome gets no better by it.
    pub(super) fn add(&mut self, status: Status, path: &str, reason: &str) {
        self.status = self.status.max(status);
        self.reasons.push(format!("{}{path}: {reason}", self.path));
    }
}

impl fmt::Display for Report {
    /// A line a panel, its reasons below it, and a line of sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for panel in &self.panels {
            writeln!(f, "{:<11} {} `{}`", panel.status, panel.kind, panel.title)?;
            for reason in &panel.reasons {
                writeln!(f, "            {reason}")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "note        {note}")?;
        }
        let count = |status| {
            self.panels
                .iter()
                .filter(|panel| panel.status == status)
                .count()
        };
        let [ok, degraded, unsupported] =
            [Status::Ok, Status::Degraded, Status::Unsupported].map(count);
        write!(f, "{ok} ok, {degraded} degraded, {unsupported} unsupported")
    }
}
