//! The pages of real systems, where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Entry, Format, Parser};

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => pages(&path),
            path if path
                .extension()
                .is_some_and(|extension| extension == "prom") =>
            {
                vec![path]
            }
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_page_is_read_line_for_line() {
    let Some(folder) = testdata::path("fixtures") else {
        return;
    };
    let pages = pages(&folder);
    assert!(!pages.is_empty(), "no pages in {}", folder.display());
    for path in pages {
        let page = fs::read_to_string(&path).unwrap();
        let samples = Parser::new(page.as_bytes(), Format::Text)
            .unwrap()
            .map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            .filter(|entry| matches!(entry, Entry::Sample(_)))
            .count();
        let lines = page.lines().filter(|line| !line.starts_with('#'));
        let expected = lines.filter(|line| !line.trim().is_empty()).count();
        assert_eq!(samples, expected, "{}", path.display());
    }
}
