//! The `.test` format of Prometheus' own PromQL tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use series::histogram::ClassicHistogram;
use series::{Histogram, Labels, stale_nan};

use super::histogram::histograms;

/// One command of a file.
pub enum Command {
    Clear,
    Load(Load),
    Eval(Box<Eval>),
}

/// Series to store.
#[derive(Default)]
pub struct Load {
    pub step_ms: i64,
    pub series: Vec<(Labels, Vec<Cell>)>,
}

/// One place in a series' values.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Value(f64),
    Omitted,
    Histogram(Arc<Histogram>),
}

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Eval {
    pub line: usize,
    pub expr: String,
    pub is_range: bool,
    pub start_ms: i64,
    pub end_ms: i64,
    pub step_ms: i64,
    pub range_vector: bool,
    pub ordered: bool,
    pub fails: bool,
    pub fail_message: Option<String>,
    pub warns: bool,
    pub informs: bool,
    pub messages: Vec<String>,
    pub text: Option<String>,
    pub scalar: Option<f64>,
    pub series: Vec<(Labels, Vec<Cell>)>,
}

/// The commands of a file's text.
pub fn parse(text: &str) -> Vec<Command> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .map(|line| if line.starts_with('#') { "" } else { line })
        .enumerate()
        .peekable();
    let mut commands = Vec::new();
    while let Some((index, line)) = lines.next() {
        let mut block = Vec::new();
        let word = line.split_whitespace().next().unwrap_or("");
        if word.starts_with("load") || word.starts_with("eval") {
            while let Some((_, line)) = lines.next_if(|(_, line)| !line.is_empty()) {
                block.push(line);
            }
        }
        match word {
            "" => {}
            "clear" => commands.push(Command::Clear),
            _ if word.starts_with("load") => commands.push(Command::Load(load(line, &block))),
            _ if word.starts_with("eval") => {
                commands.push(Command::Eval(Box::new(eval(index + 1, line, &block))));
            }
            _ => panic!("line {}: {line}", index + 1),
        }
    }
    commands
}

fn load(head: &str, block: &[&str]) -> Load {
    let (word, step) = head.split_once(char::is_whitespace).unwrap();
    let mut load = Load {
        step_ms: duration_ms(step.trim()),
        ..Load::default()
    };
    for line in block {
        let (labels, rest) = metric(line);
        load.series.retain(|(before, _)| *before != labels);
        load.series.push((labels, values(rest)));
    }
    if word.ends_with("nhcb") {
        let converted = custom_buckets(&load.series);
        load.series.extend(converted);
    }
    load
}

/// The classic histograms among the series, as ones of custom buckets.
fn custom_buckets(series: &[(Labels, Vec<Cell>)]) -> Vec<(Labels, Vec<Cell>)> {
    let mut found: BTreeMap<Labels, BTreeMap<usize, ClassicHistogram>> = BTreeMap::new();
    for (labels, cells) in series {
        let name = labels.metric_name();
        let Some((base, part)) = name.rsplit_once('_') else {
            continue;
        };
        let le = labels.get("le").and_then(|le| le.parse::<f64>().ok());
        let mut converted = labels.to_builder();
        let converted = converted.set("__name__", base).remove("le").build();
        for (step, cell) in cells.iter().enumerate() {
            let Cell::Value(value) = *cell else { continue };
            if !matches!((part, le), ("bucket", Some(_)) | ("count" | "sum", _)) {
                continue;
            }
            let steps = found.entry(converted.clone()).or_default();
            let classic = steps.entry(step).or_default();
            match (part, le) {
                ("bucket", Some(le)) => classic.bucket(le, value).unwrap(),
                ("count", _) => classic.count(value),
                _ => classic.sum(value),
            }
        }
    }
    let cells = |classic: BTreeMap<usize, ClassicHistogram>| {
        let mut cells =
            vec![Cell::Omitted; classic.last_key_value().map_or(0, |(last, _)| last + 1)];
        for (step, classic) in classic {
            cells[step] = Cell::Histogram(Arc::new(classic.convert().unwrap()));
        }
        cells
    };
    found
        .into_iter()
        .map(|(labels, classic)| (labels, cells(classic)))
        .collect()
}

fn eval(line: usize, head: &str, block: &[&str]) -> Eval {
    let (word, rest) = head.split_once(char::is_whitespace).unwrap();
    let rest = rest.trim_start();
    let mut eval = Eval {
        line,
        ordered: word.ends_with("_ordered"),
        fails: word.ends_with("_fail"),
        warns: word.ends_with("_warn"),
        informs: word.ends_with("_info"),
        ..Eval::default()
    };
    if let Some(rest) = rest.strip_prefix("instant") {
        let rest = rest.trim_start().strip_prefix("at").unwrap().trim_start();
        let (at, expr) = rest.split_once(char::is_whitespace).unwrap();
        eval.end_ms = duration_ms(at);
        (eval.start_ms, eval.expr) = (eval.end_ms, expr.trim().to_owned());
    } else {
        let expr = grid(rest.strip_prefix("range").unwrap(), &mut eval);
        (eval.is_range, eval.expr) = (true, expr.trim().to_owned());
    }
    for line in block {
        if expectation(&mut eval, line) {
            break;
        }
    }
    eval
}

/// Reads `from a to b step c` and gives what follows.
fn grid<'t>(text: &'t str, eval: &mut Eval) -> &'t str {
    let mut rest = text;
    for (word, place) in [
        ("from", &mut eval.start_ms),
        ("to", &mut eval.end_ms),
        ("step", &mut eval.step_ms),
    ] {
        rest = rest.trim_start().strip_prefix(word).unwrap().trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        *place = duration_ms(&rest[..end]);
        rest = &rest[end..];
    }
    rest
}

