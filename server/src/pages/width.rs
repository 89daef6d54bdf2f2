//! How wide a page is -> how many points its charts are given.
//!
//! A page says it in its stream's address, and keeps it in a cookie for the
//! next page's first HTML. The classes are few, so that viewers of all kinds
//! of screens share queries.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::COOKIE;
use http::request::Parts;
use wire::url::{WIDTH, pairs};

/// The cookie of a page that is alone in its window; `public/streams.js` sets it.
const WIDTH_COOKIE: &str = "andon-width";

/// The width of a page, which its script tells by the pixels of its screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// A phone, or a frame in somebody else's page.
    Narrow,
    /// Everything in between, and whoever says nothing.
    #[default]
    Usual,
    /// A wall of 4K.
    Wide,
}

impl Width {
    /// The class of this name; what has none is usual.
    fn named(name: &str) -> Self {
        match name {
            "narrow" => Self::Narrow,
            "wide" => Self::Wide,
            _ => Self::Usual,
        }
    }

    /// As the query string of a page or of its stream says it.
    pub fn from_query(query: &str) -> Option<Self> {
        let (_, name) = pairs(query).find(|(name, _)| name == WIDTH)?;
        Some(Self::named(&name))
    }

    fn from_cookies(cookies: &str) -> Option<Self> {
        let mut cookies = cookies
            .split(';')
            .filter_map(|one| one.trim().split_once('='));
        let (_, name) = cookies.find(|(name, _)| *name == WIDTH_COOKIE)?;
        Some(Self::named(name))
    }

    /// A chart has at most so many points: more are not told apart at its
    /// width, and every one costs the source, the page and the wire.
    pub fn max_points(self) -> i64 {
        match self {
            Self::Narrow => 300,
            Self::Usual => 450,
            Self::Wide => 900,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Width {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let said = Self::from_query(parts.uri.query().unwrap_or_default());
        let cookies = parts.headers.get(COOKIE);
        let cookies = cookies.and_then(|value| value.to_str().ok());
        let kept = || Self::from_cookies(cookies.unwrap_or_default());
        Ok(said.or_else(kept).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    async fn check(query: &str, cookie: &str, expected: Width) {
        let request = Request::builder()
            .uri(format!("/?{query}"))
            .header(COOKIE, cookie)
            .body(())
            .unwrap();
        let Ok(width) = Width::from_request_parts(&mut request.into_parts().0, &()).await;
        assert_eq!(width, expected, "{query} {cookie}");
    }

    #[tokio::test]
    async fn the_address_says_more_than_the_cookie() {
        check("", "", Width::Usual).await;
        check("", "andon-theme=dark; andon-width=wide", Width::Wide).await;
        check("width=narrow", "andon-width=wide", Width::Narrow).await;
        check("width=usual", "andon-width=wide", Width::Usual).await;
        check("width=7", "", Width::Usual).await;
    }
}
