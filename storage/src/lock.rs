//! `lock`: one process a folder, and who that is.
//!
//! The system's lock on the file holds for as long as the process lives, so none is
//! ever left behind; what stands in the file says whose it is.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{DiskContext, StorageError};

/// Whoever only looks has the lock for a moment: it is tried again.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// The process that uses a data folder, as its lock says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(String);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_str() {
            "" => f.write_str("one of an earlier build, which does not say more"),
            text => f.write_str(text),
        }
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("lock")
}

/// Takes the folder for this process, until the file is closed.
///
/// # Errors
/// [`StorageError::Locked`] with the process that has it.
pub(crate) fn lock(folder: &Path) -> Result<File, StorageError> {
    let path = path(folder);
    let mut options = OpenOptions::new();
    // What stands in it is another's until the lock is ours.
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(&path).on("create", &path)?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => {
                sign(&mut file).on("write", &path)?;
                return Ok(file);
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error).on("lock", &path),
        }
    }
    Err(StorageError::Locked {
        folder: folder.to_owned(),
        holder: written(&mut file).on("read", &path)?,
    })
}

/// The process that uses the folder now; `None` where none does.
///
/// # Errors
/// Where the lock cannot be read.
pub fn holder(folder: &Path) -> Result<Option<Holder>, StorageError> {
    let path = path(folder);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.on("open", &path)?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => written(&mut file).on("read", &path).map(Some),
        Err(TryLockError::Error(error)) => Err(error).on("lock", &path),
    }
}

/// Says who has the folder.
fn sign(file: &mut File) -> std::io::Result<()> {
    let host = rustix::system::uname();
    let text = format!(
        "process {} on {} since {}",
        std::process::id(),
        host.nodename().to_string_lossy(),
        jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    );
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())
}

fn written(file: &mut File) -> std::io::Result<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(Holder(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_processes_and_says_whose() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(holder(folder.path()).unwrap(), None);
        let held = lock(folder.path()).unwrap();
        let words = format!("process {} on ", std::process::id());
        let found = holder(folder.path()).unwrap().unwrap().to_string();
        assert!(found.starts_with(&words), "{found}");
        let refused = lock(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&words), "{refused}");
        drop(held);
        assert_eq!(holder(folder.path()).unwrap(), None);
        drop(lock(folder.path()).unwrap());
    }
}
