//! What is asked, before credentials are added.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

/// A request; its headers are no secrets, and go along through redirects.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// The body: a form, URL-encoded.
    pub(super) form: Option<String>,
    /// Whether the form holds credentials, which no other host may get.
    pub(super) has_secret_form: bool,
    /// Whether it may be sent once more when a connection has broken.
    pub(super) is_repeatable: bool,
}

impl Request {
    /// A GET request.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            form: None,
            has_secret_form: false,
            is_repeatable: true,
        }
    }

    /// A POST request that asks as a GET request would: it changes nothing.
    pub fn query(url: Url, form: &[(&str, String)]) -> Self {
        Self {
            method: Method::POST,
            form: Some(encoded(form)),
            ..Self::get(url)
        }
    }

    /// A POST request whose form holds credentials.
    pub(super) fn secret_form(url: Url, form: &[(&str, String)]) -> Self {
        Self {
            has_secret_form: true,
            is_repeatable: false,
            ..Self::query(url, form)
        }
    }

    /// The same with one more header; one that is no header is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(name, value);
        }
        self
    }
}

/// As `application/x-www-form-urlencoded` has it: a space is a `+`.
fn encoded(form: &[(&str, String)]) -> String {
    let part = |text: &str| wire::url::encode(text).replace("%20", "+");
    let pairs = form
        .iter()
        .map(|(name, value)| format!("{}={}", part(name), part(value)));
    pairs.collect::<Vec<_>>().join("&")
}
