//! Whatever the bytes, parsing ends in entries or an error with a place inside
//! the document; what was accepted can be decoded. The same property as the
//! fuzz target's, over a bounded number of mutated pages.

use crate::{Entry, Format, Parser};

const MUTATED_PAGES: u32 = 20_000;
const SEEDS: [&str; 2] = [
    include_str!("../../testdata/service.om"),
    include_str!("../../testdata/sloppy.prom"),
];
/// Tokens that decide how a line is read.
const TOKENS: [&str; 16] = [
    "{",
    "}",
    "\"",
    "\\",
    ",",
    "=",
    "#",
    " ",
    "\n",
    "\r",
    "# EOF\n",
    "# TYPE a histogram\n",
    "le",
    "NaN",
    "é",
    "1e309",
];

fn check(document: &[u8], format: Format) {
    let parser = match Parser::new(document, format) {
        Ok(parser) => parser,
        Err(error) => return check_place(document, error.line),
    };
    for entry in parser {
        match entry {
            Ok(Entry::Sample(sample)) => {
                let labels = sample.series.to_labels();
                assert_eq!(labels.metric_name(), sample.series.name());
                let exemplar = sample.exemplar.map(|exemplar| exemplar.labels().count());
                assert!(exemplar.is_none_or(|labels| labels <= document.len()));
            }
            Ok(Entry::Help { text, .. }) => assert!(text.decode().len() <= document.len()),
            Ok(_) => {}
            Err(error) => check_place(document, error.line),
        }
    }
}

fn check_place(document: &[u8], line: usize) {
    let lines = document.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!((1..=lines).contains(&line), "line {line} of {lines}");
}

fn mutate(random: &mut fastrand::Rng, seed: &str) -> Vec<u8> {
    let mut page = seed.as_bytes().to_vec();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=page.len());
        let end = (at + random.usize(..8)).min(page.len());
        match random.u8(..4) {
            0 => page.truncate(at),
            1 => drop(page.drain(at..end)),
            2 => drop(page.splice(at..end, [random.u8(..)])),
            _ => {
                let token = TOKENS[random.usize(..TOKENS.len())];
                drop(page.splice(at..at, token.bytes()));
            }
        }
    }
    page
}

#[test]
fn no_page_is_read_beyond_its_end_or_refused_outside_it() {
    let mut random = fastrand::Rng::with_seed(42);
    for _ in 0..MUTATED_PAGES {
        let seed = SEEDS[random.usize(..SEEDS.len())];
        let page = mutate(&mut random, seed);
        check(&page, Format::Text);
        check(&page, Format::OpenMetrics);
    }
}

#[test]
fn the_seeds_are_read_whole() {
    for (seed, format, expected) in [
        (SEEDS[0], Format::OpenMetrics, 13),
        (SEEDS[1], Format::Text, 7),
    ] {
        let samples = Parser::new(seed.as_bytes(), format)
            .unwrap()
            .filter(|entry| matches!(entry.as_ref().unwrap(), Entry::Sample(_)))
            .count();
        assert_eq!(samples, expected);
    }
}
