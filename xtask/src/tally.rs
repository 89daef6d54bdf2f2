//! Reads how many tests a runner ran from what it prints: libtest and Playwright.
//!
//! A test that cannot run where it is started says `SKIPPED: REASON` and returns, which libtest takes for a
//! pass: told to show what passing tests print, it lets such a test be counted for what it is.

use std::ops::AddAssign;

/// Tests by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Counts while a runner prints.
#[derive(Default)]
pub struct Counter {
    total: Tally,
    /// Tests that said that they did not run.
    said_skipped: u32,
    /// Whether the test whose output is being read has said so already.
    is_skipped: bool,
}

impl Counter {
    /// Reads the next line.
    pub fn read(&mut self, line: &str) {
        self.total += Tally::of_line(line);
        if line.starts_with("---- ") {
            self.is_skipped = false;
        } else if line.starts_with("SKIPPED: ") && !self.is_skipped {
            self.is_skipped = true;
            self.said_skipped += 1;
        }
    }

    /// The tests so far.
    pub fn tally(&self) -> Tally {
        Tally {
            passed: self.total.passed.saturating_sub(self.said_skipped),
            skipped: self.total.skipped + self.said_skipped,
            ..self.total
        }
    }
}

impl Tally {
    /// What one line of a runner's output adds; nothing where it is no closing line.
    fn of_line(line: &str) -> Self {
        let line = line.trim();
        let counts = if let Some(rest) = line.strip_prefix("test result:") {
            rest.split_once(". ").map_or("", |(_, counts)| counts)
        } else if is_playwright(line) {
            line
        } else {
            ""
        };
        let mut tally = Self::default();
        for count in counts.split([',', ';', '(']) {
            let mut words = count.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u32>().ok());
            let (Some(number), Some(word)) = (number, words.next()) else {
                continue;
            };
            match word {
                "passed" => tally.passed += number,
                "failed" | "interrupted" => tally.failed += number,
                "skipped" | "ignored" | "did" => tally.skipped += number,
                _ => {}
            }
        }
        tally
    }
}

/// Whether `line` is one of Playwright's closing lines, such as `12 passed (3.4s)`: a number, one of its words,
/// and nothing else but the time.
fn is_playwright(line: &str) -> bool {
    let Some((number, rest)) = line.split_once(' ') else {
        return false;
    };
    let word = rest.split(" (").next().unwrap_or(rest);
    number.bytes().all(|byte| byte.is_ascii_digit())
        && ["passed", "failed", "skipped", "interrupted", "did not run"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Counter, Tally};

    fn check(line: &str, passed: u32, failed: u32, skipped: u32) {
        assert_eq!(
            Tally::of_line(line),
            Tally {
                passed,
                failed,
                skipped
            },
            "{line}"
        );
    }

    #[test]
    fn closing_lines_of_every_runner_are_counted() {
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            5,
            0,
            1,
        );
        check(
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1s",
            2,
            3,
            0,
        );
        check("  12 passed (3.4s)", 12, 0, 0);
        check("  1 failed", 0, 1, 0);
        check("  2 skipped", 0, 0, 2);
        check("  3 did not run", 0, 0, 3);
    }

    #[test]
    fn a_test_that_says_it_did_not_run_is_skipped() {
        let output = "\
test a ... ok
test b ... ok

successes:

---- a stdout ----
SKIPPED: one page is not here
SKIPPED: nor is another

---- b stdout ----
SKIPPED: neither is this

test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";
        let mut counter = Counter::default();
        output.lines().for_each(|line| counter.read(line));
        assert_eq!(
            counter.tally(),
            Tally {
                passed: 1,
                failed: 0,
                skipped: 2
            }
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        check("", 0, 0, 0);
        check("test parser::reads_a_line ... ok", 0, 0, 0);
        check("12 passed the gate and 3 failed", 0, 0, 0);
    }
}
