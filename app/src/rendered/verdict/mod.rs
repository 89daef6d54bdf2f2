//! A verdict: what is wrong now and since when, in sentences, the gravest first.
//!
//! A condition holds while its series has values. Since when is the beginning
//! of those values without a pause; where they begin with the panel's span, the
//! sentence says only that it is longer. What is good is said where nothing is
//! wrong, and where the newest values are old it is said since when nothing is
//! known.

mod findings;

use chart::civil::utc;
use dashboard::{VerdictOptions, duration};
use wire::board::Health;
use wire::data::TimeGrid;
use wire::url::LiveParams;

use super::status_badge::push_mark;
use super::{MAX_WRITTEN, PanelSeries, link, push_cut};
use crate::text::html::{push_element, push_escaped};
use crate::text::{health, moment};
use findings::{Finding, PAUSE_COLUMNS, findings, last_column, rank};

/// More sentences are counted, since not all are in sight.
const MANY_SENTENCES: usize = 4;
/// So many others of a sentence are named.
const MAX_OTHERS: usize = 4;
/// What is so for longer than any panel shows is so for long.
const MAX_AFTER_MS: u64 = 366 * DAY_MS.unsigned_abs();
/// Data may be so late before nothing is known.
const TOLERATED_MS: i64 = 30_000;
const DAY_MS: i64 = 86_400_000;

pub fn html(options: &VerdictOptions, data: &PanelSeries, params: &LiveParams) -> String {
    let said = sentences(options, data);
    if said.is_empty() || ends_now(&params.to) {
        return said;
    }
    let mut html = String::from("<p class=\"verdict-time\">As of ");
    push_time(&mut html, data.grid, data.grid.end_ms(), true);
    html.push_str("</p>");
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
    let worst = wrong.iter().map(|finding| finding.condition.status);
    let worst = worst.min_by_key(|status| rank(*status));
    let Some(worst) = worst else {
        return calm(&found);
    };
    let mut html = String::new();
    if wrong.len() > MANY_SENTENCES {
        // All are there to be read; a wall shows the first.
        let words = [&wrong.len().to_string(), " things are wrong"].concat();
        push_element(&mut html, "p", "verdict-count", &words);
    }
    html.push_str("<ul class=\"verdict verdict-");
    html.push_str(health::class(worst));
    html.push_str("\" tabindex=\"0\">");
    for finding in wrong.iter().take(MAX_WRITTEN) {
        push_finding(&mut html, finding, data.grid);
    }
    html.push_str("</ul>");
    push_cut(&mut html, wrong.len());
    html
}

/// What is good, in one line.
fn calm(found: &[Finding]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut html = String::from("<ul class=\"verdict verdict-good\"><li class=\"good\">");
    push_mark(&mut html, Health::Good);
    push_element(&mut html, "span", "spoken", health::word(Health::Good));
    html.push_str("<span class=\"sentence\">");
    for (place, finding) in found.iter().enumerate() {
        html.push_str(if place > 0 { " · " } else { "" });
        push_sentence(&mut html, finding);
    }
    html.push_str("</span></li></ul>");
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

fn push_finding(html: &mut String, finding: &Finding, grid: TimeGrid) {
    let condition = finding.condition;
    html.push_str("<li class=\"");
    html.push_str(health::class(condition.status));
    html.push_str("\">");
    push_mark(html, condition.status);
    push_element(html, "span", "spoken", health::word(condition.status));
    html.push_str("<span class=\"sentence\">");
    push_sentence(html, finding);
    push_escaped(html, &others(&finding.others));
    html.push_str("</span>");
    let after_ms = duration::parse(&condition.after).unwrap_or(0);
    let after_ms = i64::try_from(after_ms.min(MAX_AFTER_MS)).unwrap_or(0);
    push_since(html, finding.since, grid, after_ms);
    html.push_str("</li>");
}

/// The words, which lead to where more is said.
fn push_sentence(html: &mut String, finding: &Finding) {
    let url = link::address(&finding.condition.url, |_| None);
    match url.filter(|url| !url.is_empty()) {
        None => push_escaped(html, &finding.text),
        Some(url) => {
            html.push_str("<a href=\"");
            push_escaped(html, &url);
            html.push_str("\">");
            push_escaped(html, &finding.text);
            html.push_str("</a>");
        }
    }
}

/// `; also at A, at B, and 3 more`.
fn others(parts: &[String]) -> String {
    let named: Vec<&str> = parts.iter().map(|at| at.trim()).collect();
    let named = &named[..named.len().min(MAX_OTHERS)];
    match parts.len() - named.len() {
        _ if parts.is_empty() => String::new(),
        0 => ["; also ", &named.join(", ")].concat(),
        more => [
            "; also ",
            &named.join(", "),
            ", and ",
            &more.to_string(),
            " more",
        ]
        .concat(),
    }
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
    use crate::rendered::SeriesView;
    use chart::color_role::ColorRole;
    use dashboard::{CONDITION, VerdictCondition};
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
            descending: false,
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
            &["Bad &lt;NYC&gt; at NYC is down ; also at SIN, at LON since 01:47:30"],
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
        let said = ["<p class=\"verdict-time\">As of ", time, "</p><ul"].concat();
        for to in ["now-1d", "1000000190000"] {
            assert!(
                html_of(held, to).starts_with(&said),
                "{}",
                html_of(held, to)
            );
        }
        assert!(html_of(held, "now").starts_with("<ul"));
    }

    #[test]
    fn what_the_panel_does_not_describe_is_not_passed_over() {
        check(
            &[("ok", "", 0..20), ("other", "", 9..20)],
            &[
                "Warning the condition \u{201c}other\u{201d} holds, and this panel does not say what it means since 01:48:10",
            ],
        );
    }
}
