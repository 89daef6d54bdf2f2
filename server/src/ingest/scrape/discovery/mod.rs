//! Where targets come from. Each discovery runs in a task of its own and sends
//! an [`Update`] when what it finds changes, or fails.

mod dns;
mod files;
mod http;

use std::collections::BTreeMap;

use series::Labels;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::config::Discovery;
use super::config::discovery::TargetGroup;
use crate::supervise;

/// What a discovery found.
#[derive(Debug)]
pub struct Update {
    /// The index of the discovery in its job.
    pub source: usize,
    /// The labels of each target, or why nothing could be found out.
    pub found: Result<Vec<Labels>, String>,
}

/// Runs a discovery until `ends`.
pub fn spawn(
    source: usize,
    discovery: Discovery,
    updates: mpsc::Sender<Update>,
    ends: CancellationToken,
) {
    let until = ends.clone();
    supervise::keep_running("scrape discovery", until, move || {
        let (discovery, ends) = (discovery.clone(), ends.clone());
        let changes = Changes {
            source,
            updates: updates.clone(),
            latest: None,
        };
        async move {
            tokio::select! {
                () = ends.cancelled() => {}
                () = run(discovery, changes) => {}
            }
        }
    });
}

async fn run(discovery: Discovery, mut changes: Changes) {
    match discovery {
        Discovery::Static(group) => changes.send(Ok(labels_of(&group))).await,
        Discovery::Files { patterns, refresh } => files::run(&patterns, refresh, changes).await,
        Discovery::Http {
            url,
            options,
            refresh,
        } => http::run(url, *options, refresh, changes).await,
        Discovery::Dns(config) => dns::run(&config, changes).await,
    }
}

/// Sends what is found where it differs from what was found before.
struct Changes {
    source: usize,
    updates: mpsc::Sender<Update>,
    latest: Option<Result<Vec<Labels>, String>>,
}

impl Changes {
    async fn send(&mut self, found: Result<Vec<Labels>, String>) {
        if self.latest.as_ref() == Some(&found) {
            return;
        }
        self.latest = Some(found.clone());
        let source = self.source;
        // Nobody listens where the job has ended; then this task ends as well.
        let _ = self.updates.send(Update { source, found }).await;
    }
}

/// The targets of a group, each with the group's labels.
pub fn labels_of(group: &TargetGroup) -> Vec<Labels> {
    labels_with(group, &BTreeMap::new())
}

/// The same, with labels that say where the group was found.
fn labels_with(group: &TargetGroup, meta: &BTreeMap<String, String>) -> Vec<Labels> {
    let targets = group.targets.iter();
    targets
        .map(|address| {
            let address = ("__address__", address.as_str());
            let labels = group.labels.iter().chain(meta);
            let labels = labels.map(|(name, value)| (name.as_str(), value.as_str()));
            Labels::from_pairs(labels.chain([address]))
        })
        .collect()
}

/// Reads target groups as JSON.
fn groups_from_json(text: &str) -> Result<Vec<TargetGroup>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}
