//! The last value of each series as rows.

use dashboard::Panel;

use super::PanelSeries;
use super::value;
use crate::words::html::push_element;

pub fn html(panel: &Panel, data: &PanelSeries) -> String {
    let mut html = String::from("<table tabindex=\"0\"><tbody>");
    for series in &data.series {
        let field = panel.field_of(series.name, series.query);
        let shown = value::of(series.newest(), &field);
        html.push_str("<tr><th scope=\"row\">");
        crate::words::html::push_escaped(&mut html, series.name);
        html.push_str("</th>");
        push_element(&mut html, "td", "", &shown.text());
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}
