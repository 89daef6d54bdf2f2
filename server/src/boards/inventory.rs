//! A source -> what it exports, and what else queries are judged by.

use exposition::{Entry, Format, Parser};
use lint::Facts;
use packs::{Inventory, Packs};
use query::SeriesQuery;

use crate::clock::now_ms;
use crate::query::{QueryError, QueryFrontend};

/// Metrics that were exported within this time count as there.
pub const RECENT_MS: i64 = 10 * 60 * 1_000;
/// Label names are looked up for sources of at most so many metrics: beyond,
/// the answer would be large, and packs recognise by names alone.
const METRICS_WITH_LABELS: usize = 3_000;
/// So many series tell which labels there are.
const SERIES_LOOKED_AT: usize = 20_000;

/// What a source has exported within the last `recent_ms`.
///
/// # Errors
/// Where it does not answer.
pub async fn inventory(source: &QueryFrontend, recent_ms: i64) -> Result<Inventory, QueryError> {
    let mut inventory = Inventory::default();
    add_source(&mut inventory, source, recent_ms).await?;
    Ok(inventory)
}

/// Takes over what a source has exported within the last `recent_ms`.
///
/// # Errors
/// Where it does not answer.
pub async fn add_source(
    inventory: &mut Inventory,
    source: &QueryFrontend,
    recent_ms: i64,
) -> Result<(), QueryError> {
    let all = SeriesQuery::all_recent(now_ms(), recent_ms);
    let names = source
        .label_values(series::METRIC_NAME, all.clone())
        .await?;
    for name in &names.items {
        inventory.add_name(name);
    }
    // Kinds before series: `_count` ends the name of a histogram's, and of a counter.
    for metric in source.metadata(None).await?.iter() {
        inventory.declare(&metric.name, metric.metadata.kind);
    }
    // A target that is down has a series that says so, and maybe no other.
    let targets = SeriesQuery {
        selectors: vec!["up".to_owned()],
        limit: SERIES_LOOKED_AT,
        ..SeriesQuery::all_recent(now_ms(), RECENT_MS)
    };
    add_series(inventory, source, targets).await?;
    if names.items.len() <= METRICS_WITH_LABELS {
        let some = SeriesQuery {
            selectors: vec![r#"{__name__!=""}"#.to_owned()],
            limit: SERIES_LOOKED_AT,
            ..all
        };
        add_series(inventory, source, some).await?;
    }
    Ok(())
}

async fn add_series(
    inventory: &mut Inventory,
    source: &QueryFrontend,
    query: SeriesQuery,
) -> Result<(), QueryError> {
    let series = source.series(query).await?;
    for labels in series.items.iter().take(SERIES_LOOKED_AT) {
        inventory.add_series(labels);
    }
    Ok(())
}

/// Takes over what an exporter's page holds, up to the first line that is none.
pub fn add_page(inventory: &mut Inventory, page: &[u8]) {
    let format = if page.trim_ascii_end().ends_with(b"# EOF") {
        Format::OpenMetrics
    } else {
        Format::Text
    };
    let entries = Parser::new(page, format).into_iter().flatten();
    for entry in entries.map_while(Result::ok) {
        match entry {
            Entry::Sample(sample) => inventory.add_series(&sample.series.to_labels()),
            Entry::Type { family, kind } => inventory.declare(family.as_ref(), kind),
            _ => {}
        }
    }
}

/// What queries of the source are judged by.
pub fn facts(inventory: Inventory, packs: &Packs, scrape_interval_ms: Option<i64>) -> Facts {
    Facts {
        may_be_absent: packs.may_be_absent(&inventory),
        exported: Some(inventory),
        scrape_interval_ms,
    }
}
