//! A configuration without its secrets, for `/api/v1/status/config`.

use serde_json::Value;

const BLANK: &str = "<secret>";

/// Keys whose values are secrets.
const SECRET_KEYS: [&str; 7] = [
    "key",
    "password",
    "bearer_token",
    "credentials",
    "secret",
    "client_secret",
    "secrets",
];

/// The file as a JSON value; secrets, headers and URLs' credentials blanked.
pub fn redact(toml_text: &str) -> Value {
    let mut value = toml::from_str(toml_text).unwrap_or(Value::Null);
    blank(&mut value);
    value
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                if SECRET_KEYS.contains(&key.as_str()) || (key == "headers" && value.is_object()) {
                    *value = Value::from(BLANK);
                } else {
                    blank(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        Value::String(text) => {
            if let Some(url) = without_credentials(text) {
                *text = url;
            }
        }
        _ => {}
    }
}

fn without_credentials(text: &str) -> Option<String> {
    let mut url = reqwest::Url::parse(text).ok()?;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(Some("secret")).ok()?;
    Some(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blanked_wherever_they_stand() {
        let text = r#"
            listen = "127.0.0.1:1"
            [[sources]]
            url = "http://me:hush@host/"
            bearer_token = "hush"
            headers = { Authorization = "hush" }
            basic_auth = { username = "me", password = "hush" }
            [[scrape_configs]]
            authorization = { credentials = "hush" }
            http_headers = { X-Key = { secrets = ["hush"] } }
            oauth2 = { client_id = "me", client_secret = "hush" }
        "#;
        let shown = redact(text).to_string();
        assert!(!shown.contains("hush"), "{shown}");
        assert!(shown.contains("127.0.0.1:1") && shown.contains("me"));
    }
}
