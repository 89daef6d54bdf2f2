//! The texts of a 2.0 request, which its series name by their place.

use protobuf::{Fields, Malformed};

/// More texts than a request has: senders stay far below.
const MAX_SYMBOLS: usize = 1 << 20;

/// Texts that are no symbols table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSymbols {
    /// The message is damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// There are too many.
    #[error("the request has more than {MAX_SYMBOLS} symbols")]
    TooMany,
    /// The first one has to be empty.
    #[error("the first of the request's symbols is not empty")]
    NoEmptyFirst,
}

/// The texts by their place.
#[derive(Clone, Debug, Default)]
pub struct Symbols<'a>(Vec<&'a [u8]>);

impl<'a> Symbols<'a> {
    /// Those of a request.
    pub fn of(request: &'a [u8]) -> Result<Self, InvalidSymbols> {
        let mut symbols = Vec::new();
        for field in Fields::of(request) {
            if let (4, text) = field? {
                if symbols.len() == MAX_SYMBOLS {
                    return Err(InvalidSymbols::TooMany);
                }
                symbols.push(text.bytes()?);
            }
        }
        match symbols.first() {
            Some(first) if !first.is_empty() => Err(InvalidSymbols::NoEmptyFirst),
            _ => Ok(Self(symbols)),
        }
    }

    /// The text at a place; `None` where there is none.
    pub fn get(&self, place: u64) -> Option<&'a [u8]> {
        self.0.get(usize::try_from(place).ok()?).copied()
    }

    /// The text at a place, where it is one.
    pub fn text(&self, place: u64) -> Option<&'a str> {
        str::from_utf8(self.get(place)?).ok()
    }
}
