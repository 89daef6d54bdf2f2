//! serde's message about a key that is not known -> which keys there are, or
//! which one was probably meant.

/// A parser's message in words for people: on one line, and of an unknown key
/// with the one that was probably meant.
pub fn friendlier_error(message: &str) -> String {
    match UnknownKey::parse(message) {
        Some(unknown) => unknown.message(),
        None => message.lines().collect::<Vec<_>>().join(" "),
    }
}

/// serde's words for a key that is not in the table, taken apart.
pub struct UnknownKey<'a> {
    /// The key as it was written.
    pub key: &'a str,
    known: Vec<&'a str>,
}

impl<'a> UnknownKey<'a> {
    /// Takes the message apart; `None` where it is about something else.
    pub fn parse(message: &'a str) -> Option<Self> {
        let rest = message.strip_prefix("unknown field `")?;
        let (key, rest) = rest.split_once('`')?;
        // TOML's reader puts the known keys into backticks, YAML's does not.
        let known = rest
            .trim_start_matches(", expected one of ")
            .trim_start_matches(", expected ")
            .split(", ")
            .flat_map(|names| names.split(" or "))
            .map(|name| name.trim_matches('`'))
            .collect();
        Some(Self { key, known })
    }

    /// What to say instead.
    pub fn message(&self) -> String {
        let nearest = self
            .known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(self.key, known), known))
            .min();
        match nearest {
            Some((distance, known)) if distance <= self.key.len().div_ceil(3) => {
                format!("unknown key `{}`; did you mean `{known}`?", self.key)
            }
            _ => format!(
                "unknown key `{}`; the keys here are {}",
                self.key,
                self.known.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_unknown_key_the_nearest_known_one_is_named() {
        let check = |message: &str, expected: &str| assert_eq!(friendlier_error(message), expected);
        check(
            "unknown field `lsten`, expected one of `listen`, `data_dir`",
            "unknown key `lsten`; did you mean `listen`?",
        );
        check(
            "unknown field `colour`, expected `level` or `format`",
            "unknown key `colour`; the keys here are level, format",
        );
        check("no number\n of seconds", "no number  of seconds");
    }
}
