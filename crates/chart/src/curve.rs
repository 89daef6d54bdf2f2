//! A panel's series to the curves that are drawn: which axis, which colour role, which
//! values once signs are turned and stacks are built.

use std::borrow::Cow;

use wire::board::{DrawStyle, SeriesOverride, TimeSeriesOptions};
use wire::data::{COMPARISON_MARK, PanelData, SeriesData};

use crate::color_role::{self, ColorRole};

/// The axis to which a curve belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The first axis.
    #[default]
    Left,
    /// The second axis.
    Right,
}

/// A series as it is drawn.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// The series.
    pub series: &'a SeriesData,
    /// Its colour.
    pub color_role: ColorRole,
    /// How its samples become marks.
    pub draw: DrawStyle,
    /// The axis that places its values.
    pub side: Side,
    /// Whether its line is dashed.
    pub dashed: bool,
    /// Whether it is left out of the plot.
    pub hidden: bool,
    /// The values to draw, one a grid time: the series' own, or the upper edge in its stack.
    pub top: Cow<'a, [Option<f64>]>,
    /// The lower edge in a stack; `None` stands on the axis' ground.
    pub base: Option<Vec<Option<f64>>>,
}

impl Curve<'_> {
    /// The lowest and highest finite value of the columns in sight.
    pub(crate) fn range(&self, columns: std::ops::Range<usize>) -> Option<(f64, f64)> {
        let values = self.top.get(columns).unwrap_or_default();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.iter().flatten() {
            if value.is_finite() {
                low = low.min(*value);
                high = high.max(*value);
            }
        }
        (low <= high).then_some((low, high))
    }
}

/// The curves of a panel in drawing order; those in `hidden` (by series key)
/// stay in the list and leave the plot and its stacks.
pub(crate) fn curves<'a>(
    data: &'a PanelData,
    options: &TimeSeriesOptions,
    hidden: &[u32],
) -> Vec<Curve<'a>> {
    let roles = color_roles(data, options);
    let mut stacks = Stacks::default();
    data.series
        .iter()
        .zip(roles)
        .map(|(series, color_role)| {
            let mut curve = Curve {
                series,
                color_role,
                draw: options.draw,
                side: Side::Left,
                dashed: false,
                hidden: hidden.contains(&series.key),
                top: Cow::Borrowed(&series.values.0),
                base: None,
            };
            let mut stacked = options.stacked;
            for rule in rules(series, options) {
                stacked = rule.stacked.unwrap_or(stacked);
                override_look(&mut curve, rule);
            }
            if stacked && !curve.hidden {
                stacks.put(&mut curve);
            }
            curve
        })
        .collect()
}

/// What a series is of, without the suffix that its name ends with.
fn subject(series: &SeriesData) -> &str {
    series
        .name
        .split(COMPARISON_MARK)
        .next()
        .unwrap_or_default()
}

/// Whether the series is another's at an earlier time.
pub(crate) fn is_comparison(series: &SeriesData) -> bool {
    series.name.contains(COMPARISON_MARK)
}

/// The colour roles of a panel's series, in their order, before overrides. A comparison has
/// the colour of what it is compared with.
fn assigned(data: &PanelData, options: &TimeSeriesOptions) -> Vec<ColorRole> {
    let own: Vec<&str> = data
        .series
        .iter()
        .filter(|series| !is_comparison(series))
        .map(subject)
        .collect();
    let color_roles = color_role::assign(options.palette, own.iter().copied(), own.len());
    let mut next = color_roles.iter();
    let mut assigned = Vec::with_capacity(data.series.len());
    for series in &data.series {
        let found = if is_comparison(series) {
            let of = own.iter().position(|name| *name == subject(series));
            of.and_then(|index| color_roles.get(index))
        } else {
            next.next()
        };
        assigned.push(found.copied().unwrap_or(ColorRole::Text));
    }
    assigned
}

/// The colour roles of a panel's series, in their order.
pub fn color_roles(data: &PanelData, options: &TimeSeriesOptions) -> Vec<ColorRole> {
    let series = data.series.iter().zip(assigned(data, options));
    let color_roles = series.map(|(series, color_role)| {
        let colors = rules(series, options).filter_map(|rule| rule.color);
        colors.last().map_or(color_role, color_role::overridden)
    });
    color_roles.collect()
}

/// What is to be done otherwise for a series.
fn rules<'a>(
    series: &SeriesData,
    options: &'a TimeSeriesOptions,
) -> impl Iterator<Item = &'a SeriesOverride> {
    let overrides = series.overrides.iter();
    overrides.filter_map(|place| options.overrides.get(usize::from(*place)))
}

