//! A verdict: what is wrong now and since when, in sentences, the gravest first.
//!
//! A condition holds while its series has values. Since when is the beginning
//! of those values without a pause; where they begin with the panel's span, the
//! sentence says only that it is longer. What is good is said where nothing is
//! wrong, and where the newest values are old it is said since when nothing is
//! known.

use chart::civil::utc;
use chart::unit::Unit;
use dashboard::{CONDITION, VerdictCondition, VerdictOptions, duration, fill_labels};
use series::METRIC_NAME;
use wire::board::Health;
use wire::data::TimeGrid;
use wire::url::LiveParams;

use super::status_badge::push_mark;
use super::{PanelSeries, SeriesView};
use crate::text::html::{push_element, push_escaped};
use crate::text::{health, moment};

/// So many sentences are read in passing.
const MAX_SENTENCES: usize = 4;
/// A pause of so many columns is none: a scrape that came late.
const PAUSE_COLUMNS: usize = 2;
/// Data may be so late before nothing is known.
const TOLERATED_MS: i64 = 30_000;
const DAY_MS: i64 = 86_400_000;

/// One thing that is the case.
struct Finding<'a> {
    condition: &'a VerdictCondition,
    /// The condition's place among its like.
    place: usize,
    text: String,
    /// The first column; `None` where it is older than the panel's span.
    since: Option<usize>,
    /// So many others are the same of other parts.
    others: usize,
}

pub fn html(options: &VerdictOptions, data: &PanelSeries, params: &LiveParams) -> String {
    let said = sentences(options, data);
    if said.is_empty() || ends_now(&params.to) {
        return said;
    }
    let mut html = String::from("<p class=\"verdict-time\">As of ");
    push_time(&mut html, data.grid, data.grid.end_ms(), true);
    html.push_str(":</p>");
    html + &said
}

/// Whether a range that ends at `to` shows what is now.
fn ends_now(to: &str) -> bool {
    matches!(to, "" | "now")
}

fn sentences(options: &VerdictOptions, data: &PanelSeries) -> String {
    if let Some(newest) = silent_since(data) {
        return nothing_known(data.grid, newest);
    }
    let found = findings(options, data);
    let is_wrong = |finding: &&Finding| finding.condition.status != Health::Good;
    let wrong: Vec<&Finding> = found.iter().filter(is_wrong).collect();
    let said = match wrong.as_slice() {
        [] => found.iter().collect(),
        _ => wrong,
    };
    let worst = said.iter().map(|finding| finding.condition.status);
    let worst = worst.min_by_key(|status| rank(*status));
    let Some(worst) = worst else {
        return String::new();
    };
    let mut html = String::from("<ul class=\"verdict verdict-");
    html.push_str(health::class(worst));
    html.push_str("\">");
    for finding in said.iter().take(MAX_SENTENCES) {
        push_finding(&mut html, finding, data.grid);
    }
    if said.len() > MAX_SENTENCES {
        let more = (said.len() - MAX_SENTENCES).to_string();
        push_element(&mut html, "li", "more", &["and ", &more, " more"].concat());
    }
    html.push_str("</ul>");
    html
}

/// The newest column of any value, where it is too old to speak of now.
fn silent_since(data: &PanelSeries) -> Option<usize> {
    let newest = data.series.iter().filter_map(last_column).max()?;
    let tolerated = usize::try_from(TOLERATED_MS / data.grid.step_ms.max(1));
    let is_old = newest + tolerated.unwrap_or(0).max(PAUSE_COLUMNS) + 1 < data.grid.len;
    is_old.then_some(newest)
}

fn nothing_known(grid: TimeGrid, newest: usize) -> String {
    let mut html = String::from("<ul class=\"verdict verdict-warning\"><li class=\"unknown\">");
    push_mark(&mut html, Health::Unknown);
    html.push_str("<span class=\"sentence\">Nothing is known</span>");
    push_since(&mut html, Some(newest), grid, 0);
    html.push_str("</li></ul>");
    html
}

/// The gravest comes first; what is not known is graver than what is good.
fn rank(status: Health) -> u8 {
    match status {
        Health::Bad => 0,
        Health::Warning => 1,
        Health::Unknown => 2,
        Health::Good => 3,
    }
}

