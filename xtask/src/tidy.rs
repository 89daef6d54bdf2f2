//! What the architecture promises, checked on the sources: see ARCHITECTURE.md, "Invariants".

mod rooms;
mod rust;

use crate::paths;
use regex::Regex;
use std::path::{Path, PathBuf};

/// A file has at most this many lines.
const MAX_LINES: usize = 400;

/// A source file, its path from the workspace root.
struct Source {
    path: String,
    text: String,
}

/// Every file under `folders` that ends in one of `extensions`; a folder that has
/// none fails, for then nothing would be checked.
fn sources(folders: &[&str], extensions: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        let before = found.len();
        collect(&paths::root().join(folder), extensions, &mut found);
        assert!(
            found.len() > before,
            "{folder} has no file of {extensions:?}"
        );
    }
    found
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["node_modules", "target", "dist"].contains(&name.as_str()) {
            collect(&path, extensions, found);
        } else if path
            .extension()
            .is_some_and(|end| extensions.contains(&&*end.to_string_lossy()))
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path
                .strip_prefix(paths::root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            found.push(Source { path, text });
        }
    }
}

const OURS: [&str; 9] = [
    "app", "bench", "crates", "frontend", "fuzz", "server", "storage", "testdata", "xtask",
];

/// The folders of our crates.
fn members() -> Vec<PathBuf> {
    let mut members = Vec::new();
    for folder in OURS {
        let folder = paths::root().join(folder);
        let below = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        members.extend(
            below
                .chain([folder])
                .filter(|path| path.join("Cargo.toml").exists()),
        );
    }
    members
}

/// Fails with every line of `wrong`.
fn check(rule: &str, wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{rule}:\n  {}", wrong.join("\n  "));
}

/// `PATH:LINE: TEXT` of every line of `source` that `pattern` is found in.
fn lines_with(source: &Source, text: &str, pattern: &Regex) -> Vec<String> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| pattern.is_match(line));
    lines
        .map(|(index, line)| format!("{}:{}: {}", source.path, index + 1, line.trim()))
        .collect()
}

/// The part of a source file that ships, its lines where they are: all but tests.
fn shipped(source: &Source) -> String {
    if is_test(source) {
        String::new()
    } else if source.path.ends_with(".rs") {
        rust::without_tests(&source.text)
    } else {
        source.text.clone()
    }
}

/// Whether the whole file is about tests.
fn is_test(source: &Source) -> bool {
    let folders = ["tests", "benches", "examples"];
    let mut folders = folders.iter();
    folders.any(|folder| source.path.contains(&format!("/{folder}/")))
        || source.path.ends_with("/tests.rs")
}

#[test]
fn pure_crates_have_no_effects() {
    let effects = Regex::new(
        r"^[^/]*\b(std::(fs|net|process|env)|SystemTime|time::Instant|Instant::now|async fn|tokio)\b",
    )
    .unwrap();
    let sources = sources(&["crates"], &["rs"]);
    check(
        "crates/ takes values in and gives values out: no files, network, clock, environment or async",
        sources
            .iter()
            .flat_map(|source| lines_with(source, &shipped(source), &effects)),
    );
}

