//! A configuration without its secrets, for `/api/v1/status/config`.

use serde_json::Value;

use crate::net::{is_secret_name, redact_address, redact_url_text};

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

/// Tables whose values are secrets, whatever they are called.
const SECRET_TABLES: [&str; 3] = ["headers", "http_headers", "endpoint_params"];

/// The file as a JSON value; secrets, headers and URLs' credentials blanked.
pub fn redact(toml_text: &str) -> Value {
    let mut value = toml::from_str(toml_text).unwrap_or(Value::Null);
    blank_secrets(&mut value);
    value
}

fn blank_secrets(value: &mut Value) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                match key.as_str() {
                    key if SECRET_KEYS.contains(&key) => blank(value),
                    key if SECRET_TABLES.contains(&key) => blank(value),
                    "params" => blank_secret_params(value),
                    "targets" => blank_users(value),
                    _ => blank_secrets(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank_secrets),
        Value::String(text) if text.contains("://") => *text = redact_url_text(text),
        _ => {}
    }
}

/// Blanks every value; the keys of a table stay.
fn blank(value: &mut Value) {
    match value {
        Value::Object(table) => table.values_mut().for_each(blank),
        other => *other = Value::from(BLANK),
    }
}

fn blank_secret_params(params: &mut Value) {
    let Value::Object(params) = params else {
        return;
    };
    for (name, values) in params {
        if is_secret_name(name) {
            blank(values);
        } else {
            blank_secrets(values);
        }
    }
}

fn blank_users(targets: &mut Value) {
    for target in targets.as_array_mut().into_iter().flatten() {
        if let Value::String(address) = target {
            *address = redact_address(address).to_owned();
        }
    }
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
            http_headers = { X-Key = { secrets = ["hush"], values = ["hush"] } }
            params = { api_key = ["hush"], module = ["http_2xx"] }
            static_configs = [{ targets = ["me:hush@host:1"] }]
            http_sd_configs = [{ url = "https://me:hush@host/?token=hush" }]
            [scrape_configs.oauth2]
            client_id = "me"
            client_secret = "hush"
            token_url = "http://hush@host/token?api_key=hush"
            endpoint_params = { audience = "hush" }
            proxy_url = "http://me:hush@proxy"
        "#;
        let shown = redact(text).to_string();
        assert!(!shown.contains("hush"), "{shown}");
        for kept in ["127.0.0.1:1", "me", "http_2xx", "host:1", "X-Key"] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }
}
