//! How often values occur: a bar a bucket.

use chart::scale::Spacing;
use chart::unit::Unit;
use chart::{AxisSpec, Size, ValueAxis};
use dashboard::{HistogramOptions, Panel};

use super::PanelSeries;
use super::buckets::{self, Buckets};
use super::graph::{Label, Rect, place, push_graph, push_rect, value_labels};
use super::legend::{Entry, color_roles, push_legend};

/// Buckets of values that are put into buckets here.
const BUCKETS: usize = 24;
/// CSS pixels of a label below.
const LABEL_PX: f64 = 56.0;
/// More groups than this are not told apart.
const MAX_GROUPS: usize = 8;

/// What is counted together: its name and its count in each bucket.
struct Group {
    name: String,
    counts: Vec<f64>,
}

pub fn html(panel: &Panel, options: &HistogramOptions, data: &PanelSeries) -> String {
    let Some((bounds, groups)) = counted(options, data) else {
        return String::new();
    };
    let size = Size::nominal(panel.grid);
    let most = groups.iter().flat_map(|group| &group.counts).copied();
    let axis = count_axis(most.fold(0.0, f64::max), size);
    let names = groups.iter().map(|group| group.name.as_str());
    let color_roles = color_roles(names, groups.len());
    let bounds: Vec<String> = bounds.iter().map(|bound| written(*bound, panel)).collect();
    let mut area = String::new();
    for (group, color_role) in groups.iter().zip(&color_roles) {
        push_group(&mut area, group, color_role, &bounds, &axis);
    }
    let mut html = String::from("<div class=\"histogram\">");
    let has_several = groups.len() > 1;
    let class = if has_several {
        "columns overlaid"
    } else {
        "columns"
    };
    let below = labels(&bounds, size);
    push_graph(&mut html, class, &value_labels(&axis), &below, &area);
    if has_several {
        let entries = groups.iter().zip(&color_roles);
        let entries = entries.map(|(group, color_role)| Entry::new(&group.name, color_role));
        push_legend(&mut html, entries);
    }
    html.push_str("</div>");
    html
}

fn written(bound: f64, panel: &Panel) -> String {
    if bound.is_finite() {
        Unit::from_id(&panel.field.unit).format(bound, panel.field.decimals)
    } else {
        "∞".to_owned()
    }
}

fn push_group(
    area: &mut String,
    group: &Group,
    color_role: &str,
    bounds: &[String],
    axis: &ValueAxis,
) {
    let width = 1.0 / bounds.len() as f64;
    let counts = group.counts.iter().enumerate();
    for (bucket, count) in counts.filter(|(_, count)| **count > 0.0) {
        let from = match bucket {
            0 => "up to ".to_owned(),
            later => [&bounds[later - 1], " to "].concat(),
        };
        let number = Unit::from_id("short").format(*count, None);
        let counted = match group.name.as_str() {
            "" => number,
            name => [name, ": ", &number].concat(),
        };
        let title = [&counted, "\n", &from, &bounds[bucket]].concat();
        let y = 1.0 - place(axis, *count);
        push_rect(
            area,
            &Rect {
                x: bucket as f64 * width,
                y,
                width,
                height: 1.0 - y,
                class: color_role,
                title: &title,
                text: "",
            },
        );
    }
}

/// The buckets that the source counted, at the newest moment; else those that
/// the values of the whole window fall into.
fn counted(options: &HistogramOptions, data: &PanelSeries) -> Option<(Vec<f64>, Vec<Group>)> {
    let mut series = data.series.iter();
    if series.all(|series| series.labels.get("le").is_some()) {
        let Buckets { bounds, counts } = buckets::of_series(data)?;
        let group = Group {
            name: String::new(),
            counts: counts.iter().map(|counts| newest(counts)).collect(),
        };
        return Some((bounds, vec![group]));
    }
    let all = buckets::of_values(data, options.bucket_size, BUCKETS)?;
    let size = match all.bounds.as_slice() {
        [first, second, ..] => second - first,
        _ => options.bucket_size.unwrap_or(1.0),
    };
    if options.combine || data.series.len() > MAX_GROUPS {
        let group = group("", &all, &all);
        return Some((all.bounds, vec![group]));
    }
    let groups = data.series.iter().map(|series| {
        let alone = PanelSeries {
            series: vec![series.clone()],
            ..data.clone()
        };
        let own = buckets::of_values(&alone, Some(size), BUCKETS);
        group(series.name, &own.unwrap_or_default(), &all)
    });
    let groups = groups.collect();
    Some((all.bounds, groups))
}

/// The newest count there is, zero where there is none.
fn newest(counts: &[Option<f64>]) -> f64 {
    let there = counts.iter().rev().copied().flatten().next();
    there.unwrap_or(0.0)
}

/// A group's counts at the bounds of all.
fn group(name: &str, own: &Buckets, all: &Buckets) -> Group {
    let bounds = all.bounds.iter();
    Group {
        name: name.to_owned(),
        counts: bounds.map(|bound| count_at(own, *bound)).collect(),
    }
}

/// What was counted at a bound, give or take its last digits.
fn count_at(own: &Buckets, bound: f64) -> f64 {
    let tolerance = bound.abs().max(1e-9) * 1e-9;
    let mut bounds = own.bounds.iter();
    let at = bounds.position(|own| (own - bound).abs() <= tolerance);
    at.map_or(0.0, |at| own.counts[at].iter().flatten().sum())
}

fn count_axis(most: f64, size: Size) -> ValueAxis {
    let spec = AxisSpec {
        unit: Unit::from_id("short"),
        decimals: None,
        min: Some(0.0),
        max: None,
        spacing: Spacing::Linear,
        from_zero: true,
        height_px: size.height_px,
    };
    ValueAxis::fit(spec, Some((0.0, most)), None)
}

/// The bounds between buckets, as many as there is room for.
fn labels(bounds: &[String], size: Size) -> Vec<Label> {
    let count = bounds.len() as f64;
    let every = (count * LABEL_PX / size.width_px).ceil().max(1.0) as usize;
    let shown = bounds.iter().enumerate();
    let shown = shown.filter(|(bucket, _)| (bucket + 1) % every == 0 && bucket + 1 < bounds.len());
    shown
        .map(|(bucket, bound)| Label::new((bucket + 1) as f64 / count, bound))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::{Given, data};

    fn check(options: &HistogramOptions, series: &[Given], titles: &[&str]) {
        let html = html(&Panel::default(), options, &data(series));
        let got: Vec<&str> = html
            .split("title=\"")
            .skip(1)
            .filter_map(|text| text.split('"').next())
            .collect();
        assert_eq!(got, titles, "{html}");
    }

    const A: Given = ('A', "a", &[Some(1.0), Some(2.0), Some(2.5)]);
    const B: Given = ('A', "b", &[Some(2.0), None, Some(3.0)]);

    #[test]
    fn values_are_counted_by_series_or_together() {
        let mut options = HistogramOptions {
            bucket_size: Some(1.0),
            ..HistogramOptions::default()
        };
        let apart = [
            "a: 1\nup to 2",
            "a: 2\n2 to 3",
            "b: 1\n2 to 3",
            "b: 1\n3 to 4",
        ];
        check(&options, &[A, B], &apart);
        options.combine = true;
        check(&options, &[A, B], &["1\nup to 2", "3\n2 to 3", "1\n3 to 4"]);
    }
}
