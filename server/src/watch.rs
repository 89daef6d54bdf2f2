//! Files and folders -> a wake-up whenever something in them may have changed.
//!
//! The system tells of changes. What it would not tell is watched for as well: a
//! folder that comes later, and symbolic links on the way to a file, by which
//! deployments and Kubernetes swap whole folders. Only where the system cannot tell
//! is there a wake-up every [`LOOK_AGAIN`].
//!
//! Contract: no change is missed, and reading is none; but a wake-up says only that
//! something may be different. Whoever is woken reads the files and compares what
//! they say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, MetadataKind, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::supervise;

/// Between two wake-ups where the system tells of no changes.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// What changes together wakes once.
const SETTLE: Duration = Duration::from_millis(5);
/// Links that lead to links are followed so far.
const MAX_LINKS: usize = 32;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A file, or the files that lie in a folder.
    Folder(PathBuf),
    /// A file, or a folder with everything below it.
    Tree(PathBuf),
}

/// Watches for changes, until it is dropped.
pub struct Watch {
    watched: Arc<[Watched]>,
    changed: Arc<Notify>,
    /// The system's own; `None` where it cannot tell of every change.
    watcher: Option<RecommendedWatcher>,
    /// Whether there was a change since the watcher began.
    is_stale: bool,
}

impl Watch {
    /// Begins to watch. To be called before the files are read for the first time.
    pub fn new(watched: Vec<Watched>) -> Self {
        let changed = Arc::new(Notify::new());
        Self {
            watcher: watcher(&watched, &changed),
            watched: watched.into(),
            changed,
            is_stale: false,
        }
    }

    /// Waits until something may have changed since the last time. Nothing is missed
    /// where this is dropped before it ends.
    pub async fn changed(&mut self) {
        if !self.is_stale {
            if self.watcher.is_some() {
                self.changed.notified().await;
            } else {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            self.is_stale = true;
            tokio::time::sleep(SETTLE).await;
        }
        // The change may have put another folder or link in the place of a watched one.
        let (watched, changed) = (Arc::clone(&self.watched), Arc::clone(&self.changed));
        let begun = tokio::task::spawn_blocking(move || watcher(&watched, &changed)).await;
        self.watcher = begun.unwrap_or_default();
        self.is_stale = false;
    }
}

/// Runs `look` where it may block. A panic there is logged, and costs this look alone.
pub async fn look<S, R>(state: &Arc<Mutex<S>>, look: fn(&mut S) -> R) -> Option<R>
where
    S: Send + 'static,
    R: Send + 'static,
{
    let state = Arc::clone(state);
    supervise::blocking("watch", move || look(&mut state.lock())).await
}

/// The system's watcher of everything that bears on `watched`; `None` where it
/// cannot tell of every change.
fn watcher(watched: &[Watched], changed: &Arc<Notify>) -> Option<RecommendedWatcher> {
    let places = Places::of(watched);
    begin(&places, Arc::clone(changed))
        .inspect_err(|error| tracing::debug!(%error, "files are looked at once a second"))
        .ok()
}

fn begin(places: &Places, changed: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let wanted = places.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // After an error, such as too many changes at once, anything may have changed.
        if event.map_or(true, |event| wanted.bears_on(&event)) {
            changed.notify_one();
        }
    })?;
    for (folder, is_deep) in &places.folders {
        if is_remote(folder) {
            let words = "another machine's folder tells of no changes";
            return Err(notify::Error::generic(words).add_path(folder.clone()));
        }
        let mode = if *is_deep {
            RecursiveMode::Recursive
        } else {
            RecursiveMode::NonRecursive
        };
        watcher.watch(folder, mode)?;
    }
    Ok(watcher)
}

/// Where changes are told, and which of them count.
#[derive(Clone, Debug, Default)]
struct Places {
    /// Every folder that the system is to watch, and whether with all below it.
    folders: BTreeMap<PathBuf, bool>,
    /// Those of them in which every change counts.
    whole: BTreeMap<PathBuf, bool>,
    /// What counts by itself: files, and the folders and links on the way to them.
    names: BTreeSet<PathBuf>,
}

impl Places {
    fn of(watched: &[Watched]) -> Self {
        let mut places = Self::default();
        for one in watched {
            let (path, is_deep) = match one {
                Watched::Folder(path) => (path, false),
                Watched::Tree(path) => (path, true),
            };
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            places.add_name(&path, MAX_LINKS);
            if path.is_dir() {
                places.add_whole(&path, is_deep);
            }
        }
        places
    }

    /// A path, which may be another file at any time: as may any folder and any
    /// link on the way to it.
    fn add_name(&mut self, path: &Path, links_left: usize) {
        for name in path.ancestors() {
            let Some(parent) = name.parent().filter(|parent| parent.is_dir()) else {
                continue; // there is no root but one, and what is missing comes in a folder
            };
            self.folders.entry(parent.to_owned()).or_insert(false);
            let is_new = self.names.insert(name.to_owned());
            if is_new
                && links_left > 0
                && let Ok(target) = std::fs::read_link(name)
            {
                self.add_name(&parent.join(target), links_left - 1);
            }
        }
    }

