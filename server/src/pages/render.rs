//! A view -> the response that leptos' axum integration makes of it, with the
//! nonce of its inline scripts and styles.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::response::Response;
use http::Request;
use leptos::IntoView;
use leptos::nonce::use_nonce;
use leptos_axum::render_app_async;

/// The Content-Security-Policy nonce of one response: the page's inline script
/// and style elements must carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(pub String);

/// Has leptos render a document. The nonce that it makes for the response goes
/// along, for the Content-Security-Policy.
pub async fn render<V: IntoView + 'static>(
    document: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> Response {
    let nonce = Arc::new(OnceLock::new());
    let noted = Arc::clone(&nonce);
    let app = move || {
        let made = use_nonce().map(|nonce| nonce.to_string());
        noted.get_or_init(|| made.map(Nonce));
        document()
    };
    let mut response = render_app_async(app)(Request::new(Body::empty())).await;
    if let Some(Some(nonce)) = nonce.get() {
        response.extensions_mut().insert(nonce.clone());
    }
    response
}
