//! A path in the folder of test data → where it is, or nothing and a line that says `SKIPPED: why`.
//!
//! Some sets cannot lie in the repository, as Prometheus' own cases of PromQL and the pages of real exporters. The
//! variable [`VARIABLE`] names the folder that holds them; a test whose data are not there returns at once, and
//! `cargo xtask test` counts it as skipped.

#![expect(clippy::print_stdout, reason = "the runner reads what a test says")]

use std::path::{Path, PathBuf};

/// Names the folder, by its absolute path.
pub const VARIABLE: &str = "ANDON_TEST_DATA";

/// `relative` in the folder, where it is there; says why not otherwise.
pub fn path(relative: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        println!("SKIPPED: {relative} is not here, for {VARIABLE} names no folder");
        return None;
    };
    let path = Path::new(&folder).join(relative);
    if !path.exists() {
        println!("SKIPPED: there is no {}", path.display());
        return None;
    }
    Some(path)
}

/// The text of the file `relative`, where it is there.
pub fn text(relative: &str) -> Option<String> {
    let path = path(relative)?;
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            println!("SKIPPED: cannot read {}: {error}", path.display());
            None
        }
    }
}
