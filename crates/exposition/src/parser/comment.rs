//! Lines that start with `#`: metadata, the end marker, and remarks.

use std::borrow::Cow;

use super::Parser;
use series::MetricKind;

use crate::Text;
use crate::entry::Entry;
use crate::error::Fault;
use crate::openmetrics::{self, Metadata};

impl<'a> Parser<'a> {
    /// Reads one line; `None` where it is a remark or the end marker.
    pub(super) fn comment(&mut self) -> Result<Option<Entry<'a>>, Fault> {
        let start = self.cursor;
        self.cursor.eat(b'#');
        if self.format.is_strict() && self.cursor.eat_str(" EOF") {
            return self.end_marker().map(|()| None);
        }
        self.gap("a space after #")?;
        let word = self.cursor.word();
        // A word alone is a remark like any other in Prometheus text.
        let says_something = self.format.is_strict() || !self.cursor.at_line_end();
        let entry = match word {
            "HELP" if says_something => self.help()?,
            "TYPE" if says_something => self.type_of_family()?,
            "UNIT" if self.format.is_strict() => self.unit()?,
            _ if self.format.is_strict() => {
                return Err(start.expected("# HELP, # TYPE, # UNIT or # EOF"));
            }
            _ => {
                self.cursor.rest_of_line();
                return Ok(None);
            }
        };
        self.end_of_line()?;
        self.check_metadata(start.offset(), &entry);
        Ok(Some(entry))
    }

    fn check_metadata(&mut self, line_start: usize, entry: &Entry<'a>) {
        let Some(rules) = &mut self.rules else {
            return;
        };
        let kept = match entry {
            Entry::Help { family, .. } => rules.metadata(line_start, family, Metadata::Help),
            Entry::Type { family, kind } => {
                rules.metadata(line_start, family, Metadata::Type(*kind))
            }
            Entry::Unit { family, unit } => {
                rules.metadata(line_start, family, Metadata::Unit(unit))
            }
            Entry::Sample(_) => Ok(()),
        };
        self.note(kept);
    }

    fn end_marker(&mut self) -> Result<(), Fault> {
        self.cursor.eat(b'\n');
        if self.cursor.peek().is_some() {
            return Err(self.cursor.expected("nothing after # EOF"));
        }
        if let Some(rules) = &mut self.rules {
            let kept = rules.end();
            self.note(kept);
        }
        Ok(())
    }

    fn help(&mut self) -> Result<Entry<'a>, Fault> {
        let family = self.family_name()?;
        self.gap("a space after the name")?;
        let rest = self.cursor.rest_of_line();
        let text = if self.format.is_strict() {
            Text::quoted(rest)
        } else {
            Text::unquoted(rest.strip_suffix('\r').unwrap_or(rest))
        };
        Ok(Entry::Help { family, text })
    }

    fn type_of_family(&mut self) -> Result<Entry<'a>, Fault> {
        let family = self.family_name()?;
        self.gap("a space after the name")?;
        let start = self.cursor;
        let kind = match self.cursor.word() {
            // Only Prometheus text has the older word.
            "untyped" if self.format.is_strict() => None,
            word => MetricKind::from_word(word),
        };
        let kind = kind.ok_or_else(|| start.expected("a metric type"))?;
        self.family = (family.clone(), kind);
        Ok(Entry::Type { family, kind })
    }

    fn unit(&mut self) -> Result<Entry<'a>, Fault> {
        let start = self.cursor;
        let family = self.family_name()?;
        self.gap("a space after the name")?;
        let unit = self.cursor.rest_of_line();
        let stem = family.strip_suffix(unit);
        // Of all that the specification says of families, Prometheus demands
        // this alone.
        if !unit.is_empty() && !stem.is_some_and(|stem| stem.ends_with('_')) {
            let rule = "the name ends with an underscore and the unit";
            return Err(openmetrics::fault(start.offset(), &family, rule));
        }
        Ok(Entry::Unit { family, unit })
    }

    /// A metric's name in a comment, quoted where it is no classic name.
    fn family_name(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.gap("a space before the name")?;
        if self.cursor.peek() == Some(b'"') {
            Ok(Text::quoted(self.cursor.quoted("a name")?).decode())
        } else {
            self.cursor.metric_name().map(Cow::Borrowed)
        }
    }
}
