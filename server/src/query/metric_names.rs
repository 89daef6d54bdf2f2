//! Which metrics a source has exported of late: tells a metric that nobody
//! exports from one that has no samples yet.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use series::METRIC_NAME;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::source::{SeriesQuery, Source};

const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// What was exported within this time counts as exported.
const RECENT_MS: i64 = 6 * 3_600 * 1_000;

type Names = Arc<HashSet<String>>;

/// The names as they were last looked up, and when.
#[derive(Default)]
pub struct MetricNames {
    held: Mutex<Option<(Instant, Names)>>,
}

impl MetricNames {
    /// The names of all metrics; `None` where the source does not say.
    pub async fn get(&self, source: &Source, now_ms: i64) -> Option<Names> {
        let mut held = self.held.lock().await;
        match &*held {
            Some((at, names)) if at.elapsed() < LOOK_AGAIN_AFTER => Some(Arc::clone(names)),
            _ => {
                let names = look_up(source, now_ms).await?;
                *held = Some((Instant::now(), Arc::clone(&names)));
                Some(names)
            }
        }
    }
}

async fn look_up(source: &Source, now_ms: i64) -> Option<Names> {
    let all = SeriesQuery::all_recent(now_ms, RECENT_MS);
    let names = source.label_values(METRIC_NAME, &all).await.ok()?.items;
    Some(Arc::new(names.into_iter().collect()))
}
