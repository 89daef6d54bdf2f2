//! Where things are in the work tree.

use std::path::{Path, PathBuf};

/// The workspace root.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The bundle, which `server/build.rs` embeds. Under the work tree whatever the target folder is, so that
/// two work trees that share a target folder do not share a bundle.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// Programs installed for this project alone, out of the user's way.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The program `name` on PATH, if it is there.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// PATH with `dirs` before everything else.
pub fn path_with(dirs: &[PathBuf]) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = dirs.iter().cloned().chain(std::env::split_paths(&path));
    std::env::join_paths(all).unwrap_or(path)
}
