//! Files of target groups, read again when they change.
//!
//! Contents are compared rather than file system events awaited: a ConfigMap's
//! files are replaced by a symbolic link, of which events say little.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use series::Labels;

use super::{Changes, groups_from_json, labels_with};
use crate::ingest::scrape::config::discovery::TargetGroup;

/// Changes are seen within this time.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub(super) async fn run(patterns: &[PathBuf], refresh: Duration, mut changes: Changes) {
    let pause = refresh.clamp(Duration::from_millis(100), LOOK_EVERY);
    loop {
        let patterns = patterns.to_vec();
        let read = tokio::task::spawn_blocking(move || read_all(&patterns)).await;
        changes
            .send(read.unwrap_or_else(|error| Err(error.to_string())))
            .await;
        tokio::time::sleep(pause).await;
    }
}

/// The targets of every file; one unreadable file fails all of them, so that
/// the targets found before stay.
fn read_all(patterns: &[PathBuf]) -> Result<Vec<Labels>, String> {
    let mut found = Vec::new();
    for pattern in patterns {
        for path in matching(pattern)? {
            let meta = BTreeMap::from([(
                "__meta_filepath".to_owned(),
                path.to_string_lossy().into_owned(),
            )]);
            for group in read(&path)? {
                found.extend(labels_with(&group, &meta));
            }
        }
    }
    Ok(found)
}

/// The files that a pattern names, sorted.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, String> {
    let text = pattern.to_string_lossy();
    let paths = glob::glob(&text).map_err(|error| format!("{text}: {error}"))?;
    paths
        .map(|path| path.map_err(|error| error.to_string()))
        .collect()
}

fn read(path: &Path) -> Result<Vec<TargetGroup>, String> {
    let named = |reason: String| format!("{}: {reason}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    if is_json {
        groups_from_json(&text).map_err(named)
    } else {
        let groups: Option<Vec<TargetGroup>> =
            serde_saphyr::from_str(&text).map_err(|error| named(error.to_string()))?;
        Ok(groups.unwrap_or_default())
    }
}
