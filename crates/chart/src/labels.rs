//! A plot to the texts that stand around it.
//!
//! Labels are elements of the page, placed by percent over and beside the
//! picture, so that text never stretches, server and browser show the same, and
//! nothing shifts when the browser takes over. Which labels there are depends
//! on the panel's place on the grid and not on the screen; on a phone
//! the style sheet hides those that are not `major`.

use wire::board::Health;

use crate::civil::Zone;
use crate::color_role::ColorRole;
use crate::curve::Curve;
use crate::plot::Plot;
use crate::time_ticks;
use crate::value_axis::ValueAxis;

/// All texts around a plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// At the grid lines, on the left; positions from the top.
    pub left: Vec<Label>,
    /// Likewise on the right, where there is a second axis.
    pub right: Vec<Label>,
    /// Below the plot; positions from the left.
    pub time: Vec<Label>,
    /// At thresholds that have words; positions from the top.
    pub levels: Vec<LevelLabel>,
    /// The last values, at the ends of their lines; positions from the top.
    pub ends: Vec<EndLabel>,
}

/// A text on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// 0 to 1, from the top or from the left.
    pub position: f64,
    /// What it says.
    pub text: String,
    /// Whether it stays where the panel is as narrow, or as low, as on a phone.
    pub major: bool,
}

/// A threshold's words.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelLabel {
    /// 0 to 1, from the top.
    pub position: f64,
    /// What it says.
    pub text: String,
    /// The status from this level upwards.
    pub status: Health,
}

/// A series' last value.
#[derive(Clone, Debug, PartialEq)]
pub struct EndLabel {
    /// 0 to 1, from the top; moved apart so that no two collide.
    pub position: f64,
    /// The value with its unit.
    pub text: String,
    /// The series' colour.
    pub color_role: ColorRole,
    /// The series' key.
    pub key: u32,
}

/// CSS pixels between the middles of two labels at lines' ends.
const END_PX: f64 = 15.0;
/// CSS pixels at the left where the value axis' own texts stand.
const CORNER_PX: f64 = 30.0;
/// More labels than this are no help; the legend has them all.
const MOST_ENDS: usize = 8;

impl Labels {
    /// The labels of a plot, its times in a zone.
    pub fn new(plot: &Plot, zone: Zone) -> Self {
        Self {
            left: value_labels(&plot.axes.left),
            right: plot
                .axes
                .right
                .as_ref()
                .map(value_labels)
                .unwrap_or_default(),
            time: time_labels(plot, zone),
            levels: level_labels(plot),
            ends: end_labels(plot),
        }
    }
}

/// What does not stand in the corner where the axes meet.
fn time_labels(plot: &Plot, zone: Zone) -> Vec<Label> {
    let window = plot.input.window;
    let width_px = plot.input.size.width_px;
    let stride = narrowing(width_px);
    let ticks = time_ticks::ticks(window.from_ms, window.to_ms, width_px, zone);
    let labels = ticks.into_iter().map(|tick| Label {
        position: plot.time_position(tick.time_ms),
        text: tick.text,
        major: tick.index.rem_euclid(stride) == 0,
    });
    labels
        .filter(|label| label.position * width_px >= CORNER_PX)
        .collect()
}

/// One label of so many has room where the panel is as narrow as a phone.
fn narrowing(width_px: f64) -> i64 {
    match width_px {
        ..400.0 => 1,
        400.0..800.0 => 2,
        _ => 4,
    }
}

fn value_labels(axis: &ValueAxis) -> Vec<Label> {
    let ticks = axis.ticks().iter().enumerate();
    ticks
        .map(|(index, tick)| Label {
            position: 1.0 - axis.position(*tick),
            text: axis.tick_text(*tick),
            major: index % 2 == 0,
        })
        .collect()
}

fn level_labels(plot: &Plot) -> Vec<LevelLabel> {
    let axis = &plot.axes.left;
    let (bottom, top) = axis.ends();
    let levels = plot.input.options.thresholds.iter();
    levels
        .filter(|level| !level.label.is_empty() && (bottom..=top).contains(&level.value))
        .map(|level| LevelLabel {
            position: 1.0 - axis.position(level.value),
            text: level.label.clone(),
            status: level.status,
        })
        .collect()
}

fn end_labels(plot: &Plot) -> Vec<EndLabel> {
    let shown = plot.curves.iter().filter(|curve| !curve.hidden);
    let mut ends: Vec<_> = shown.filter_map(|curve| end_label(plot, curve)).collect();
    if ends.len() > MOST_ENDS {
        return Vec::new();
    }
    ends.sort_by(|a, b| a.position.total_cmp(&b.position));
    spread(&mut ends, END_PX / plot.input.size.height_px.max(1.0));
    ends
}

/// The label of a curve whose line reaches the window's end.
fn end_label(plot: &Plot, curve: &Curve) -> Option<EndLabel> {
    let axis = plot.axes.on(curve.side);
    let last = plot.columns().end.checked_sub(1)?;
    let drawn = (*curve.top.get(last)?)?;
    let value = (*curve.series.values.0.get(last)?)?;
    drawn.is_finite().then(|| EndLabel {
        position: (1.0 - axis.position(drawn)).clamp(0.0, 1.0),
        text: axis.value_text(value),
        color_role: curve.color_role,
        key: curve.series.key,
    })
}

/// Moves labels apart, in their order, within the plot: each group that would
/// collide is centred on where its members want to be.
fn spread(ends: &mut [EndLabel], distance: f64) {
    // Groups of labels: the sum of their wanted positions (each less its offset), their count.
    let mut groups: Vec<(f64, usize)> = Vec::new();
    let most = (1.0 / distance) as usize;
    let distance = if ends.len() > most.max(1) {
        1.0 / ends.len() as f64
    } else {
        distance
    };
    let start = |(sum, count): (f64, usize)| {
        let highest = 1.0 - distance * (count as f64 - 1.0);
        (sum / count as f64).clamp(0.0, highest.max(0.0))
    };
    for end in ends.iter() {
        let mut group = (end.position, 1);
        while let Some(before) = groups.last().copied() {
            let bottom = start(before) + distance * before.1 as f64;
            if start(group) >= bottom {
                break;
            }
            let shift = distance * before.1 as f64 * group.1 as f64;
            group = (before.0 + group.0 - shift, before.1 + group.1);
            groups.pop();
        }
        groups.push(group);
    }
    let placed = groups
        .into_iter()
        .flat_map(|group| (0..group.1).map(move |index| start(group) + distance * index as f64));
    for (end, position) in ends.iter_mut().zip(placed) {
        end.position = position;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[f64], expected: &[f64]) {
        let mut ends: Vec<_> = wanted
            .iter()
            .map(|position| EndLabel {
                position: *position,
                text: String::new(),
                color_role: ColorRole::Text,
                key: 0,
            })
            .collect();
        spread(&mut ends, 0.1);
        for (end, expected) in ends.iter().zip(expected) {
            assert!((end.position - expected).abs() < 1e-9, "{ends:?}");
        }
    }

    #[test]
    fn labels_at_lines_ends_do_not_collide() {
        check(&[0.2, 0.6], &[0.2, 0.6]);
        check(&[0.5, 0.5], &[0.45, 0.55]);
        check(&[0.98, 0.99, 1.0], &[0.8, 0.9, 1.0]);
        check(&[0.0, 0.0, 0.15], &[0.0, 0.1, 0.2]);
    }
}