fn override_look(curve: &mut Curve, rule: &SeriesOverride) {
    curve.draw = rule.draw.unwrap_or(curve.draw);
    curve.dashed |= rule.dashed;
    curve.hidden |= rule.hidden;
    if rule.right_axis {
        curve.side = Side::Right;
    }
    if rule.negative {
        let turned = curve
            .series
            .values
            .0
            .iter()
            .map(|value| value.map(|value| -value));
        curve.top = Cow::Owned(turned.collect());
    }
}

/// The sums on which the next curve stands: for each axis, values above and
/// below zero apart, so that signs do not cancel each other.
#[derive(Default)]
struct Stacks {
    sums: [Vec<f64>; 4],
}

impl Stacks {
    fn put(&mut self, curve: &mut Curve) {
        let side = if curve.side == Side::Right { 2 } else { 0 };
        let len = curve.top.len();
        for sums in &mut self.sums[side..side + 2] {
            sums.resize(len.max(sums.len()), 0.0);
        }
        let mut top = Vec::with_capacity(len);
        let mut base = Vec::with_capacity(len);
        for (index, value) in curve.top.iter().enumerate() {
            let finite = value.filter(|value| value.is_finite());
            let sum = finite.map(|value| &mut self.sums[side + usize::from(value < 0.0)][index]);
            base.push(sum.as_deref().copied());
            top.push(sum.zip(finite).map(|(sum, value)| {
                // Finite as what is stacked: tops and bases have the same gaps.
                *sum = (*sum + value).clamp(f64::MIN, f64::MAX);
                *sum
            }));
        }
        curve.top = Cow::Owned(top);
        curve.base = Some(base);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::SeriesColor;
    use wire::data::{TimeGrid, Values};
    use wire::id::RefId;

    fn data(series: &[(&str, &[Option<f64>])]) -> PanelData {
        PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1,
                len: series[0].1.len(),
            },
            series: series
                .iter()
                .enumerate()
                .map(|(key, (name, values))| SeriesData {
                    key: key as u32,
                    name: (*name).into(),
                    query: RefId('A'),
                    overrides: if *name == "b" { vec![0] } else { Vec::new() },
                    values: Values(values.to_vec()),
                })
                .collect(),
            ..PanelData::default()
        }
    }

    fn check(options: &TimeSeriesOptions, hidden: &[u32], expected: &[&[Option<f64>]]) {
        let data = data(&[
            ("a", &[Some(1.0), None, Some(3.0)]),
            ("b", &[Some(10.0), Some(20.0), Some(-5.0)]),
            ("c", &[Some(100.0), Some(200.0), Some(300.0)]),
        ]);
        let curves = curves(&data, options, hidden);
        let tops: Vec<_> = curves.iter().map(|curve| &*curve.top).collect();
        assert_eq!(tops, expected);
    }

    #[test]
    fn stacks_leave_gaps_and_keep_signs_apart() {
        let options = TimeSeriesOptions {
            stacked: true,
            ..Default::default()
        };
        check(
            &options,
            &[],
            &[
                &[Some(1.0), None, Some(3.0)],
                &[Some(11.0), Some(20.0), Some(-5.0)],
                &[Some(111.0), Some(220.0), Some(303.0)],
            ],
        );
    }

    #[test]
    fn a_hidden_series_leaves_its_stack() {
        let options = TimeSeriesOptions {
            stacked: true,
            ..Default::default()
        };
        check(
            &options,
            &[1],
            &[
                &[Some(1.0), None, Some(3.0)],
                &[Some(10.0), Some(20.0), Some(-5.0)],
                &[Some(101.0), Some(200.0), Some(303.0)],
            ],
        );
    }

    #[test]
    fn overrides_change_single_series() {
        let rule = SeriesOverride {
            negative: true,
            right_axis: true,
            color: Some(SeriesColor::Series(3)),
            ..Default::default()
        };
        let options = TimeSeriesOptions {
            overrides: vec![rule],
            ..Default::default()
        };
        check(
            &options,
            &[],
            &[
                &[Some(1.0), None, Some(3.0)],
                &[Some(-10.0), Some(-20.0), Some(5.0)],
                &[Some(100.0), Some(200.0), Some(300.0)],
            ],
        );
        let data = data(&[("b", &[None])]);
        let curves = curves(&data, &options, &[]);
        assert_eq!(
            (curves[0].color_role, curves[0].side),
            (ColorRole::Series(3), Side::Right)
        );
    }
}
