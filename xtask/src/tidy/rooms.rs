//! The server's rooms stand on floors: a room may use what is on the floors below
//! it, and nothing beside or above it.

use super::rust::{crate_paths, without_tests};
use super::{check, is_test, sources};
use std::collections::BTreeSet;

/// Where the rooms are: each file and each folder here is one.
const SERVER: &str = "server/src";

/// The floors, from the bottom to the top. ARCHITECTURE.md says what each is for.
const FLOORS: &[&[&str]] = &[
    &[
        "assets",
        "byte_budget",
        "clock",
        "log",
        "regular_file",
        "report_format",
        "supervise",
        "unknown_key",
    ],
    &["net"],
    &["metrics", "watch"],
    &["reload", "source"],
    &["ingest"],
    &["query"],
    &["live"],
    &["boards"],
    &["demo"],
    &["state"],
    &["api", "pages"],
    &["http"],
    &["config"],
    &["run"],
    &["check", "convert", "data", "start"],
    &["cli"],
    &["lib", "main"],
];

/// A source file of the server: its path below [`SERVER`], and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The room that the file belongs to.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules lie between the crate's root and the file's own, itself included.
    fn depth(&self) -> usize {
        let is_root = ["lib.rs", "main.rs"].contains(&self.path.as_str());
        let parts = self.path.split('/').count();
        if is_root || self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }
}

/// What is wrong with the order of the rooms, a line each.
fn violations(floors: &[&[&str]], files: &[File]) -> Vec<String> {
    let there: BTreeSet<&str> = files.iter().map(File::room).collect();
    let named: BTreeSet<&str> = floors.iter().copied().flatten().copied().collect();
    let missing = named
        .difference(&there)
        .map(|room| format!("a floor names the room `{room}`, which is not there"));
    let unnamed = there
        .difference(&named)
        .map(|room| format!("the room `{room}` is on no floor"));
    let climbing = files.iter().flat_map(|file| climbing(floors, file));
    missing.chain(unnamed).chain(climbing).collect()
}

/// The paths of a file that lead to a room that is not below its own.
fn climbing(floors: &[&[&str]], file: &File) -> Vec<String> {
    let own = floor_of(floors, file.room());
    let mut wrong = Vec::new();
    for found in crate_paths(&without_tests(&file.text), file.depth()) {
        let is_own = found.room == file.room();
        let is_below = floor_of(floors, &found.room) < own;
        if !is_own && !is_below {
            let (path, line, room) = (&file.path, found.line, &found.room);
            wrong.push(format!(
                "{path}:{line}: uses `{room}`, which is not below it"
            ));
        }
    }
    wrong
}

/// The floor of a room, counted from the bottom; what is on none is above all.
fn floor_of(floors: &[&[&str]], room: &str) -> usize {
    let floor = floors.iter().position(|rooms| rooms.contains(&room));
    floor.unwrap_or(floors.len())
}

#[test]
fn the_servers_rooms_use_what_is_below_them() {
    let files: Vec<File> = sources(&[SERVER], &["rs"])
        .into_iter()
        .filter(|source| !is_test(source))
        .map(|source| File {
            path: source.path[SERVER.len() + 1..].to_owned(),
            text: source.text,
        })
        .collect();
    check(
        "a room of the server uses what is on the floors below it (see xtask/src/tidy/rooms.rs)",
        violations(FLOORS, &files),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOWER: &[&[&str]] = &[&["clock"], &["api", "pages"], &["main"]];

    /// The files of a small server in which `path` holds `text`.
    fn server(path: &str, text: &str) -> Vec<File> {
        let file = |(path, text): (&str, &str)| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let others = ["clock.rs", "api/mod.rs", "pages/mod.rs", "main.rs"];
        let others = others.into_iter().filter(|other| *other != path);
        let files = others.map(|path| (path, "")).chain([(path, text)]);
        files.map(file).collect()
    }

    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = violations(TOWER, &server(path, text));
        assert_eq!(found, expected, "{path}: {text}");
    }

    #[test]
    fn a_room_may_use_itself_and_what_is_below() {
        check(
            "pages/mod.rs",
            "use crate::clock::now_ms;\nuse crate::pages::board;",
            &[],
        );
        check(
            "pages/board.rs",
            "use super::list::Row;\nuse super::super::clock;",
            &[],
        );
    }

    #[test]
    fn a_room_may_not_use_what_is_beside_or_above_it() {
        check(
            "clock.rs",
            "use std::fmt;\npub use crate::{\n    api::Error,\n};",
            &["clock.rs:3: uses `api`, which is not below it"],
        );
        check(
            "pages/list.rs",
            "fn f() { crate::api::g() }",
            &["pages/list.rs:1: uses `api`, which is not below it"],
        );
        check(
            "pages/mod.rs",
            "use super::api::Error;",
            &["pages/mod.rs:1: uses `api`, which is not below it"],
        );
        check(
            "pages/mod.rs",
            "use crate::AppState;",
            &["pages/mod.rs:1: uses `AppState`, which is not below it"],
        );
    }

    #[test]
    fn a_test_may_use_anything() {
        check(
            "clock.rs",
            "#[cfg(test)]\nmod tests { use crate::api::Error; }",
            &[],
        );
    }

    #[test]
    fn the_rooms_are_those_of_the_floors() {
        check("log.rs", "", &["the room `log` is on no floor"]);
        let mut files = server("clock.rs", "");
        files.retain(|file| file.room() != "api");
        assert_eq!(
            violations(TOWER, &files),
            ["a floor names the room `api`, which is not there"]
        );
    }
}
