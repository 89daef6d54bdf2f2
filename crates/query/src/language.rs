//! The languages in which sources are asked.

/// The language of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Of metrics.
    #[default]
    PromQl,
    /// Of logs.
    LogQl,
    /// Of tables.
    Sql,
    /// A search of traces.
    Traces,
    /// A search of events.
    Events,
}

impl Language {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::PromQl,
        Self::LogQl,
        Self::Sql,
        Self::Traces,
        Self::Events,
    ];

    /// The key of a query in this language, in a board file.
    pub fn key(self) -> &'static str {
        match self {
            Self::PromQl => "expr",
            Self::LogQl => "logs",
            Self::Sql => "sql",
            Self::Traces => "traces",
            Self::Events => "events",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PromQl => "PromQL",
            Self::LogQl => "LogQL",
            Self::Sql => "SQL",
            Self::Traces => "searches of traces",
            Self::Events => "searches of events",
        }
    }
}
