//! The URL table: every path that the server answers, who asks there, what they must
//! be allowed to, and which handler answers.
//!
//! What is the same for all calls of a kind follows from the columns, and not from
//! where a row stands: see [`Caller`] and [`Answer`].

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use wire::url;

use super::{demo, health, metrics, reload};
use crate::api::{
    admin, exemplars, features, federate, labels, not_found, parse_query, query, read, status,
    target_metadata, write,
};
use crate::assets;
use crate::pages::{board, kiosk, list, live, share, targets};
use crate::state::AppState;

/// The largest form or remote write request, as it is sent.
const MAX_BODY_BYTES: usize = 32 << 20;

/// Whose programs ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// People, by their browsers.
    People,
    /// The scripts of our pages.
    Scripts,
    /// Prometheus' clients: Grafana, `promtool`, and scripts of other sites' pages.
    Clients,
    /// Programs on machines that push what they collect.
    Agents,
    /// What scrapes Andon itself.
    Scrapers,
    /// Load balancers and supervisors.
    Probes,
    /// Whoever runs the server, by hand or by what deploys it.
    Operators,
}

/// What a caller must be allowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: it tells nobody anything of the sources.
    Public,
    /// To look at boards.
    View,
    /// To ask the sources anything.
    Read,
    /// To store samples.
    Write,
    /// To read Andon's own metrics.
    Scrape,
    /// To see how the server itself is set up, and to have it changed.
    Admin,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// At once; compressed where the caller accepts that.
    Whole,
    /// Event by event, as long as both sides live. Even at rest, a compressor would
    /// take kilobytes of each.
    Stream,
}

