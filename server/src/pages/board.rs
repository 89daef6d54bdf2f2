//! `/`, `/d/…` and `/embed/…`: a board as HTML that already holds its data.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use app::text::moment::Zone;
use app::{BoardLink, Chrome, PageContext, Theme};
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use dashboard::{Board, Kind};
use http::StatusCode;
use http::header::{CACHE_CONTROL, COOKIE, HeaderValue, LOCATION};
use http::request::Parts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::board::{BoardLayout, PanelKind};
use wire::data::Status;
use wire::id::BoardId;
use wire::live::{ANNOTATIONS, Snapshot};
use wire::url::{LiveParams, pairs};

use super::chrome::{page_chrome, with_added_filter};
use super::diagnostics::diagnostics;
use super::frame::{FrameParts, frame, is_interactive};
use super::problem::problem;
use super::render::render;
use super::width::Width;
use super::{PageError, enter, resolve};
use crate::assets::bundle_files;
use crate::boards::{BoardEntry, OVERVIEW_TITLE};
use crate::live::hub::{Client, Purpose};
use crate::state::AppState;

/// A page waits so long for data; after that it is sent as it is, and the
/// stream brings the rest.
const WAIT_FOR_DATA: Duration = Duration::from_millis(1_500);

/// What a request asks for besides a board.
pub struct PageRequest {
    query: String,
    theme: Theme,
    width: Width,
    address: IpAddr,
}

impl<S: Sync> FromRequestParts<S> for PageRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Ok(width) = Width::from_request_parts(parts, state).await;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let cookies = parts
            .headers
            .get(COOKIE)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            theme: Theme::chosen(&query, cookies.unwrap_or_default()),
            query,
            width,
            address: address(parts),
        })
    }
}

/// Where a request comes from; one that comes over no connection is nobody's.
fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

impl PageRequest {
    /// The URL's query, without its `?`.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Dark or light.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// How wide the reader's pages are.
    pub fn width(&self) -> Width {
        self.width
    }

    /// Who asks, and for what.
    pub fn client(&self, purpose: Purpose) -> Client {
        Client {
            address: self.address,
            purpose,
        }
    }

    /// Whether the URL asks for a wall: `?kiosk`.
    fn chrome(&self) -> Chrome {
        Chrome::of_board(&self.query)
    }
}

/// `GET /`.
pub async fn overview(State(state): State<AppState>, request: PageRequest) -> Response {
    let chrome = request.chrome();
    page(&state, BoardId::overview(), request, chrome).await
}

/// `GET /d/{board}`.
pub async fn board(
    State(state): State<AppState>,
    Path(id): Path<BoardId>,
    request: PageRequest,
) -> Response {
    let chrome = request.chrome();
    page(&state, with_panel(id, &request.query), request, chrome).await
}

/// `GET /d/{board}/{slug}`: as Grafana's links write it.
pub async fn board_slug(
    State(state): State<AppState>,
    Path((id, _)): Path<(BoardId, String)>,
    request: PageRequest,
) -> Response {
    board(State(state), Path(id), request).await
}

/// Grafana's `viewPanel=3`, or `viewPanel=panel-3`, shows one panel.
fn with_panel(id: BoardId, query: &str) -> BoardId {
    let panel = pairs(query).find(|(name, _)| name == "viewPanel");
    match panel {
        Some((_, panel)) => BoardId::of_panel(id.as_str(), panel.trim_start_matches("panel-")),
        None => id,
    }
}

/// `GET /embed/{board}`.
pub async fn embed(
    State(state): State<AppState>,
    Path(id): Path<BoardId>,
    request: PageRequest,
) -> Response {
    let chrome = Chrome::of_embed(&request.query);
    page(&state, id, request, chrome).await
}

/// `GET /embed/{board}/{panel}`.
pub async fn embed_panel(
    State(state): State<AppState>,
    Path((id, panel)): Path<(String, String)>,
    Extension(parts): Extension<FrameParts>,
    request: PageRequest,
) -> Response {
    let chrome = Chrome::of_embed(&request.query);
    let id = BoardId::of_panel(&id, &panel);
    if is_interactive(&request.query) {
        return page(&state, id, request, chrome).await;
    }
    let theme = request.theme;
    match context(&state, id, request, chrome).await {
        Ok(context) => frame(context, &parts).await,
        Err(error) => problem(&state, &error, theme, false).await,
    }
}

