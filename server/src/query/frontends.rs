//! The frontends of all sources, and the one rule by which a source is found.
//!
//! A reload puts others in their place, all at once: whoever asks next asks those,
//! and what is under way ends with what it began with.

use std::sync::Arc;

use query::SourceName;
use tokio::sync::watch;

use super::{QueryError, QueryFrontend};

/// A source's name, and what stands before it.
pub type NamedFrontend = (SourceName, QueryFrontend);

/// The frontends of all sources by name, the default one first. Cloning shares them.
#[derive(Clone)]
pub struct QueryFrontends(Arc<watch::Sender<Arc<[NamedFrontend]>>>);

impl QueryFrontends {
    /// The frontends of the sources by name; the first is the default.
    pub fn new(frontends: Vec<NamedFrontend>) -> Self {
        Self(Arc::new(watch::Sender::new(frontends.into())))
    }

    /// Puts others in their place.
    pub fn replace(&self, frontends: Vec<NamedFrontend>) -> Replaced {
        let after: Arc<[NamedFrontend]> = frontends.into();
        let before = self.0.send_replace(Arc::clone(&after));
        Replaced { before, after }
    }

    /// Every frontend with its source's name, as they are now.
    pub fn all(&self) -> Arc<[NamedFrontend]> {
        Arc::clone(&self.0.borrow())
    }

    /// Tells of every time that others come in their place.
    pub fn subscribe(&self) -> watch::Receiver<Arc<[NamedFrontend]>> {
        self.0.subscribe()
    }

    /// The source of this name: the default one where none is named. Where there
    /// is only one source, every name is its: an imported board names its data
    /// source as it was called elsewhere.
    ///
    /// # Errors
    /// [`QueryError::NoSource`] with the name, [`QueryError::NoSources`].
    pub fn get(&self, name: &SourceName) -> Result<QueryFrontend, QueryError> {
        self.find(name).map(|(_, frontend)| frontend)
    }

    /// What the source that `name` means is called, by the same rule.
    ///
    /// # Errors
    /// See [`Self::get`].
    pub fn name_of(&self, name: &SourceName) -> Result<SourceName, QueryError> {
        self.find(name).map(|(name, _)| name)
    }

    fn find(&self, name: &SourceName) -> Result<NamedFrontend, QueryError> {
        find(&self.0.borrow(), name).cloned()
    }
}

fn find<'a>(all: &'a [NamedFrontend], name: &SourceName) -> Result<&'a NamedFrontend, QueryError> {
    match all {
        [] => Err(QueryError::NoSources),
        [only] => Ok(only),
        [default, ..] if name.is_default_source() => Ok(default),
        several => several
            .iter()
            .find(|(candidate, _)| candidate == name)
            .ok_or_else(|| QueryError::NoSource(name.clone())),
    }
}

/// Other frontends in the place of some.
pub struct Replaced {
    before: Arc<[NamedFrontend]>,
    after: Arc<[NamedFrontend]>,
}

impl Replaced {
    /// Whether this name means another source than before.
    pub fn changes(&self, name: &SourceName) -> bool {
        let meant = [&self.before, &self.after].map(|all| find(all, name).ok());
        match meant {
            [Some((_, before)), Some((_, after))] => !before.is_same(after),
            [None, None] => false,
            _ => true,
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
            Ok(name) => assert_eq!(found, Ok(SourceName::from(name))),
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

    #[tokio::test]
    async fn what_is_put_in_their_place_is_asked_next_by_whoever_shares_them() {
        let frontends = QueryFrontends::unreachable(&["a", "b"]);
        let (shared, mut told) = (frontends.clone(), frontends.subscribe());
        let kept = frontends.all()[1].clone();
        let replaced = frontends.replace(vec![kept]);
        assert!(replaced.changes(&"a".into()) && replaced.changes(&"".into()));
        assert!(!replaced.changes(&"b".into()));
        assert!(told.has_changed().unwrap());
        assert_eq!(told.borrow_and_update().len(), 1);
        assert_eq!(shared.name_of(&"".into()).unwrap(), "b".into());
    }
}
