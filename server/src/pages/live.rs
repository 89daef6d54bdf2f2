//! `/api/live` and `/api/snapshot`: the data of one page.

use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::FutureExt;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
};
use http::{HeaderMap, StatusCode};
use tokio::time::timeout;
use wire::url::{LiveParams, pairs};

use super::width::Width;
use super::{PageError, enter, plain};
use crate::live::admission::Refusal;
use crate::live::frame::EventId;
use crate::live::hub::{Client, Purpose};
use crate::live::stream::{EventStream, Part, events, multiplexed};
use crate::live::view::ViewEnded;
use crate::state::AppState;
use crate::supervise;

/// What nginx and its kin heed: an event is to be passed on at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const LAST_EVENT_ID: &str = "last-event-id";
/// Each takes some hundred bytes of the address, which proxies limit to 8 KiB.
const MAX_VIEWS_OF_STREAM: usize = 32;
/// A stream whose view takes longer to find begins without it.
const HEAD_WITHIN: Duration = Duration::from_millis(250);
/// A full server asks pages to come back after so many seconds.
const COME_BACK_AFTER_S: HeaderValue = HeaderValue::from_static("30");

/// `GET /api/snapshot`.
pub async fn snapshot(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    width: Width,
) -> Result<Response, PageError> {
    let params = LiveParams::from_query(&query.unwrap_or_default());
    let client = client(peer, Purpose::OneAnswer);
    let viewer = enter(&state, &params, width, client).await?.viewer;
    viewer.view().loaded().await?;
    let snapshot = viewer.view().snapshot();
    drop(viewer);
    // Megabytes take a while.
    let answer = supervise::blocking("snapshot", move || Json(snapshot).into_response());
    answer.await.ok_or(PageError::Ended(ViewEnded))
}

fn client(peer: SocketAddr, purpose: Purpose) -> Client {
    Client {
        address: peer.ip(),
        purpose,
    }
}

/// `GET /api/csv`: the data of the panel `panel=`, as a file.
pub async fn csv(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    width: Width,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let client = client(peer, Purpose::OneAnswer);
    let entered = enter(&state, &LiveParams::from_query(&query), width, client).await?;
    let view = entered.viewer.view();
    view.loaded().await?;
    let id = pairs(&query).find(|(name, _)| name == "panel");
    let id = id.map(|(_, id)| id).unwrap_or_default();
    let text = match id.parse() {
        Ok(panel) => view.csv(panel).await,
        Err(_) => None,
    };
    let text = text.ok_or(PageError::NoPanel(id))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"andon.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// `GET /api/live`: of the view that the query string names, or of several,
/// each named by a query string of its own in a `view` parameter. Begins at
/// once: a view that is still looked for holds up neither the answer's head,
/// by which the page knows that the server is there, nor another view.
pub async fn stream(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let admitted = match state.hub().admission().admit(peer.ip()) {
        Ok(admitted) => admitted,
        Err(refusal) => return refused(&refusal),
    };
    let views = views(&query);
    let body = if views.is_empty() {
        let seen = last_seen(&headers, &query);
        let mut found = Box::pin(find(state.clone(), query, seen, peer));
        match timeout(HEAD_WITHIN, &mut found).await {
            Ok(Ok(part)) => Body::from_stream(events(ready(part), admitted, state.hub())),
            Ok(Err(error)) => return error.into_response(),
            Err(_) => Body::from_stream(events(found.map(or_refused), admitted, state.hub())),
        }
    } else if views.len() <= MAX_VIEWS_OF_STREAM {
        let parts = views.into_iter().map(|query| {
            let seen = seen_by(&query);
            // Boxed: when it has found, nothing of it is left.
            find(state.clone(), query, seen, peer)
                .map(or_refused)
                .boxed()
        });
        Body::from_stream(multiplexed(parts.collect(), admitted, state.hub()))
    } else {
        let words = format!("a stream carries at most {MAX_VIEWS_OF_STREAM} views");
        return plain(StatusCode::BAD_REQUEST, &words);
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        ),
        (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    (headers, Extension(EventStream), body).into_response()
}

/// The query strings of the views that one stream is to carry; none where the
/// request's own query string is the only one.
fn views(query: &str) -> Vec<String> {
    pairs(query)
        .filter(|(name, _)| name == "view")
        .map(|(_, query)| query)
        .collect()
}

/// What a stream is to carry of the view that `query` names, from what its page
/// has seen on.
async fn find(
    state: AppState,
    query: String,
    seen: Option<EventId>,
    peer: SocketAddr,
) -> Result<Part, PageError> {
    let width = Width::from_query(&query).unwrap_or_default();
    let client = client(peer, Purpose::Stream);
    let entered = enter(&state, &LiveParams::from_query(&query), width, client).await?;
    Ok(Part::View(entered.viewer, seen))
}

fn or_refused(found: Result<Part, PageError>) -> Part {
    found.unwrap_or_else(|error| Part::Refused(error.to_string()))
}

/// The newest event that the page holds: what its stream had before it broke,
/// or else what its HTML was rendered with.
fn last_seen(headers: &HeaderMap, query: &str) -> Option<EventId> {
    let in_header = headers
        .get(LAST_EVENT_ID)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    in_header.or_else(|| seen_by(query))
}

fn seen_by(query: &str) -> Option<EventId> {
    let (_, id) = pairs(query).find(|(name, _)| name == "after")?;
    id.parse().ok()
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::AddressFull(..) => StatusCode::TOO_MANY_REQUESTS,
    };
    ([(RETRY_AFTER, COME_BACK_AFTER_S)], plain(status, refusal)).into_response()
}