#[test]
fn pure_crates_depend_on_no_effects() {
    const EFFECTS: [&str; 10] = [
        "axum", "hyper", "leptos", "notify", "reqwest", "server", "storage", "tokio", "tower",
        "web-sys",
    ];
    let mut wrong = Vec::new();
    for member in members()
        .iter()
        .filter(|path| path.starts_with(paths::root().join("crates")))
    {
        let manifest: toml::Table = std::fs::read_to_string(member.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in dependencies.into_iter().flat_map(|table| table.keys()) {
            if EFFECTS.contains(&name.as_str()) {
                wrong.push(format!("{} depends on {name}", member.display()));
            }
        }
    }
    check("crates/ depends on nothing that has effects", wrong);
}

#[test]
fn only_the_tokens_hold_colours() {
    let css = Regex::new(r"#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(").unwrap();
    let rust = Regex::new(r##""#[0-9a-fA-F]{3,8}"|RGBA?Color\(\s*\d"##).unwrap();
    let styles = sources(&["style"], &["css", "scss"]);
    let code = sources(&["app", "crates", "frontend", "server"], &["rs", "html"]);
    let raw = styles
        .iter()
        .filter(|source| !source.path.starts_with("style/tokens."))
        .flat_map(|source| lines_with(source, &source.text, &css));
    let drawn = code
        .iter()
        .flat_map(|source| lines_with(source, &shipped(source), &rust));
    check(
        "a colour is written in style/tokens.* and nowhere else",
        raw.chain(drawn),
    );
}

#[test]
fn the_map_names_every_crate() {
    let map = std::fs::read_to_string(paths::root().join("ARCHITECTURE.md")).unwrap();
    let names = members().into_iter().map(|path| {
        let path = path
            .strip_prefix(paths::root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        format!("`{path}/`")
    });
    check(
        "ARCHITECTURE.md's map names every crate",
        names.filter(|name| !map.contains(name)),
    );
}

#[test]
fn every_module_says_what_it_is() {
    let sources = sources(&OURS, &["rs"]);
    let silent = sources
        .iter()
        .filter(|source| !source.text.starts_with("//!"));
    check(
        "a module opens with `//!`: what it turns into what",
        silent.map(|source| source.path.clone()),
    );
}

#[test]
fn files_are_short() {
    let sources = [
        sources(&OURS, &["rs"]),
        sources(&["end2end", "bench"], &["ts", "mjs"]),
        sources(&["style"], &["css", "scss"]),
    ];
    let long = sources.into_iter().flatten().filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > MAX_LINES).then(|| format!("{}: {lines} lines", source.path))
    });
    check("a file holds one concept, in at most 400 lines", long);
}

#[test]
fn a_lint_is_silenced_with_a_reason() {
    let bare = Regex::new(r"(?m)^\s*#!?\[(allow|expect)\([^\]]*\]").unwrap();
    let sources = sources(&OURS, &["rs"]);
    let silenced = sources.iter().flat_map(|source| {
        let all = bare.find_iter(&source.text).map(|found| found.as_str());
        let without = all.filter(|attribute| !attribute.contains("reason ="));
        without.map(|attribute| format!("{}: {}", source.path, attribute.trim()))
    });
    check("a silenced lint says why", silenced);
}

#[test]
#[should_panic(expected = "no/such/folder has no file")]
fn a_folder_without_files_is_no_success() {
    sources(&["no/such/folder"], &["rs"]);
}

#[test]
fn the_servers_urls_are_in_one_table() {
    let adds_a_route = Regex::new(r"Router::new\(|\.(route|nest)(_service)?\(").unwrap();
    let sources = sources(&["server/src"], &["rs"]);
    let elsewhere = sources
        .iter()
        .filter(|source| source.path != "server/src/http/router.rs");
    check(
        "a URL is a row of server/src/http/routes.rs",
        elsewhere.flat_map(|source| lines_with(source, &shipped(source), &adds_a_route)),
    );
}

/// Files of the server that spawn tasks by themselves, and why they may.
const SPAWNS: [(&str, &str); 1] = [(
    "server/src/supervise.rs",
    "it is what every other task is spawned through",
)];

#[test]
fn every_task_is_supervised() {
    let bare = Regex::new(r"\b(tokio::|task::)(spawn|spawn_local)\(|\bJoinSet\b").unwrap();
    let sources = sources(&["server/src"], &["rs"]);
    for (path, reason) in SPAWNS {
        let source = sources.iter().find(|source| source.path == path);
        let spawns = source.is_some_and(|source| bare.is_match(&shipped(source)));
        assert!(spawns, "{path} spawns nothing, though {reason}");
    }
    let others = sources
        .iter()
        .filter(|source| !SPAWNS.iter().any(|(path, _)| source.path == *path));
    check(
        "a task of the server is spawned by name, through supervise.rs",
        others.flat_map(|source| lines_with(source, &shipped(source), &bare)),
    );
}
