//! The alerts that fire or are about to, out of the series `ALERTS`, which
//! every Prometheus keeps of its rules.

use series::METRIC_NAME;
use wire::board::Health;

use super::status_badge::push_mark;
use super::{PanelSeries, SeriesView};
use crate::text::html::push_element;

/// What tells alerts apart and is said by itself.
const NAME: &str = "alertname";
const STATE: &str = "alertstate";

pub fn html(data: &PanelSeries) -> String {
    let series = data.series.iter();
    let alerts = series.filter(|series| series.labels.get(NAME).is_some());
    let mut alerts: Vec<&SeriesView> = alerts.collect();
    alerts.sort_by_key(|alert| {
        let is_pending = alert.labels.get(STATE) != Some("firing");
        (is_pending, alert.labels.get(NAME).map(str::to_owned))
    });
    if alerts.is_empty() {
        return "<p class=\"nothing\">No alert fires.</p>".to_owned();
    }
    let mut html = String::from("<ul class=\"alerts\" tabindex=\"0\">");
    for alert in alerts {
        push_alert(&mut html, alert);
    }
    html.push_str("</ul>");
    html
}

fn push_alert(html: &mut String, alert: &SeriesView) {
    let (health, word) = match alert.labels.get(STATE) {
        Some("firing") => (Health::Bad, "firing"),
        _ => (Health::Warning, "pending"),
    };
    html.push_str("<li>");
    push_mark(html, health);
    push_element(html, "b", "", alert.labels.get(NAME).unwrap_or_default());
    push_element(html, "span", "", word);
    let others = alert.labels.iter();
    let others = others.filter(|label| ![METRIC_NAME, NAME, STATE].contains(&label.name));
    let others: Vec<String> = others
        .map(|label| [label.name, "=", label.value].concat())
        .collect();
    push_element(html, "small", "", &others.join("  "));
    html.push_str("</li>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::color_role::ColorRole;
    use series::Labels;
    use wire::data::TimeGrid;
    use wire::id::RefId;

    fn check(alerts: &[&[(&str, &str)]], expected: &str) {
        let series = alerts.iter().map(|labels| SeriesView {
            key: 0,
            color_role: ColorRole::default(),
            name: "",
            query: RefId('A'),
            labels: Labels::from_pairs(labels.iter().copied()),
            values: &[Some(1.0)],
            is_gone: false,
        });
        let data = PanelSeries {
            grid: TimeGrid::default(),
            series: series.collect(),
            tables: &[],
            ..PanelSeries::default()
        };
        assert!(html(&data).contains(expected), "{}", html(&data));
    }

    #[test]
    fn what_fires_comes_first_with_what_tells_it_apart() {
        check(&[&[]], "No alert fires");
        let (name, job) = (("alertname", "Down"), ("job", "a"));
        check(
            &[
                &[("alertstate", "pending"), ("alertname", "A")],
                &[("alertstate", "firing"), name, job],
            ],
            "<ul class=\"alerts\" tabindex=\"0\"><li><span aria-hidden=\"true\" class=\"mark mark-bad\"></span>\
             <b>Down</b><span>firing</span><small>job=a</small></li><li>",
        );
    }
}
