//! Files of target groups, read again when they change, and as often as the
//! configuration says besides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use series::Labels;

use super::{Changes, groups_from_json, labels_with};
use crate::ingest::scrape::config::discovery::TargetGroup;
use crate::watch::{Watch, Watched};

pub(super) async fn run(patterns: &[PathBuf], refresh: Duration, mut changes: Changes) {
    loop {
        let patterns = patterns.to_vec();
        let begun = tokio::task::spawn_blocking(move || {
            // Before the files are read, so that no change is missed.
            let watch = Watch::new(patterns.iter().flat_map(|one| folders(one)).collect());
            (watch, read_all(&patterns))
        });
        let (mut watch, found) = match begun.await {
            Ok(begun) => begun,
            Err(panicked) => (Watch::new(Vec::new()), Err(panicked.to_string())),
        };
        changes.send(found).await;
        tokio::select! {
            () = watch.changed() => {}
            () = tokio::time::sleep(refresh) => {}
        }
    }
}

/// The folders that the files of a pattern may lie in, and those in which other such
/// folders may come.
fn folders(pattern: &Path) -> Vec<Watched> {
    let mut found = Vec::new();
    for folder in pattern.ancestors().skip(1) {
        let text = folder.to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            found.push(Watched::Folder(folder.to_owned()));
            break;
        }
        let there = glob::glob(&text).into_iter().flatten().flatten();
        found.extend(there.map(Watched::Folder));
    }
    found
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
    groups(path).map_err(|reason| format!("{}: {reason}", path.display()))
}

fn groups(path: &Path) -> Result<Vec<TargetGroup>, String> {
    let text = crate::regular_file::read_to_string(path).map_err(|error| error.to_string())?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    if is_json {
        groups_from_json(&text)
    } else {
        let groups: Option<Vec<TargetGroup>> =
            serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
        Ok(groups.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_watched_that_a_pattern_leads_through() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir_all(path("a/targets")).unwrap();
        std::fs::create_dir_all(path("b/other")).unwrap();
        let check = |pattern: &str, expected: &[&str]| {
            let expected: Vec<Watched> = expected
                .iter()
                .map(|name| Watched::Folder(path(name)))
                .collect();
            assert_eq!(folders(&path(pattern)), expected, "{pattern}");
        };
        check("a/targets/*.json", &["a/targets"]);
        check("nowhere/x.json", &["nowhere"]);
        check("*/targets/*.json", &["a/targets", "a", "b", ""]);
    }
}
