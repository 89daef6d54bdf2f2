//! The marks of annotations to the markup that lies over every chart: a line or
//! a band, and a flag that says what it is.
//!
//! Contract: where a mark stands follows from its times and from the span that
//! its chart shows, by the style sheet: so the markup is the same for all charts,
//! and stays while the window moves. Times are days and seconds of the day,
//! which single precision holds, as browsers may compute styles.

use chart::civil::utc;
use wire::data::Annotation;
use wire::live::Window;

use crate::text::html::{push_element, push_escaped};
use crate::text::{health, moment};

const DAY_MS: i64 = 86_400_000;

/// The list of marks; empty where there are none. Those that ended before
/// `from_ms` are left out.
pub fn annotations(marks: &[Annotation], from_ms: i64) -> String {
    let mut html = String::new();
    for mark in marks.iter().filter(|mark| mark.to_ms >= from_ms) {
        push_mark(&mut html, mark);
    }
    match html.as_str() {
        "" => html,
        items => ["<ul>", items, "</ul>"].concat(),
    }
}

/// The span that a chart shows, as custom properties of what holds its marks.
pub fn span(window: &Window) -> String {
    let (day, second) = day_and_second(window.from_ms);
    let seconds = (window.to_ms - window.from_ms).max(1) as f64 / 1_000.0;
    format!("--from-day:{day};--from:{second};--span:{seconds}")
}

fn push_mark(html: &mut String, mark: &Annotation) {
    let (day, second) = day_and_second(mark.from_ms);
    let seconds = (mark.to_ms - mark.from_ms) as f64 / 1_000.0;
    html.push_str("<li class=\"");
    html.push_str(health::class(mark.status));
    html.push_str(&format!(
        "\" style=\"--day:{day};--at:{second};--for:{seconds}\">"
    ));
    html.push_str("<button type=\"button\" class=\"flag\"><span>");
    push_element(html, "b", "", &mark.name);
    html.push(' ');
    push_escaped(html, &mark.text);
    html.push(' ');
    push_time(html, mark.from_ms);
    if mark.to_ms > mark.from_ms {
        html.push_str(" – ");
        push_time(html, mark.to_ms);
    }
    html.push_str("</span></button></li>");
}

fn day_and_second(time_ms: i64) -> (i64, f64) {
    let second = time_ms.rem_euclid(DAY_MS) as f64 / 1_000.0;
    (time_ms.div_euclid(DAY_MS), second)
}

/// A time in UTC; the page's script writes it in the reader's zone.
fn push_time(html: &mut String, time_ms: i64) {
    let words = moment::of(time_ms - time_ms.rem_euclid(1_000), &utc);
    html.push_str(&format!("<time data-ms=\"{time_ms}\">{words}</time>"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::Health;

    fn mark(from_ms: i64, to_ms: i64) -> Annotation {
        Annotation {
            name: "Deploys".into(),
            from_ms,
            to_ms,
            text: "<v2>".into(),
            status: Health::Bad,
        }
    }

    #[test]
    fn a_mark_says_what_it_is_and_when() {
        let html = annotations(&[mark(1_000_000_001_500, 1_000_000_002_000)], 0);
        assert_eq!(
            html,
            "<ul><li class=\"bad\" style=\"--day:11574;--at:6401.5;--for:0.5\">\
             <button type=\"button\" class=\"flag\"><span><b>Deploys</b> &lt;v2&gt; \
             <time data-ms=\"1000000001500\">2001-09-09 01:46:41</time> – \
             <time data-ms=\"1000000002000\">2001-09-09 01:46:42</time></span></button></li></ul>"
        );
    }

    #[test]
    fn a_chart_says_what_span_it_shows() {
        let window = Window {
            from_ms: -1_500,
            to_ms: 2_000,
            ..Window::default()
        };
        assert_eq!(span(&window), "--from-day:-1;--from:86398.5;--span:3.5");
    }

    #[test]
    fn what_ended_before_is_left_out() {
        let marks = [mark(0, 0), mark(5_000, 9_000), mark(9_000, 9_000)];
        let count = |from_ms| annotations(&marks, from_ms).matches("<li").count();
        assert_eq!((count(0), count(6_000), count(9_001)), (3, 2, 0));
        assert_eq!(annotations(&marks, 9_001), "");
    }
}
