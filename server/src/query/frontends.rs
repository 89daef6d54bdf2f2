//! The frontends of all sources, and the one rule by which a source is found.

use std::sync::Arc;

use query::SourceName;

use super::{QueryError, QueryFrontend};

/// The frontends of all sources by name, the default one first. Cloning shares them.
#[derive(Clone)]
pub struct QueryFrontends(Arc<[(SourceName, QueryFrontend)]>);

impl QueryFrontends {
    /// The frontends of the sources by name; the first is the default.
    pub fn new(frontends: Vec<(SourceName, QueryFrontend)>) -> Self {
        Self(frontends.into())
    }

    /// Every frontend with its source's name.
    pub fn iter(&self) -> impl Iterator<Item = (&SourceName, &QueryFrontend)> {
        self.0.iter().map(|(name, frontend)| (name, frontend))
    }

    /// The source of this name: the default one where none is named. Where there
    /// is only one source, every name is its: an imported board names its data
    /// source as it was called elsewhere.
    ///
    /// # Errors
    /// [`QueryError::NoSource`] with the name, [`QueryError::NoSources`].
    pub fn get(&self, name: &SourceName) -> Result<&QueryFrontend, QueryError> {
        self.find(name).map(|(_, frontend)| frontend)
    }

    /// What the source that `name` means is called, by the same rule.
    ///
    /// # Errors
    /// See [`Self::get`].
    pub fn name_of(&self, name: &SourceName) -> Result<&SourceName, QueryError> {
        self.find(name).map(|(name, _)| name)
    }

    fn find(&self, name: &SourceName) -> Result<&(SourceName, QueryFrontend), QueryError> {
        match &*self.0 {
            [] => Err(QueryError::NoSources),
            [only] => Ok(only),
            [default, ..] if name.is_default_source() => Ok(default),
            several => several
                .iter()
                .find(|(candidate, _)| candidate == name)
                .ok_or_else(|| QueryError::NoSource(name.clone())),
        }
    }
}

#[cfg(test)]
impl QueryFrontends {
    /// Before sources of these names, none of which answers.
    pub fn unreachable(names: &[&str]) -> Self {
        use crate::source::{PrometheusClient, Source, UpstreamConfig};
        let frontend = |name: &&str| {
            let config = UpstreamConfig::from_url("http://127.0.0.1:9".parse().unwrap());
            let source = Source::Upstream(PrometheusClient::new(config).unwrap().into());
            let frontend = QueryFrontend::new(source, super::ConcurrencyLimits::default(), 0);
            (SourceName::from(*name), frontend)
        };
        Self::new(names.iter().map(frontend).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sources: &[&str], name: &str, expected: Result<&str, &str>) {
        let frontends = QueryFrontends::unreachable(sources);
        let name = SourceName::from(name);
        let found = frontends.name_of(&name).map_err(|error| error.to_string());
        match expected {
            Ok(name) => assert_eq!(found, Ok(&SourceName::from(name))),
            Err(words) => assert!(found.unwrap_err().contains(words)),
        }
    }

    #[tokio::test]
    async fn one_rule_finds_a_source_by_its_name() {
        check(&[], "", Err("no source of data is configured"));
        check(&["a"], "", Ok("a"));
        check(&["a"], "as it was called elsewhere", Ok("a"));
        check(&["a", "b"], "", Ok("a"));
        check(&["a", "b"], "b", Ok("b"));
        check(&["a", "b"], "c", Err("there is no source `c`"));
    }
}
