//! Where an answer leads, and what may go along.
//!
//! Contract: what is configured for one host reaches no other. A request that
//! has once left its host goes on without credentials, even back home.

use reqwest::{Method, StatusCode, Url};

use super::error::HttpError;
use super::redact::redact_url;
use super::request::Request;

/// As many as browsers and Go's client follow.
const MAX_HOPS: usize = 10;

/// A request on its way.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    /// What is sent now.
    pub(super) request: Request,
    /// Whether it has only been where it was configured to go: then it carries
    /// the configured credentials.
    pub(super) is_home: bool,
    count: usize,
}

impl Hop {
    /// The first one.
    pub(super) fn first(request: Request) -> Self {
        Self {
            request,
            is_home: true,
            count: 0,
        }
    }

    /// Where an answer of this status and `Location` leads; `None` where the
    /// answer is the last one. `has_credentials` says whether the client has
    /// any.
    ///
    /// # Errors
    /// Where it leads nowhere, round and round, or where secrets would be read.
    pub(super) fn next(
        &self,
        status: StatusCode,
        location: Option<&str>,
        has_credentials: bool,
    ) -> Result<Option<Self>, HttpError> {
        let Some(location) = location.filter(|_| is_redirect(status)) else {
            return Ok(None);
        };
        let from = &self.request.url;
        let to = from
            .join(location)
            .ok()
            .filter(|to| matches!(to.scheme(), "http" | "https"))
            .ok_or_else(|| refused("its target", "it is no URL of http or https"))?;
        if self.count >= MAX_HOPS {
            return Err(refused(&redact_url(&to), "there were ten before it"));
        }
        let has_credentials = has_credentials || self.request.has_secret_form;
        if from.scheme() == "https" && to.scheme() == "http" && has_credentials {
            let reason = "it leaves TLS, and credentials are configured";
            return Err(refused(&redact_url(&to), reason));
        }
        let is_home = self.is_home && is_same_server(from, &to);
        let mut request = self.request.clone();
        request.url = to;
        let keeps_form = matches!(
            status,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
        );
        if !keeps_form {
            request.method = Method::GET;
            request.form = None;
        }
        if !is_home && request.has_secret_form && request.form.is_some() {
            let reason = "it leads to another host, and the request holds credentials";
            return Err(refused(&redact_url(&request.url), reason));
        }
        Ok(Some(Self {
            request,
            is_home,
            count: self.count + 1,
        }))
    }
}

fn refused(to: &str, reason: &'static str) -> HttpError {
    HttpError::Redirect {
        to: to.to_owned(),
        reason,
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    )
}

/// Host and port are the same, or the server asks for TLS at the usual ports.
fn is_same_server(from: &Url, to: &Url) -> bool {
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let takes_up_tls = from.scheme() == "http" && ports == (Some(80), Some(443));
    from.host() == to.host() && (ports.0 == ports.1 || takes_up_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a redirect; `home` is where credentials go along.
    fn check(from: &str, location: &str, expected: &str) {
        let hop = Hop::first(Request::get(from.parse().unwrap()));
        let got = match hop.next(StatusCode::FOUND, Some(location), true) {
            Ok(Some(next)) if next.is_home => format!("home {}", next.request.url),
            Ok(Some(next)) => format!("away {}", next.request.url),
            Ok(None) => "last".to_owned(),
            Err(error) => error.to_string(),
        };
        assert!(got.starts_with(expected), "{from} {location}: {got}");
    }

    #[test]
    fn credentials_stay_with_their_host() {
        check("http://a/x", "/y", "home http://a/y");
        check("http://a:1/x", "http://a:1/y", "home http://a:1/y");
        check("http://a/x", "https://a/y", "home https://a/y");
        check("http://a:1/", "http://a:2/", "away http://a:2/");
        check("http://a/", "http://b/", "away http://b/");
        check("http://a.b/", "http://c.a.b/", "away http://c.a.b/");
        check("http://a:8080/", "https://a/", "away https://a/");
        check("http://a/", "//b/", "away http://b/");
    }

    #[test]
    fn what_must_not_be_followed_is_said() {
        check(
            "https://a/",
            "http://a/",
            "the redirect to http://a/ is not",
        );
        check(
            "http://a/",
            "file:///etc/passwd",
            "the redirect to its target",
        );
        let mut hop = Hop::first(Request::get("http://a/".parse().unwrap()));
        for _ in 0..MAX_HOPS {
            let next = hop.next(StatusCode::FOUND, Some("/"), false).unwrap();
            hop = next.unwrap();
        }
        hop.next(StatusCode::FOUND, Some("/"), false).unwrap_err();
    }

    #[test]
    fn a_request_that_has_left_home_stays_away() {
        let hop = Hop::first(Request::get("http://a/".parse().unwrap()));
        let away = hop.next(StatusCode::FOUND, Some("http://b/"), true);
        let back = away.unwrap().unwrap();
        let back = back.next(StatusCode::FOUND, Some("http://a/"), true);
        assert!(!back.unwrap().unwrap().is_home);
    }

    #[test]
    fn forms_follow_where_the_status_says_so() {
        let url: Url = "http://a/".parse().unwrap();
        let hop = Hop::first(Request::query(url.clone(), &[("query", "up".into())]));
        let to = |hop: &Hop, status, location| hop.next(status, Some(location), true);
        let seen = to(&hop, StatusCode::TEMPORARY_REDIRECT, "http://b/");
        assert!(seen.unwrap().unwrap().request.form.is_some());
        let seen = to(&hop, StatusCode::FOUND, "/b").unwrap().unwrap().request;
        assert_eq!((seen.method, seen.form), (Method::GET, None));
        let secret = Hop::first(Request::secret_form(url, &[("client_secret", "x".into())]));
        to(&secret, StatusCode::PERMANENT_REDIRECT, "http://b/").unwrap_err();
        assert!(to(&secret, StatusCode::PERMANENT_REDIRECT, "/b").is_ok());
    }
}