/// What is the case in the newest column, in the order in which it is said.
fn findings<'a>(options: &'a VerdictOptions, data: &PanelSeries) -> Vec<Finding<'a>> {
    let newest = data.series.iter().filter_map(last_column).max();
    let Some(newest) = newest else {
        return Vec::new();
    };
    let mut found: Vec<Finding> = Vec::new();
    for (place, condition) in options.conditions.iter().enumerate() {
        let of_condition = data.series.iter().filter(|series| {
            let name = series.labels.get(CONDITION).unwrap_or_default();
            name == condition.name && last_column(series) == Some(newest)
        });
        let mut parts: Vec<(Option<usize>, &SeriesView)> = of_condition
            .map(|series| (since(series.values, newest), series))
            .collect();
        // What has been so for longest speaks for its like.
        parts.sort_by_key(|(since, series)| (*since, series.labels.to_string()));
        if let Some((since, first)) = parts.first() {
            found.push(Finding {
                condition,
                place,
                text: text(condition, first),
                since: *since,
                others: parts.len() - 1,
            });
        }
    }
    found.sort_by_key(|finding| (rank(finding.condition.status), finding.place));
    found
}

fn last_column(series: &SeriesView) -> Option<usize> {
    series.values.iter().rposition(Option::is_some)
}

/// The first column of the values that go on to `newest`; `None` where they
/// begin with the span.
fn since(values: &[Option<f64>], newest: usize) -> Option<usize> {
    let mut first = newest;
    for column in (0..newest).rev() {
        if values[column].is_some() {
            first = column;
        } else if first - column > PAUSE_COLUMNS {
            break;
        }
    }
    (first > PAUSE_COLUMNS).then_some(first)
}

fn text(condition: &VerdictCondition, series: &SeriesView) -> String {
    let text = fill_labels(&condition.text, &series.labels);
    let text = text.replace("$at", &at(series));
    match series.newest() {
        Some(value) => {
            let written = Unit::from_id(&condition.unit).format(value, None);
            text.replace("$value", &written)
        }
        None => text,
    }
}

/// ` at LON, web` of the series' labels; empty where it has none.
fn at(series: &SeriesView) -> String {
    let labels = series.labels.iter();
    let own = labels.filter(|label| ![CONDITION, METRIC_NAME].contains(&label.name));
    let mut values: Vec<&str> = own.map(|label| label.value).collect();
    // The job of a target that has no other name is its address.
    values.dedup();
    match values.as_slice() {
        [] => String::new(),
        values => [" at ", &values.join(", ")].concat(),
    }
}

fn push_finding(html: &mut String, finding: &Finding, grid: TimeGrid) {
    let condition = finding.condition;
    html.push_str("<li class=\"");
    html.push_str(health::class(condition.status));
    html.push_str("\">");
    push_mark(html, condition.status);
    push_element(html, "span", "spoken", health::word(condition.status));
    html.push_str("<span class=\"sentence\">");
    if condition.url.is_empty() {
        push_escaped(html, &finding.text);
    } else {
        html.push_str("<a href=\"");
        push_escaped(html, &condition.url);
        html.push_str("\">");
        push_escaped(html, &finding.text);
        html.push_str("</a>");
    }
    if finding.others > 0 {
        let others = finding.others.to_string();
        push_escaped(html, &[", and ", &others, " more like it"].concat());
    }
    html.push_str("</span>");
    if condition.status != Health::Good {
        let after_ms = duration::parse(&condition.after).unwrap_or(0);
        push_since(
            html,
            finding.since,
            grid,
            i64::try_from(after_ms).unwrap_or(0),
        );
    }
    html.push_str("</li>");
}

fn push_since(html: &mut String, since: Option<usize>, grid: TimeGrid, after_ms: i64) {
    html.push_str("<small>");
    match since {
        Some(column) => {
            html.push_str("since ");
            push_time(html, grid, grid.time_ms(column) - after_ms, false);
        }
        None => {
            html.push_str("since before ");
            push_time(html, grid, grid.start_ms - after_ms, false);
        }
    }
    html.push_str("</small>");
}

