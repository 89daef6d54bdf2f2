//! `/api/live` and `/api/snapshot`: the data of one page.

use std::net::SocketAddr;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use wire::live::Snapshot;
use wire::url::{LiveParams, pairs};

use super::{PageError, enter, plain};
use crate::live::admission::Refusal;
use crate::live::frame::EventId;
use crate::live::stream::events;
use crate::state::AppState;

/// What nginx and its kin heed: an event is to be passed on at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const LAST_EVENT_ID: &str = "last-event-id";
/// A full server asks pages to come back after so many seconds.
const COME_BACK_AFTER_S: HeaderValue = HeaderValue::from_static("30");

/// `GET /api/snapshot`.
pub async fn snapshot(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<Snapshot>, PageError> {
    let params = LiveParams::from_query(&query.unwrap_or_default());
    let viewer = enter(&state, &params).await?.viewer;
    viewer.view().loaded().await;
    Ok(Json(viewer.view().snapshot()))
}

/// `GET /api/live`.
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
    let viewer = match enter(&state, &LiveParams::from_query(&query)).await {
        Ok(entered) => entered.viewer,
        Err(error) => return error.into_response(),
    };
    let seen = last_seen(&headers, &query);
    let body = Body::from_stream(events(viewer, admitted, seen, state.hub()));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        ),
        (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}

/// The newest event that the page holds: what its stream had before it broke,
/// or else what its HTML was rendered with.
fn last_seen(headers: &HeaderMap, query: &str) -> Option<EventId> {
    let in_header = headers
        .get(LAST_EVENT_ID)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let after = || pairs(query).find(|(name, _)| name == "after");
    in_header.or_else(|| after().and_then(|(_, id)| id.parse().ok()))
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::AddressFull(..) => StatusCode::TOO_MANY_REQUESTS,
    };
    ([(RETRY_AFTER, COME_BACK_AFTER_S)], plain(status, refusal)).into_response()
}
