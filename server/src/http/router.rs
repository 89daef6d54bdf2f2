//! The URL table -> the router, with what its columns put around each handler.

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, any};
use axum::{Extension, Router};
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, ORIGIN};
use http::request::Parts;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::routes::{Answer, Caller, Route, routes};
use super::{observe, security};
use crate::api::write::Intake;
use crate::pages::{FrameParts, problem, use_this_runtime};
use crate::state::{AppState, SharedSettings};

/// The router of the table.
pub fn router(state: AppState) -> Router {
    use_this_runtime();
    let layers = Layers::new(state.shared_settings());
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, layers.around(route));
    }
    let no_page = any(problem::no_page).layer(layers.compression);
    router
        .fallback(no_page)
        .layer(Extension(FrameParts::default()))
        .layer(Extension(Intake::default()))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .route_layer(from_fn_with_state(state.clone(), observe::request))
        .with_state(state)
}

/// What the columns of the table put around a handler.
struct Layers {
    compression: CompressionLayer,
    /// Other sites, as far as the configuration names them at the time.
    cors: CorsLayer,
}

impl Layers {
    fn new(settings: &SharedSettings) -> Self {
        Self {
            // Answers are made once and read once: the fastest level saves most bytes
            // at little cost. What is compressed already passes through.
            compression: CompressionLayer::new().quality(CompressionLevel::Fastest),
            cors: cors(settings.clone()),
        }
    }

    fn around(&self, route: Route) -> MethodRouter<AppState> {
        let caller = route.caller;
        let mut handler = route
            .handler
            .layer(DefaultBodyLimit::max(caller.max_body_bytes()));
        if caller.is_open_to_other_sites() {
            handler = handler.layer(self.cors.clone());
        }
        if caller == Caller::Operators {
            handler = handler.layer(from_fn(security::refuse_other_sites));
        }
        match route.answer {
            Answer::Whole => handler.layer(self.compression.clone()),
            Answer::Stream => handler,
        }
    }
}

/// Scripts of the configured origins alone may read answers.
fn cors(settings: SharedSettings) -> CorsLayer {
    let is_allowed = move |origin: &HeaderValue, _: &Parts| {
        let allowed = &settings.get().cors_origins;
        allowed
            .iter()
            .any(|one| one.as_bytes() == origin.as_bytes())
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, ORIGIN])
        .expose_headers([DATE])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::sync::Arc;

    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use axum::response::Response;
    use http::header::{ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_ENCODING};
    use http::{Request, StatusCode};
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;
    use wire::url;

    use super::super::routes::Permission;
    use super::*;
    use crate::boards::Boards;
    use crate::live::admission::StreamLimits;
    use crate::live::hub::Hub;
    use crate::metrics::Metrics;
    use crate::query::QueryFrontends;
    use crate::reload;
    use crate::state::{Parts, Settings};

    const SITE: &str = "https://site.example";

    const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

    fn state() -> AppState {
        let shutdown = CancellationToken::new();
        AppState::new(Parts {
            frontends: QueryFrontends::new(Vec::new()),
            engine: None,
            scraper: Arc::default(),
            boards: Boards::default(),
            hub: Hub::new(StreamLimits::default(), String::new(), shutdown.clone()),
            settings: SharedSettings::new(Settings {
                cors_origins: vec![SITE.to_owned()],
                ..Settings::default()
            }),
            demo: None,
            metrics: Metrics::new(),
            reload: reload::channel().0,
            shutdown,
        })
    }

    async fn ask(state: &AppState, method: &Method, path: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(ORIGIN, SITE)
            .header(ACCEPT_ENCODING, "gzip")
            .extension(ConnectInfo(PEER))
            .body(Body::empty())
            .unwrap();
        router(state.clone()).oneshot(request).await.unwrap()
    }

    /// The path with a word in place of each parameter.
    fn filled(path: &str) -> String {
        let parts = path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part });
        parts.collect::<Vec<_>>().join("/")
    }

    #[tokio::test(start_paused = true)]
    async fn every_row_answers_by_its_methods_alone() {
        let all = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        for route in routes() {
            for method in &all {
                let state = state();
                let status = ask(&state, method, &filled(route.path)).await.status();
                let counted = format!(r#"route="{}",status="{}""#, route.path, status.as_u16());
                let counts = state.metrics().exposition().unwrap();
                assert!(
                    counts.contains(&counted),
                    "{method} {}: {counts}",
                    route.path
                );
                assert_eq!(
                    status != StatusCode::METHOD_NOT_ALLOWED,
                    route.methods.contains(method),
                    "{method} {}: {status}",
                    route.path
                );
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_in_the_table_is_not_found() {
        for path in [
            "/nowhere",
            "/d/a/b/c",
            "/livez/",
            "/api/v1x",
            "/api/v1/nowhere",
        ] {
            let answer = ask(&state(), &Method::GET, path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn other_sites_may_read_what_clients_ask_and_nothing_else() {
        for route in routes() {
            let answer = ask(&state(), &route.methods[0], &filled(route.path)).await;
            assert_eq!(
                answer.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN),
                route.path.starts_with(url::API_V1) && !route.path.contains("/admin/"),
                "{}",
                route.path
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn streams_alone_are_never_compressed() {
        let check = async |path: &str, expected: bool| {
            let answer = ask(&state(), &Method::GET, path).await;
            let is_compressed = answer.headers().contains_key(CONTENT_ENCODING);
            assert_eq!(is_compressed, expected, "{path}");
        };
        check(url::OVERVIEW, true).await;
        check("/nowhere", true).await;
        check(url::METRICS, true).await;
        let board = "?board=a-name-that-is-long-enough-to-be-worth-compressing";
        check(&format!("{}{board}", url::SNAPSHOT), true).await;
        check(&format!("{}{board}", url::LIVE), false).await;
    }

    #[test]
    fn what_tells_of_sources_is_public_to_nobody() {
        let public: BTreeSet<&str> = routes()
            .iter()
            .filter(|route| route.needs == Permission::Public)
            .map(|route| route.path)
            .collect();
        let expected = [
            "/-/healthy",
            "/-/ready",
            "/api/v1/{*path}",
            "/assets/{file}",
            "/demo/metrics",
            "/healthz",
            "/livez",
            "/readyz",
        ];
        assert_eq!(public, BTreeSet::from(expected));
    }
}