/// A row of the table.
pub struct Route {
    /// Who asks.
    pub caller: Caller,
    /// By which methods; GET is HEAD as well.
    pub methods: &'static [Method],
    /// As axum writes it.
    pub path: &'static str,
    /// What the caller must be allowed to.
    pub needs: Permission,
    /// How the answer is sent.
    pub answer: Answer,
    /// What answers.
    pub handler: MethodRouter<AppState>,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const GET_OR_POST: &[Method] = &[Method::GET, Method::POST];
const POST_OR_PUT: &[Method] = &[Method::POST, Method::PUT];
const ANY: &[Method] = &[
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

fn row<H, T>(
    caller: Caller,
    methods: &'static [Method],
    path: &'static str,
    needs: Permission,
    answer: Answer,
    handler: H,
) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let filters = methods.iter().cloned().map(MethodFilter::try_from);
    let filter = filters.flatten().reduce(MethodFilter::or);
    Route {
        caller,
        methods,
        path,
        needs,
        answer,
        handler: filter.map_or_else(MethodRouter::new, |filter| on(filter, handler)),
    }
}

/// The table.
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
    use Answer::{Stream, Whole};
    use Caller::{Agents, Clients, Operators, People, Probes, Scrapers, Scripts};
    use Permission::{Admin, Public, Read, Scrape, View, Write};
    vec![
        row(People, GET, url::OVERVIEW, View, Whole, board::overview),
        row(People, GET, url::BOARDS, View, Whole, list::boards),
        row(People, GET, url::BOARD, View, Whole, board::board),
        row(People, GET, url::BOARD_SLUG, View, Whole, board::board_slug),
        row(People, GET, url::EMBED, View, Whole, board::embed),
        row(People, GET, url::EMBED_PANEL, View, Whole, board::embed_panel),
        row(People, GET, url::SHARE, View, Whole, share::share),
        row(People, GET, url::KIOSK, View, Whole, kiosk::kiosk),
        row(People, GET, url::TARGETS, Read, Whole, targets::targets),

        row(Scripts, GET, url::ASSET, Public, Whole, assets::serve),
        row(Scripts, GET, url::LIVE, View, Stream, live::stream),
        row(Scripts, GET, url::SNAPSHOT, View, Whole, live::snapshot),
        row(Scripts, GET, url::CSV, View, Whole, live::csv),
        row(Scripts, GET, url::CHOICES, View, Whole, board::choices),
        row(Scripts, GET, url::PALETTE, View, Whole, list::palette),
        row(Scripts, GET, url::KIOSK_STATE, View, Whole, kiosk::shown),

        row(Clients, GET_OR_POST, "/api/v1/query", Read, Whole, query::instant),
        row(Clients, GET_OR_POST, "/api/v1/query_range", Read, Whole, query::range),
        row(Clients, GET_OR_POST, "/api/v1/query_exemplars", Read, Whole, exemplars::query_exemplars),
        row(Clients, GET_OR_POST, "/api/v1/format_query", Read, Whole, query::format),
        row(Clients, GET_OR_POST, "/api/v1/parse_query", Read, Whole, parse_query::parse_query),
        row(Clients, GET_OR_POST, "/api/v1/series", Read, Whole, labels::series),
        row(Clients, GET_OR_POST, "/api/v1/labels", Read, Whole, labels::names),
        row(Clients, GET, "/api/v1/label/{name}/values", Read, Whole, labels::values),
        row(Clients, GET, "/api/v1/metadata", Read, Whole, labels::metadata),
        row(Clients, GET, "/api/v1/targets", Read, Whole, status::targets),
        row(Clients, GET, "/api/v1/targets/metadata", Read, Whole, target_metadata::target_metadata),
        row(Clients, GET, "/api/v1/features", Read, Whole, features::features),
        row(Clients, GET, "/api/v1/scrape_pools", Read, Whole, status::scrape_pools),
        row(Clients, GET, "/api/v1/alertmanagers", Read, Whole, status::alertmanagers),
        row(Clients, GET, "/api/v1/rules", Read, Whole, status::rules),
        row(Clients, GET, "/api/v1/alerts", Read, Whole, status::alerts),
        // Grafana asks for it before anything else.
        row(Clients, GET, "/api/v1/status/buildinfo", Read, Whole, status::build_info),
        row(Clients, GET, "/api/v1/status/config", Admin, Whole, status::config),
        row(Clients, GET, "/api/v1/status/flags", Admin, Whole, status::flags),
        row(Clients, GET, "/api/v1/status/runtimeinfo", Admin, Whole, status::runtime_info),
        row(Clients, GET, "/api/v1/status/walreplay", Admin, Whole, status::wal_replay),
        row(Clients, GET, "/api/v1/status/tsdb", Admin, Whole, status::tsdb),

        row(Clients, ANY, "/api/v1/{*path}", Public, Whole, not_found),

        row(Clients, POST, "/api/v1/read", Read, Whole, read::remote_read),
        row(Agents, POST, "/api/v1/write", Write, Whole, write::remote_write),

        row(Scrapers, GET, url::METRICS, Scrape, Whole, metrics::expose),
        row(Scrapers, GET, "/federate", Read, Whole, federate::federate),
        // Its numbers are made up.
        row(Scrapers, GET, url::DEMO_METRICS, Public, Whole, demo::expose),

        row(Probes, GET, url::HEALTHZ, Public, Whole, health::alive),
        row(Probes, GET, url::LIVEZ, Public, Whole, health::alive),
        row(Probes, GET, url::READYZ, Public, Whole, health::ready),
        // Where Prometheus has them; `promtool check` asks there.
        row(Probes, GET, "/-/healthy", Public, Whole, health::alive),
        row(Probes, GET, "/-/ready", Public, Whole, health::ready),

        row(Operators, POST_OR_PUT, "/-/reload", Admin, Whole, reload::reload),
        row(Operators, POST_OR_PUT, "/api/v1/admin/tsdb/snapshot", Admin, Whole, admin::snapshot),
        row(Operators, POST_OR_PUT, "/api/v1/admin/tsdb/delete_series", Admin, Whole, admin::delete_series),
        row(Operators, POST_OR_PUT, "/api/v1/admin/tsdb/clean_tombstones", Admin, Whole, admin::clean_tombstones),
    ]
}

impl Caller {
    /// The largest body that a handler may read: none but forms and samples are.
    pub fn max_body_bytes(self) -> usize {
        match self {
            Self::Clients | Self::Agents | Self::Operators => MAX_BODY_BYTES,
            Self::People | Self::Scripts | Self::Scrapers | Self::Probes => 0,
        }
    }

    /// Whether scripts of other sites' pages may read answers, of the sites that the
    /// configuration names.
    pub fn is_open_to_other_sites(self) -> bool {
        matches!(self, Self::Clients | Self::Agents)
    }
}
