//! A name that is not known to what may have been meant.

/// `unknown key `tittle`; did you mean `title`?`, or all that is known.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min();
    match nearest {
        Some((distance, candidate)) if distance <= 1 + name.len() / 4 => {
            format!("unknown {what} `{name}`; did you mean `{candidate}`?")
        }
        _ => format!("unknown {what} `{name}`; known are {}", known.join(", ")),
    }
}
