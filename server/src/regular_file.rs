//! A path to the text of a regular file.
//!
//! Contract: never waits and never reads without end: a pipe, a socket or a
//! device is refused, and so is what is larger than [`MAX_BYTES`]. What a shell
//! hands over (`/dev/stdin`, `/dev/fd/63`) is read all the same.

use std::io;
use std::path::{Path, PathBuf};

/// The largest file that is read: far beyond any board or configuration.
const MAX_BYTES: u64 = 16 << 20;

/// The text of the file.
///
/// # Errors
/// See [`read`]; where it is no UTF-8.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        io::Error::other(format!("it is no UTF-8 from its byte {at} on"))
    })
}

/// The bytes of the file.
///
/// # Errors
/// Where it cannot be read, is no regular file, or is too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = path.metadata()?;
    let is_of_shell = path.starts_with("/dev/fd") || path == Path::new("/dev/stdin");
    if !metadata.is_file() && !is_of_shell {
        return Err(io::Error::other("it is no regular file"));
    }
    if metadata.len() > MAX_BYTES {
        let limit_mib = MAX_BYTES >> 20;
        let reason = format!("it is larger than {limit_mib} MiB");
        return Err(io::Error::other(reason));
    }
    std::fs::read(path)
}

/// The folders on the way down to where a search is, so that a link back up is
/// not followed for ever.
#[derive(Clone, Debug, Default)]
pub struct Ancestors(Vec<PathBuf>);

impl Ancestors {
    /// The same with `folder`; `None` where the search is in it already.
    ///
    /// # Errors
    /// Where the folder cannot be found.
    pub fn with(&self, folder: &Path) -> io::Result<Option<Self>> {
        let real = folder.canonicalize()?;
        if self.0.contains(&real) {
            return Ok(None);
        }
        let mut longer = self.clone();
        longer.0.push(real);
        Ok(Some(longer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        std::fs::write(&file, "title: A").unwrap();
        assert_eq!(read_to_string(&file).unwrap(), "title: A");
        let device = folder.path().join("zero.yaml");
        std::os::unix::fs::symlink("/dev/zero", &device).unwrap();
        let refused = read_to_string(&device).unwrap_err().to_string();
        assert_eq!(refused, "it is no regular file");
        let large = folder.path().join("large.yaml");
        let sparse = std::fs::File::create(&large).unwrap();
        sparse.set_len(MAX_BYTES + 1).unwrap();
        let refused = read_to_string(&large).unwrap_err().to_string();
        assert_eq!(refused, "it is larger than 16 MiB");
    }

    #[test]
    fn a_link_back_up_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("self");
        std::os::unix::fs::symlink(".", &link).unwrap();
        let top = Ancestors::default().with(folder.path()).unwrap().unwrap();
        assert!(top.with(&link).unwrap().is_none());
    }
}
