//! Security headers: a strict Content-Security-Policy with a nonce for each
//! response, and the few others that browsers heed.
//!
//! A page whose scripts need a nonce has it as a [`Nonce`] extension of its
//! response; every other page may run no inline script at all.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use crate::pages::Nonce;
use crate::state::AppState;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Sets the headers of every response.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let nonce = response.extensions_mut().remove::<Nonce>();
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // URLs of boards may hold names that other sites need not learn.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if is_html(headers) {
        let policy = policy(nonce.as_ref(), &state.settings().embed_origins);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(
            PERMISSIONS_POLICY,
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        );
    }
    response
}

/// Refuses what a browser sends for a page of another site: that page's reader need
/// not know of it.
pub async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let site = request.headers().get(SEC_FETCH_SITE);
    let is_own = site.is_none_or(|site| site == "same-origin" || site == "none");
    if is_own {
        next.run(request).await
    } else {
        let reason = "a page of another site asks for this; ask from here, or with curl\n";
        (StatusCode::FORBIDDEN, reason).into_response()
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/html"))
}

/// WebAssembly needs `wasm-unsafe-eval`, which allows its compilation and
/// nothing else. Labels of charts are placed by `style` attributes, which the
/// server renders and a nonce cannot cover: they alone may be inline, and they
/// run no code. Our own pages frame ours: walls do, and previews of frames.
fn policy(nonce: Option<&Nonce>, embed_origins: &[String]) -> String {
    let nonce = nonce.map_or(String::new(), |nonce| format!(" 'nonce-{}'", nonce.0));
    let ancestors = if embed_origins.is_empty() {
        "'self'".to_owned()
    } else {
        format!("'self' {}", embed_origins.join(" "))
    };
    [
        "default-src 'none'".to_owned(),
        format!("script-src 'self'{nonce} 'wasm-unsafe-eval'"),
        format!("style-src 'self'{nonce}"),
        "style-src-attr 'unsafe-inline'".to_owned(),
        "img-src 'self' data:".to_owned(),
        "font-src 'self'".to_owned(),
        "connect-src 'self'".to_owned(),
        "frame-src 'self'".to_owned(),
        "manifest-src 'self'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'self'".to_owned(),
        format!("frame-ancestors {ancestors}"),
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(embed_origins: &[&str], directive: &str) {
        let origins: Vec<String> = embed_origins.iter().map(|&o| o.to_owned()).collect();
        let policy = policy(Some(&Nonce("n".into())), &origins);
        assert!(
            policy.split("; ").any(|one| one == directive),
            "no {directive} in {policy}"
        );
    }

    #[test]
    fn scripts_need_the_nonce() {
        check(&[], "script-src 'self' 'nonce-n' 'wasm-unsafe-eval'");
        check(&[], "default-src 'none'");
    }

    #[test]
    fn nobody_else_frames_unless_configured() {
        check(&[], "frame-ancestors 'self'");
        check(
            &["https://a.example", "https://b.example"],
            "frame-ancestors 'self' https://a.example https://b.example",
        );
    }

    #[test]
    fn without_a_nonce_nothing_inline_runs() {
        assert!(policy(None, &[]).contains("script-src 'self' 'wasm-unsafe-eval';"));
    }
}