/// A time of the day, with the day where that is not the newest value's. It is
/// UTC's; the page's script writes it in the reader's zone.
fn push_time(html: &mut String, grid: TimeGrid, time_ms: i64, with_day: bool) {
    let words = moment::of(time_ms, &utc);
    let has_day = with_day || grid.end_ms() - time_ms >= DAY_MS;
    let words = if has_day { &words } else { &words[11..] };
    html.push_str("<time data-ms=\"");
    html.push_str(&time_ms.to_string());
    html.push_str("\">");
    push_escaped(html, words);
    html.push_str("</time>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::color_role::ColorRole;
    use series::Labels;
    use wire::id::RefId;

    /// A condition, its part, and from when to when it holds.
    type Held = (&'static str, &'static str, std::ops::Range<usize>);

    const COLUMNS: usize = 20;

    fn options() -> VerdictOptions {
        let condition = |name: &str, status, text: &str, url: &str| VerdictCondition {
            name: name.to_owned(),
            status,
            text: text.to_owned(),
            unit: "percentunit".to_owned(),
            after: if name == "low" { "20s" } else { "" }.to_owned(),
            url: url.to_owned(),
        };
        VerdictOptions {
            conditions: vec![
                condition("low", Health::Warning, "success $value", ""),
                condition("down", Health::Bad, "<{{site}}>$at is down", "/d/a&b"),
                condition("ok", Health::Good, "in order", ""),
            ],
        }
    }

    fn check(held: &[Held], expected: &[&str]) {
        let html = html_of(held, "now");
        let sentences: Vec<String> = html.split("<li").skip(1).map(plain).collect();
        assert_eq!(sentences, expected, "{html}");
    }

    /// The markup on a page whose range ends at `to`.
    fn html_of(held: &[Held], to: &str) -> String {
        let values: Vec<Vec<Option<f64>>> = held
            .iter()
            .map(|(.., columns)| {
                let values = (0..COLUMNS).map(|column| columns.contains(&column).then_some(0.5));
                values.collect()
            })
            .collect();
        let series = held
            .iter()
            .zip(&values)
            .map(|((name, site, _), values)| SeriesView {
                key: 0,
                color_role: ColorRole::default(),
                name: "",
                query: RefId('A'),
                labels: Labels::from_pairs([(CONDITION, *name), ("site", site)]),
                values,
                is_gone: false,
            });
        let data = PanelSeries {
            grid: TimeGrid {
                start_ms: 1_000_000_000_000,
                step_ms: 10_000,
                len: COLUMNS,
            },
            series: series.collect(),
            ..PanelSeries::default()
        };
        let params = LiveParams {
            to: to.to_owned(),
            ..LiveParams::default()
        };
        html(&options(), &data, &params).replace('\u{a0}', " ")
    }

    /// The words alone.
    fn plain(item: &str) -> String {
        let item = ["<li", item].concat();
        let texts = item.split('<').filter_map(|part| part.split_once('>'));
        let texts = texts.map(|(_, text)| text.trim());
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        texts.join(" ")
    }

    #[test]
    fn what_is_wrong_is_said_the_gravest_first_and_since_when() {
        check(&[("ok", "", 0..20)], &["Good in order"]);
        check(
            &[
                ("ok", "", 0..20),
                ("low", "", 5..20),
                ("down", "LON", 0..20),
            ],
            &[
                "Bad &lt;LON&gt; at LON is down since before 01:46:40",
                "Warning success 50 % since 01:47:10",
            ],
        );
    }

    #[test]
    fn what_is_over_is_not_said_and_a_late_scrape_is_no_pause() {
        check(&[("ok", "", 0..20), ("low", "", 5..15)], &["Good in order"]);
    }

    #[test]
    fn what_is_the_same_of_many_parts_is_said_once() {
        check(
            &[
                ("down", "LON", 9..20),
                ("down", "NYC", 5..20),
                ("down", "SIN", 7..20),
            ],
            &["Bad &lt;NYC&gt; at NYC is down , and 2 more like it since 01:47:30"],
        );
    }

    #[test]
    fn nothing_is_claimed_of_now_by_old_values() {
        check(&[("ok", "", 0..12)], &["Nothing is known since 01:48:30"]);
        check(&[], &[]);
    }

    #[test]
    fn of_a_range_that_is_over_it_is_said_when_it_was_true() {
        let held: &[Held] = &[("ok", "", 0..20)];
        let time = "<time data-ms=\"1000000190000\">2001-09-09 01:49:50</time>";
        let said = ["<p class=\"verdict-time\">As of ", time, ":</p><ul"].concat();
        for to in ["now-1d", "1000000190000"] {
            assert!(
                html_of(held, to).starts_with(&said),
                "{}",
                html_of(held, to)
            );
        }
        assert!(html_of(held, "now").starts_with("<ul"));
    }
}