async fn page(state: &AppState, id: BoardId, request: PageRequest, chrome: Chrome) -> Response {
    if let Some(query) = with_added_filter(&request.query) {
        // A relative reference: the path stays.
        return (StatusCode::SEE_OTHER, [(LOCATION, format!("?{query}"))]).into_response();
    }
    let theme = request.theme;
    let has_bar = chrome == Chrome::Full;
    let mut context = match context(state, id, request, chrome).await {
        Ok(context) => context,
        Err(error) => return problem(state, &error, theme, has_bar).await,
    };
    context.around.diagnostics = diagnostics(state, &context.params.board);
    context.boards = links(state);
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::document(context.clone())).await;
    (no_store, html).into_response()
}

/// What a page is made from: the board's data, and what stands around its panels.
/// What stands around the board, a light frame does not have.
async fn context(
    state: &AppState,
    id: BoardId,
    request: PageRequest,
    chrome: Chrome,
) -> Result<PageContext, PageError> {
    let params = LiveParams {
        board: id,
        ..LiveParams::from_query(&request.query)
    };
    let client = request.client(Purpose::Page);
    let view = enter(state, &params, request.width, client).await?;
    // Late data is no error: the page says that it waits.
    let _ = tokio::time::timeout(WAIT_FOR_DATA, view.viewer.view().loaded()).await;
    let mut snapshot = view.viewer.view().snapshot();
    list_boards(state, &view.chrome.board, &mut snapshot.board);
    let mut around = page_chrome(&view, state.boards(), &request.query);
    around.notices.extend(unmarked(&snapshot));
    Ok(PageContext {
        snapshot,
        zone: zone(&view.zone),
        zone_name: view.zone.clone(),
        around,
        params,
        query: request.query,
        boards: Vec::new(),
        theme: request.theme,
        chrome,
        bundle: bundle_files(),
    })
}

/// Why annotations are not shown, where their queries fail and the source does not.
fn unmarked(snapshot: &Snapshot) -> Option<String> {
    let mut written = snapshot.rendered.iter();
    let (_, marks) = written.find(|(id, _)| *id == ANNOTATIONS)?;
    match &marks.status {
        Status::Failed { message } if snapshot.source_error.is_none() => {
            Some(format!("Annotations are not shown: {message}"))
        }
        _ => None,
    }
}

/// The zone of a name that was found right; UTC where only the browser knows it.
pub fn zone(name: &str) -> Zone {
    let zone = dashboard::time::zone(name).unwrap_or(TimeZone::UTC);
    let offset_s = move |time_ms: i64| {
        let moment = Timestamp::from_millisecond(time_ms).unwrap_or_default();
        zone.to_offset(moment).seconds()
    };
    Zone::new(offset_s)
}

/// `GET /api/choices`: of a variable's choices those that are looked for.
pub async fn choices(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let value = |wanted: &str| {
        let pair = pairs(&query).find(|(name, _)| name == wanted);
        pair.map(|(_, value)| value).unwrap_or_default()
    };
    let name = value("name");
    let resolved = resolve(&state, &LiveParams::from_query(&query))
        .await?
        .resolved;
    let mut offers = resolved.offers.iter();
    let Some(offer) = offers.find(|offer| offer.variable.name == name) else {
        return Err(PageError::NoVariable(name));
    };
    let choices = super::chrome::choices(offer, &value("find"));
    let html = app::render_choices(&name, choices, offer.variable.multi);
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Html(html)).into_response())
}

/// What a board is called in lists.
pub fn title(entry: &BoardEntry) -> String {
    match entry.id.is_overview() {
        true => OVERVIEW_TITLE.to_owned(),
        false => entry.title.clone(),
    }
}

/// Every board, for the navigation.
pub fn links(state: &AppState) -> Vec<BoardLink> {
    state
        .boards()
        .all()
        .iter()
        .map(|entry| link(entry))
        .collect()
}

fn link(entry: &BoardEntry) -> BoardLink {
    let title = title(entry);
    BoardLink {
        id: entry.id.clone(),
        short_title: packs::short_title(&entry.folder, &title),
        title,
        folder: entry.folder.clone(),
    }
}

/// Writes the panels that list boards; those that there are now.
fn list_boards(state: &AppState, board: &Board, shown: &mut BoardLayout) {
    for panel in &mut shown.panels {
        let listing = board.panel(panel.id).map(|panel| &panel.kind);
        let (Some(Kind::BoardList(options)), PanelKind::Fixed(fixed)) = (listing, &mut panel.kind)
        else {
            continue;
        };
        let has_tag = |entry: &&Arc<BoardEntry>| {
            let mut tags = options.tags.iter();
            options.tags.is_empty() || tags.any(|tag| entry.board.tags.contains(tag))
        };
        let boards = state.boards().all();
        let links: Vec<BoardLink> = boards.iter().filter(has_tag).map(|e| link(e)).collect();
        fixed.html = app::rendered::board_list(&links);
    }
}
