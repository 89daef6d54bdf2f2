//! Single values of the model to those of the wire.

use wire::board;

use crate::field::{Health, Threshold};
use crate::kind::{DrawStyle, Legend, Palette};
use crate::model::Grid;

impl From<Grid> for board::Grid {
    fn from(Grid { x, y, w, h }: Grid) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Threshold> for board::Threshold {
    fn from(threshold: Threshold) -> Self {
        Self {
            value: threshold.value,
            status: threshold.status.into(),
            label: threshold.label,
        }
    }
}

impl From<DrawStyle> for board::DrawStyle {
    fn from(draw: DrawStyle) -> Self {
        match draw {
            DrawStyle::Line => Self::Line,
            DrawStyle::Area => Self::Area,
            DrawStyle::Step => Self::Step,
            DrawStyle::Bars => Self::Bars,
            DrawStyle::Points => Self::Points,
        }
    }
}

impl From<&Legend> for board::Legend {
    fn from(legend: &Legend) -> Self {
        if legend.hidden {
            Self::None
        } else if legend.is_table() {
            Self::Table
        } else {
            Self::Chips
        }
    }
}

impl From<Palette> for board::Palette {
    fn from(palette: Palette) -> Self {
        match palette {
            Palette::Categorical => Self::Categorical,
            Palette::Steps => Self::Steps,
            Palette::Failures => Self::Failures,
        }
    }
}

impl From<Health> for board::Health {
    fn from(health: Health) -> Self {
        match health {
            Health::Good => Self::Good,
            Health::Warning => Self::Warning,
            Health::Bad => Self::Bad,
            Health::Unknown => Self::Unknown,
        }
    }
}
