//! `/targets`: what is scraped, and how it goes.

use app::{JobTargets, TargetRow, TargetsContext};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue};

use super::board::{PageRequest, links};
use super::render::render;
use crate::assets::bundle_files;
use crate::clock::now_ms;
use crate::ingest::scrape::{ActiveTarget, Health, Scraper, Targets};
use crate::state::AppState;

/// `GET /targets`.
pub async fn targets(State(state): State<AppState>, request: PageRequest) -> Response {
    let scraper = state.scraper();
    let context = TargetsContext {
        jobs: jobs(scraper.map(Scraper::targets).unwrap_or_default(), now_ms()),
        nothing: match scraper {
            Some(_) => "Nothing is configured to be scraped.",
            None => "Andon scrapes nothing itself: its data comes from another server.",
        },
        boards: links(&state),
        theme: request.theme(),
        bundle: bundle_files(),
    };
    let html = render(move || app::targets_document(context.clone())).await;
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, html).into_response()
}

/// The rows of the page; targets stand by job already.
fn jobs(targets: Targets, now_ms: i64) -> Vec<JobTargets> {
    let mut active = targets.active_targets;
    let mut problems = targets.problems;
    let counts = targets.dropped_target_counts.into_iter();
    counts
        .map(|(name, dropped)| JobTargets {
            problems: problems.remove(&name).unwrap_or_default(),
            dropped,
            targets: active
                .extract_if(.., |target| target.scrape_pool == name)
                .map(|target| row(target, now_ms))
                .collect(),
            name,
        })
        .collect()
}

fn row(target: ActiveTarget, now_ms: i64) -> TargetRow {
    TargetRow {
        url: target.scrape_url,
        labels: series::Labels::from_pairs(target.labels).to_string(),
        is_up: match target.health {
            Health::Up => Some(true),
            Health::Down => Some(false),
            Health::Unknown => None,
        },
        age_ms: target.last_scrape_ms.map(|at_ms| now_ms - at_ms),
        duration_ms: target.last_scrape_duration * 1e3,
        samples: target.samples,
        remark: match target.last_warning {
            Some(warning) if target.last_error.is_empty() => warning,
            _ => target.last_error,
        },
    }
}
