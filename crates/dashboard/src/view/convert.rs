//! Single values of the model to those of the wire.

use wire::board;

use crate::field::{Health, MappedValue, Mapping, Threshold};
use crate::kind::{Calculation, DrawStyle, Palette, StatNote};
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

impl From<StatNote> for board::StatNote {
    fn from(note: StatNote) -> Self {
        Self {
            query: note.query,
            words: note.words,
            unit: note.unit,
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

impl From<Calculation> for board::Calculation {
    /// What the browser does not calculate is the last value: an import says so.
    fn from(calculation: Calculation) -> Self {
        match calculation {
            Calculation::First => Self::First,
            Calculation::Min => Self::Min,
            Calculation::Max => Self::Max,
            Calculation::Mean => Self::Mean,
            Calculation::Sum => Self::Sum,
            _ => Self::Last,
        }
    }
}

/// `None` where the mapping is for no numbers.
pub(super) fn words(mapping: &Mapping) -> Option<board::ValueWords> {
    let (from, to) = match &mapping.of {
        MappedValue::Value(value) => {
            let value: f64 = value.trim().parse().ok()?;
            (Some(value), Some(value))
        }
        MappedValue::Range(from, to) => (*from, *to),
        MappedValue::Regex(_) | MappedValue::Special(_) => return None,
    };
    Some(board::ValueWords {
        from,
        to,
        text: mapping.text.clone(),
        status: (mapping.status != Health::Unknown).then(|| mapping.status.into()),
    })
}
