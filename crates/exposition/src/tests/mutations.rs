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

/// Series, value and time of every sample up to the end or the first error;
/// where series are `known`, each in its turn is tried first.
fn readings(page: &[u8], known: &[&str]) -> Option<Vec<String>> {
    let mut parser = Parser::new(page, Format::Text).ok()?;
    let (mut all, mut turn) = (Vec::new(), 0);
    loop {
        let expected = known.get(turn).copied();
        let reading = expected.and_then(|raw| Some((raw, parser.next_of(raw)?)));
        let entry = match reading {
            Some((raw, reading)) => {
                reading.map(|reading| (raw, reading.value, reading.timestamp_ms))
            }
            None => match parser.next() {
                None => return Some(all),
                Some(Ok(Entry::Sample(sample))) => {
                    Ok((sample.series.raw(), sample.value, sample.timestamp_ms))
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => Err(error),
            },
        };
        turn += 1;
        all.push(format!("{entry:?}"));
    }
}

fn check_known(known: &str, page: &[u8]) {
    let raws: Vec<&str> = Parser::new(known.as_bytes(), Format::Text)
        .unwrap()
        .filter_map(|entry| match entry {
            Ok(Entry::Sample(sample)) => Some(sample.series.raw()),
            _ => None,
        })
        .collect();
    assert_eq!(readings(page, &raws), readings(page, &[]));
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
        check_known(seed, &page);
    }
}

#[test]
fn known_series_are_read_like_any_others() {
    let known = "a 1\na{b=\"c\"} 2\nb{c=\"d\",} 3 4\n";
    for page in [
        known,
        "a{b=\"c\"} 2\na 1\n",
        "a {b=\"c\"} 2\n",
        "ab 1\na:b 2\n",
        " \n\n a\t1 # \r\na{b=\"c\"}2\nb{c=\"d\",} x\n",
        "a 1\na{b=\"c\"}",
        "a 1 2 3\na{b=\"c\"} 2",
        "# HELP a b\na 1\n# b\na{b=\"c\"} 2 # {d=\"e\"} 1\nb{c=\"d\",} 3 4\nc 1\n",
    ] {
        check_known(known, page.as_bytes());
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