    /// A folder of which every change counts; of links in it, also where they lead to.
    fn add_whole(&mut self, folder: &Path, is_deep: bool) {
        for places in [&mut self.folders, &mut self.whole] {
            *places.entry(folder.to_owned()).or_insert(false) |= is_deep;
        }
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue; // gone meanwhile, which is a change
            };
            if kind.is_symlink() {
                self.add_name(&path, MAX_LINKS);
            } else if kind.is_dir() && is_deep {
                self.add_whole(&path, is_deep);
            }
        }
    }

    /// Whether what is watched may be different after the event.
    fn bears_on(&self, event: &Event) -> bool {
        let mut paths = event.paths.iter();
        !is_reading(event.kind) && (event.paths.is_empty() || paths.any(|path| self.counts(path)))
    }

    /// Whether a change of this path counts.
    fn counts(&self, path: &Path) -> bool {
        let mut whole = self.whole.iter();
        self.names.contains(path)
            || whole.any(|(folder, is_deep)| {
                let is_in = path == folder || path.parent() == Some(folder);
                is_in || (*is_deep && path.starts_with(folder))
            })
    }
}

/// Whether a file was only read.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        EventKind::Modify(ModifyKind::Metadata(kind)) => kind == MetadataKind::AccessTime,
        _ => false,
    }
}

/// Whether the folder is another machine's, which tells of its own changes alone.
#[cfg(target_os = "linux")]
fn is_remote(folder: &Path) -> bool {
    /// By `man 2 statfs`: NFS, SMB, CIFS, SMB 2, FUSE, 9P, Ceph.
    const REMOTE: [u32; 7] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x6573_5546,
        0x0102_1997,
        0x00C3_6400,
    ];
    let kind = rustix::fs::statfs(folder).map(|system| system.f_type);
    kind.is_ok_and(|kind| REMOTE.contains(&(kind as u32)))
}

#[cfg(not(target_os = "linux"))]
fn is_remote(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use notify::event::{CreateKind, DataChange, RemoveKind};

    use super::*;

    #[test]
    fn changes_count_and_reading_does_not() {
        let places = Places {
            whole: BTreeMap::from([("/flat".into(), false), ("/deep".into(), true)]),
            names: BTreeSet::from(["/etc/targets.json".into(), "/srv/current".into()]),
            ..Places::default()
        };
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let created = EventKind::Create(CreateKind::Any);
        let removed = EventKind::Remove(RemoveKind::Any);
        let check = |kind: EventKind, path: &str, expected: bool| {
            let event = Event::new(kind).add_path(path.into());
            assert_eq!(places.bears_on(&event), expected, "{event:?}");
        };
        check(written, "/flat/a.toml", true);
        check(closed, "/flat/a.toml", true);
        check(opened, "/flat/a.toml", false);
        check(written, "/flat/below/a.toml", false);
        check(written, "/deep/below/a.toml", true);
        check(created, "/srv/current", true);
        check(created, "/srv/other", false);
        check(removed, "/etc/targets.json", true);
        check(written, "/etc/passwd", false);
        assert!(
            places.bears_on(&Event::new(EventKind::Other)),
            "too many to tell"
        );
    }

    /// Whether `change` in a folder of a file `a`, a folder `below` and a link `link`
    /// to the folder wakes who watches it.
    async fn check(watched: fn(PathBuf) -> Watched, change: fn(&Path)) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("one");
        std::fs::create_dir_all(folder.join("below")).unwrap();
        std::fs::write(folder.join("a"), "1").unwrap();
        symlink("one", root.path().join("link")).unwrap();
        let mut watch = Watch::new(vec![watched(root.path().join("link"))]);
        assert!(watch.watcher.is_some(), "the system tells of changes here");
        change(root.path());
        watch.changed().await;
        // Another watch has taken the place of the first, and holds as well.
        std::fs::write(root.path().join("link/a"), "2").unwrap();
        watch.changed().await;
    }

    fn write(path: PathBuf) {
        std::fs::write(path, "3").unwrap();
    }

    #[tokio::test]
    async fn every_change_wakes() {
        check(Watched::Folder, |root| write(root.join("one/a"))).await;
        check(Watched::Folder, |root| write(root.join("one/new"))).await;
        check(Watched::Folder, |root| {
            std::fs::remove_file(root.join("one/a")).unwrap();
        })
        .await;
        check(Watched::Tree, |root| write(root.join("one/below/new"))).await;
    }

    #[tokio::test]
    async fn a_folder_that_comes_or_is_swapped_wakes() {
        check(Watched::Tree, |root| {
            std::fs::create_dir(root.join("two")).unwrap();
            symlink("two", root.join("next")).unwrap();
            std::fs::rename(root.join("next"), root.join("link")).unwrap();
        })
        .await;
        check(Watched::Folder, |root| {
            std::fs::rename(root.join("one"), root.join("away")).unwrap();
            std::fs::create_dir(root.join("one")).unwrap();
        })
        .await;
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("later/boards");
        let mut watch = Watch::new(vec![Watched::Tree(folder.clone())]);
        std::fs::create_dir_all(&folder).unwrap();
        watch.changed().await;
        write(folder.join("a"));
        watch.changed().await;
    }

    #[tokio::test]
    async fn a_file_elsewhere_that_a_link_leads_to_is_watched() {
        let root = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (root.path().join("here"), root.path().join("there"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::create_dir(&elsewhere).unwrap();
        write(elsewhere.join("a"));
        symlink("../there/a", folder.join("a")).unwrap();
        let mut watch = Watch::new(vec![Watched::Folder(folder)]);
        write(elsewhere.join("a"));
        watch.changed().await;
    }

    #[tokio::test]
    async fn a_panic_costs_one_look() {
        let state = Arc::new(Mutex::new(1));
        assert_eq!(look(&state, |_| panic!("of the test")).await, None::<()>);
        assert_eq!(look(&state, |state| *state + 1).await, Some(2));
    }
}
