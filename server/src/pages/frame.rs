//! `/embed/…` of one panel: a light frame, and the part of it that its script
//! asks for again and again.
//!
//! A part is rendered once for all frames that show the same at the same step.

use std::sync::Arc;
use std::time::Duration;

use app::PageContext;
use axum::body::{Bytes, to_bytes};
use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue};
use moka::sync::Cache;
use wire::url::pairs;

use super::board::zone;
use super::render::render;

/// FrameParts are asked for anew at every step; of an older one nobody asks.
const KEPT: Duration = Duration::from_secs(10);
const MAX_PARTS: u64 = 1_000;
const DEFAULT_REFRESH_MS: i64 = 5_000;

/// FrameParts of frames that were rendered a moment ago.
#[derive(Clone, Debug)]
pub struct FrameParts(Cache<Arc<str>, Bytes>);

impl Default for FrameParts {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MAX_PARTS).time_to_live(KEPT);
        Self(cache.build())
    }
}

/// Whether a panel's frame is to be a whole page with crosshair and zoom.
pub fn is_interactive(query: &str) -> bool {
    pairs(query).any(|(name, value)| name == "interactive" && value == "1")
}

/// The frame, or the part of it that the query asks for.
pub async fn frame(page: PageContext, parts: &FrameParts) -> Response {
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    if pairs(&page.query).any(|(name, _)| name == "part") {
        return (no_store, Html(part(page, parts).await)).into_response();
    }
    let refresh_ms = refresh_ms(&page);
    let html = render(move || app::frame_document(page.clone(), refresh_ms)).await;
    (no_store, html).into_response()
}

async fn part(page: PageContext, parts: &FrameParts) -> Bytes {
    let page = in_readers_zone(page);
    let (event_id, params) = (&page.snapshot.event_id, page.params.to_query());
    let key: Arc<str> = format!("{event_id} {params} {}", page.zone_name).into();
    if let Some(held) = parts.0.get(&key) {
        return held;
    }
    let rendered = render(move || app::frame_part(page.clone())).await;
    // The body is in memory already: it cannot fail to arrive.
    let html = to_bytes(rendered.into_body(), usize::MAX).await;
    let html = html.unwrap_or_default();
    parts.0.insert(key, html.clone());
    html
}

/// The page in the zone that the frame's script found its reader in,
/// `zone=Europe/Zurich`, where the page says no other.
fn in_readers_zone(mut page: PageContext) -> PageContext {
    let named = pairs(&page.query).find(|(name, _)| name == "zone");
    if let Some((_, name)) = named.filter(|_| page.zone_name == "browser") {
        page.zone = zone(&name);
        page.zone_name = name;
    }
    page
}

/// How often the frame changes: every step, or as the board or the URL says.
fn refresh_ms(page: &PageContext) -> Option<i64> {
    let window = page.snapshot.window;
    let wanted_ms = match page.params.refresh.as_str() {
        "off" => return None,
        "" | "auto" => DEFAULT_REFRESH_MS,
        text => dashboard::duration::parse(text)
            .ok()
            .and_then(|ms| i64::try_from(ms).ok())
            .unwrap_or(DEFAULT_REFRESH_MS),
    };
    window.live.then(|| wanted_ms.max(window.step_ms))
}