/// Takes in one line below an `eval`; whether it was the last.
fn expectation(eval: &mut Eval, line: &str) -> bool {
    if let Some(message) = line.strip_prefix("expected_fail_message") {
        eval.fail_message = Some(message.trim().to_owned());
        return true;
    }
    if let Some(rest) = line.strip_prefix("expect range vector") {
        grid(rest, eval);
        eval.range_vector = true;
        return false;
    }
    if let Some(text) = line.strip_prefix("expect string ") {
        eval.text = Some(unquote(text.trim()).0);
        return false;
    }
    if let Some(rest) = line.strip_prefix("expect ") {
        let (what, message) = rest.split_once(' ').unwrap_or((rest, ""));
        if let Some(message) = message.trim().strip_prefix("msg:") {
            eval.messages.push(message.trim().to_owned());
        }
        match what {
            "ordered" => eval.ordered = true,
            "fail" => eval.fails = true,
            "warn" => eval.warns = true,
            "info" => eval.informs = true,
            // As where nothing is said of remarks.
            "no_warn" | "no_info" => {}
            _ => panic!("line {}: {line}", eval.line),
        }
        return false;
    }
    if let Some(value) = number(line) {
        eval.scalar = Some(value);
        return true;
    }
    let (labels, rest) = metric(line);
    eval.series.push((labels, values(rest)));
    false
}

/// `1h30m`, in milliseconds.
pub fn duration_ms(text: &str) -> i64 {
    let units = [
        ("ms", 1),
        ("s", 1000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 604_800_000),
        ("y", 31_536_000_000),
    ];
    let mut rest = text;
    let mut total = 0;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
        let after = &rest[digits..];
        let unit = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (_, ms) = units
            .iter()
            .find(|(name, _)| *name == &after[..unit])
            .unwrap_or_else(|| panic!("no duration: {text}"));
        total += rest[..digits].parse::<i64>().unwrap() * ms;
        rest = &after[unit..];
    }
    total
}

fn number(text: &str) -> Option<f64> {
    match promql::parse(text).ok()?.kind {
        promql::ast::ExprKind::Number { value, is_duration } if !is_duration => Some(value),
        _ => None,
    }
}

/// A quoted text at the start, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let quote = text.chars().next().unwrap();
    let mut end = 1;
    while !text[end..].starts_with(quote) {
        let escaped = text[end..].starts_with('\\') && quote != '`';
        end += text[end..]
            .chars()
            .take(1 + usize::from(escaped))
            .map(char::len_utf8)
            .sum::<usize>();
    }
    let literal = promql::parse(&text[..=end]).unwrap();
    match literal.kind {
        promql::ast::ExprKind::Text(content) => (content, &text[end + 1..]),
        _ => panic!("no text: {text}"),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':')
}

/// `name{label="value"}` or `{"name", …}`, and what follows it.
fn metric(text: &str) -> (Labels, &str) {
    let name_end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let mut pairs = vec![("__name__".to_owned(), text[..name_end].to_owned())];
    let mut rest = &text[name_end..];
    if rest.trim_start().starts_with('{') && !rest.trim_start().starts_with("{{") {
        rest = rest.trim_start()[1..].trim_start();
        while !rest.starts_with('}') {
            let name;
            (name, rest) = match rest.starts_with(['"', '\'', '`']) {
                true => unquote(rest),
                false => {
                    let end = rest.find(|c| !is_word(c)).unwrap();
                    (rest[..end].to_owned(), &rest[end..])
                }
            };
            rest = rest.trim_start();
            match rest.strip_prefix('=') {
                Some(after) => {
                    let (value, after) = unquote(after.trim_start());
                    pairs.push((name, value));
                    rest = after.trim_start();
                }
                None => pairs[0].1 = name,
            }
            rest = rest.trim_start_matches(',').trim_start();
        }
        rest = &rest[1..];
    }
    (Labels::from_pairs(pairs), rest)
}

/// `1 2+3x4 _x2 stale {{…}}`
fn values(text: &str) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if rest.starts_with("{{") {
            let (all, behind) = histograms(rest);
            cells.extend(all.into_iter().map(Cell::Histogram));
            rest = behind.trim_start();
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        item(&rest[..end], &mut cells);
        rest = rest[end..].trim_start();
    }
    cells
}

fn item(text: &str, cells: &mut Vec<Cell>) {
    let (text, times) = match text.rsplit_once('x') {
        Some((before, times)) => (before, Some(times.parse::<usize>().unwrap())),
        None => (text, None),
    };
    if text == "_" {
        cells.extend(std::iter::repeat_n(Cell::Omitted, times.unwrap_or(1)));
        return;
    }
    if text == "stale" {
        let repeated = std::iter::repeat_n(Cell::Value(stale_nan()), times.unwrap_or(0) + 1);
        cells.extend(repeated);
        return;
    }
    // A sign that is neither the first nor an exponent's starts the step.
    let step_at = text
        .char_indices()
        .skip(1)
        .find(|(at, c)| matches!(c, '+' | '-') && !text[..*at].ends_with(['e', 'E']))
        .map(|(at, _)| at);
    let parse = |text: &str| {
        let plain = text.replace('_', "");
        plain
            .parse::<f64>()
            .unwrap_or_else(|_| duration_ms(&plain) as f64 / 1000.0)
    };
    let (first, step) = match step_at {
        Some(at) => (parse(&text[..at]), parse(&text[at..])),
        None => (parse(text), 0.0),
    };
    let mut value = first;
    for _ in 0..=times.unwrap_or(0) {
        cells.push(Cell::Value(value));
        if step_at.is_some() {
            value += step;
        }
    }
}
