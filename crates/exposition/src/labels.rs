//! What stands between braces: label pairs, and the quoted metric name.
//!
//! The parser walks a label set once to validate it; [`LabelPairs`] walks the
//! validated text again when somebody asks for the labels.

use std::borrow::Cow;

use series::MetricKind;

use crate::cursor::Cursor;
use crate::error::Fault;
use crate::number::canonical_float;
use crate::{Format, Text};

/// One item between braces.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'a> {
    /// `"name"` alone: the metric's name.
    MetricName(Text<'a>),
    /// `name="value"`
    Label { name: Text<'a>, value: Text<'a> },
}

impl<'a> Item<'a> {
    /// The label's name as written, `None` for the metric's name.
    pub(crate) fn label_name(&self) -> Option<&'a str> {
        match self {
            Self::MetricName(_) => None,
            Self::Label { name, .. } => Some(name.raw()),
        }
    }

    /// How many characters the item's name and value have once decoded.
    pub(crate) fn decoded_chars(&self) -> usize {
        match self {
            Self::MetricName(name) => name.decode().chars().count(),
            Self::Label { name, value } => {
                name.decode().chars().count() + value.decode().chars().count()
            }
        }
    }
}

/// Walks the items of one label set; the cursor stands behind its `{`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemLexer<'a> {
    pub cursor: Cursor<'a>,
    format: Format,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    AfterComma,
    End,
}

impl<'a> ItemLexer<'a> {
    pub(crate) fn new(cursor: Cursor<'a>, format: Format) -> Self {
        Self {
            cursor,
            format,
            state: State::Start,
        }
    }

    /// The next item; `None` once the cursor stands behind the `}`.
    pub(crate) fn next_item(&mut self) -> Result<Option<Item<'a>>, Fault> {
        if self.state == State::End {
            return Ok(None);
        }
        self.blanks();
        let may_end = self.state == State::Start || !self.format.is_strict();
        if may_end && self.cursor.eat(b'}') {
            self.state = State::End;
            return Ok(None);
        }
        let item = self.item()?;
        self.blanks();
        if self.cursor.eat(b',') {
            self.state = State::AfterComma;
        } else {
            self.cursor.require(b'}', "a comma or a closing brace")?;
            self.state = State::End;
        }
        Ok(Some(item))
    }

    fn item(&mut self) -> Result<Item<'a>, Fault> {
        let is_quoted = self.cursor.peek() == Some(b'"');
        let name = if is_quoted {
            let empty = self.cursor;
            let name = self.cursor.quoted("a name")?;
            if name.is_empty() {
                return Err(empty.expected("a name between the quotes"));
            }
            name
        } else {
            self.cursor.label_name()?
        };
        self.blanks();
        if is_quoted && matches!(self.cursor.peek(), Some(b',' | b'}')) {
            return Ok(Item::MetricName(Text::quoted(name)));
        }
        self.cursor.require(b'=', "an equals sign")?;
        self.blanks();
        let value = self.label_value()?;
        Ok(Item::Label {
            name: Text::quoted(name),
            value: Text::quoted(value),
        })
    }

    /// Prometheus text may break a line inside a value, as Prometheus reads it.
    fn label_value(&mut self) -> Result<&'a str, Fault> {
        const EXPECTED: &str = "a label value in double quotes";
        if self.format.is_strict() {
            self.cursor.quoted(EXPECTED)
        } else {
            self.cursor.quoted_lines(EXPECTED)
        }
    }

    fn blanks(&mut self) {
        if !self.format.is_strict() {
            self.cursor.skip_blanks();
        }
    }
}

/// The label pairs of a series or an exemplar in the order written, the metric
/// name left out, decoded one by one.
///
/// The bounds of buckets and quantiles (`le`, `quantile`) come in one spelling,
/// whatever the exporter writes: `5`, `5.0` and `5E0` are all `5.0`, as in
/// Prometheus 3.
#[derive(Clone, Copy, Debug)]
pub struct LabelPairs<'a> {
    /// `None` where there are no braces.
    items: Option<ItemLexer<'a>>,
    kind: MetricKind,
}

impl<'a> LabelPairs<'a> {
    pub(crate) fn new(items: Option<ItemLexer<'a>>, kind: MetricKind) -> Self {
        Self { items, kind }
    }

    fn decode_value(&self, name: &str, value: Text<'a>) -> Cow<'a, str> {
        let is_bound = matches!(
            (self.kind, name),
            (MetricKind::Histogram, "le") | (MetricKind::Summary, "quantile")
        );
        let spelled = value.decode();
        match is_bound.then(|| canonical_float(&spelled)).flatten() {
            Some(canonical) => Cow::Owned(canonical),
            None => spelled,
        }
    }
}

impl<'a> Iterator for LabelPairs<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // The parser has walked these bytes before, so there is no fault.
            match self.items.as_mut()?.next_item().ok()?? {
                Item::MetricName(_) => {}
                Item::Label { name, value } => {
                    let name = name.decode();
                    let value = self.decode_value(&name, value);
                    return Some((name, value));
                }
            }
        }
    }
}
