//! A URL to the same without what it keeps secret, for pages, logs and errors.

use reqwest::Url;

/// What stands in the place of a value.
const SHOWN: &str = "xxxxx";

/// What the names of secret parameters hold, without `-`, `_` and `.`.
const SECRET_PARTS: [&str; 12] = [
    "accesskey",
    "apikey",
    "bearer",
    "credential",
    "jwt",
    "passw",
    "privatekey",
    "pwd",
    "secret",
    "session",
    "signature",
    "token",
];

/// Whole names of secret parameters.
const SECRET_NAMES: [&str; 6] = ["auth", "authorization", "key", "pass", "sig", "code"];

/// Whether a parameter or label of this name most likely holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    let letters: String = name
        .chars()
        .filter(|letter| !matches!(letter, '-' | '_' | '.'))
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    SECRET_NAMES.contains(&letters.as_str())
        || SECRET_PARTS.iter().any(|part| letters.contains(part))
}

/// The URL without user and password, and with the values of secret parameters
/// hidden.
pub fn redact_url(url: &Url) -> String {
    let mut shown = url.clone();
    // Neither fails for a URL that has a host, and one without has no credentials.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    if let Some(query) = url.query() {
        shown.set_query(Some(&redact_query(query)));
    }
    shown.to_string()
}

/// [`redact_url`] of what may be a URL; what is none loses what stands before
/// an `@`.
pub fn redact_url_text(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => redact_url(&url),
        _ => match (text.split_once("://"), text.contains('@')) {
            (Some((scheme, rest)), true) => format!("{scheme}://{}", redact_address(rest)),
            _ => redact_address(text).to_owned(),
        },
    }
}

/// The `host:port` of a target without user and password.
pub fn redact_address(address: &str) -> &str {
    match address.rsplit_once('@') {
        Some((_, host)) => host,
        None => address,
    }
}

/// Other parameters stay byte for byte.
fn redact_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret_name(&wire::url::decode(name)) => format!("{name}={SHOWN}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (text, expected) in [
            ("http://h:1/p?a=b&c", "http://h:1/p?a=b&c"),
            ("http://me:hush@h:1/p", "http://h:1/p"),
            ("https://hush@h/", "https://h/"),
            (
                "http://h/?api_key=hush&q=a%20b",
                "http://h/?api_key=xxxxx&q=a%20b",
            ),
            (
                "http://h/?X-Amz-Signature=hush&Access-Token=hush",
                "http://h/?X-Amz-Signature=xxxxx&Access-Token=xxxxx",
            ),
            ("http://h/?%74oken=hush", "http://h/?%74oken=xxxxx"),
            ("me:hush@h:1", "h:1"),
            ("http://me:hush@h:port/", "http://h:port/"),
            ("ftp//me:hush@h", "h"),
            ("h:1", "h:1"),
        ] {
            assert_eq!(redact_url_text(text), expected, "{text}");
        }
    }

    #[test]
    fn secret_names_are_told_from_others() {
        for name in [
            "api_key",
            "Key",
            "access-token",
            "client_secret",
            "PASSWORD",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "module",
            "target",
            "keyspace",
            "monkey",
            "collect[]",
            "match[]",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
