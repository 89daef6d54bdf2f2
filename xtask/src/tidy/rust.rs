//! Rust source -> what of it ships, and the paths that it names.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::ops::Range;

/// A path below the crate's root, `crate::live::hub`, by its first segment.
#[derive(Debug, PartialEq, Eq)]
pub struct CratePath {
    /// The first segment: the module that the root holds.
    pub room: String,
    /// The line that names it, from 1.
    pub line: usize,
}

/// The text with everything under `#[cfg(test)]` blanked; its lines stay where they are.
pub fn without_tests(text: &str) -> String {
    let mut bytes = text.as_bytes().to_owned();
    for range in test_items(&parse(text)) {
        for byte in &mut bytes[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The modules of the crate's root that the text names: by `crate::`, or by as many
/// `super::` as lead to the root from a module `depth` levels below it. Comments and
/// strings name nothing.
pub fn crate_paths(text: &str, depth: usize) -> Vec<CratePath> {
    let mut found = Vec::new();
    collect(&trees(parse(text)), depth, &mut found);
    found
}

fn parse(text: &str) -> TokenStream {
    text.parse()
        .unwrap_or_else(|error| panic!("no Rust: {error}: {text}"))
}

fn trees(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// Where the items under `#[cfg(test)]` stand, attribute and all.
fn test_items(stream: &TokenStream) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let all = trees(stream.clone());
    let mut index = 0;
    while index < all.len() {
        if is_punct(&all[index], '#') && all.get(index + 1).is_some_and(is_cfg_test) {
            let last = end_of_item(&all, index + 2);
            found.push(start(all[index].span())..end(all[last].span()));
            index = last;
        } else if let TokenTree::Group(group) = &all[index] {
            found.extend(test_items(&group.stream()));
        }
        index += 1;
    }
    found
}

fn start(span: Span) -> usize {
    span.byte_range().start
}

fn end(span: Span) -> usize {
    span.byte_range().end
}

/// Whether the group behind a `#` is `[cfg(test)]`.
fn is_cfg_test(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else {
        return false;
    };
    let text: String = group.stream().to_string().split_whitespace().collect();
    group.delimiter() == Delimiter::Bracket && text == "cfg(test)"
}

/// The last token of the item that begins at `from`: its block, its `;`, or the `,`
/// behind a field or an argument.
fn end_of_item(all: &[TokenTree], from: usize) -> usize {
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        tree => is_punct(tree, ';') || is_punct(tree, ','),
    };
    let length = all[from..].iter().position(ends);
    length.map_or(all.len() - 1, |length| from + length)
}

fn is_punct(tree: &TokenTree, wanted: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// The identifier at `index`.
fn ident(all: &[TokenTree], index: usize) -> Option<String> {
    match all.get(index)? {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

/// Whether `::` stands at `index`.
fn is_path_separator(all: &[TokenTree], index: usize) -> bool {
    let colon = |index| all.get(index).is_some_and(|tree| is_punct(tree, ':'));
    colon(index) && colon(index + 1)
}

fn collect(all: &[TokenTree], depth: usize, found: &mut Vec<CratePath>) {
    let mut index = 0;
    while index < all.len() {
        if let Some(after) = behind_root(all, index, depth) {
            index = after;
            add_segments(all.get(index), found);
        }
        if let Some(TokenTree::Group(group)) = all.get(index) {
            collect(&trees(group.stream()), depth, found);
        }
        index += 1;
    }
}

/// Where a path that begins at `index` and leads to the crate's root goes on.
fn behind_root(all: &[TokenTree], index: usize, depth: usize) -> Option<usize> {
    let begins = index < 2 || !is_path_separator(all, index - 2);
    let first = ident(all, index).filter(|_| begins)?;
    if first == "crate" && is_path_separator(all, index + 1) {
        return Some(index + 3);
    }
    let mut after = index;
    for _ in 0..depth {
        let is_super = ident(all, after).is_some_and(|name| name == "super");
        if !is_super || !is_path_separator(all, after + 1) {
            return None;
        }
        after += 3;
    }
    let leads_out = depth > 0 && ident(all, after).is_none_or(|name| name != "super");
    leads_out.then_some(after)
}

/// The first segment of a path, or those of each path of a group `{a::b, c}`.
fn add_segments(tree: Option<&TokenTree>, found: &mut Vec<CratePath>) {
    match tree {
        Some(TokenTree::Ident(ident)) => found.push(CratePath {
            room: ident.to_string(),
            line: ident.span().start().line,
        }),
        Some(TokenTree::Group(group)) => {
            let inner = trees(group.stream());
            let firsts = (0..inner.len()).filter(|&at| at == 0 || is_punct(&inner[at - 1], ','));
            for at in firsts {
                add_segments(inner.get(at), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_test_ships_and_the_test_does_not() {
        let text = "mod a;\n#[cfg(test)]\nmod tests { fn f() { \"}\"; } }\nfn kept() {}\n\
                    #[cfg(test)]\nmod b;\nimpl A {\n    #[cfg(test)]\n    fn of() {}\n    fn g() {}\n}\n";
        let shipped = without_tests(text);
        assert_eq!(shipped.lines().count(), text.lines().count());
        for (part, ships) in [
            ("mod a;", true),
            ("fn f()", false),
            ("fn kept()", true),
            ("mod b;", false),
            ("fn of()", false),
            ("fn g()", true),
        ] {
            assert_eq!(shipped.contains(part), ships, "{part} in {shipped}");
        }
    }

    #[test]
    fn every_way_to_name_a_module_of_the_root_is_seen() {
        let check = |text: &str, depth: usize, expected: &[(&str, usize)]| {
            let found = crate_paths(text, depth);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.room.as_str(), one.line))
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "use crate::a::B;\npub use crate::c;",
            1,
            &[("a", 1), ("c", 2)],
        );
        check(
            "use crate::{\n    a::{B, C},\n    d,\n};",
            1,
            &[("a", 2), ("d", 3)],
        );
        check(
            "fn f() -> crate::a::B { m!(crate::c::d()) }",
            1,
            &[("a", 1), ("c", 1)],
        );
        check("use super::a::B;", 1, &[("a", 1)]);
        check("use super::a::B;", 2, &[]);
        check("use super::super::a::B;", 2, &[("a", 1)]);
        check("//! crate::a\nconst B: &str = \"crate::a\";", 1, &[]);
        check(
            "pub(crate) fn f() {}\npub(in crate::a) fn g() {}",
            1,
            &[("a", 2)],
        );
    }
}
