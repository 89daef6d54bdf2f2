//! Colours by their role in the design, not by their value.
//!
//! plotters' styles carry an RGB triple. Ours is the name of a colour packed
//! into that triple, so that one picture serves both themes: the SVG writes it
//! as a class, the canvas looks up what the theme has for it.

use plotters::style::RGBAColor;
use plotters_backend::BackendColor;
use wire::board::{Health, Palette, SeriesColor};

/// A colour of the design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorRole {
    /// One of eight distinct colours, 1 to 8.
    Series(u8),
    /// One of four steps of a hue, 1 (light) to 4 (strong).
    Percentile(u8),
    /// One of the six hues of what is wrong, 1 to 6.
    Failure(u8),
    /// The colour of a status.
    Status(Health),
    /// Grid lines.
    Grid,
    /// Text and the cursor.
    #[default]
    Text,
}

/// How many colour roles there are; [`ColorRole::index`] is below it.
pub const COLOR_ROLES: usize = 24;

impl ColorRole {
    /// All colour roles, by their index.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..COLOR_ROLES as u8).map(Self::from_index)
    }

    /// A number below [`COLOR_ROLES`].
    pub fn index(self) -> usize {
        match self {
            Self::Series(number) => usize::from(number.clamp(1, 8)) - 1,
            Self::Percentile(number) => usize::from(number.clamp(1, 4)) + 7,
            Self::Failure(number) => usize::from(number.clamp(1, 6)) + 11,
            Self::Status(health) => 18 + health as usize,
            Self::Grid => 22,
            Self::Text => 23,
        }
    }

    fn from_index(index: u8) -> Self {
        match index {
            0..=7 => Self::Series(index + 1),
            8..=11 => Self::Percentile(index - 7),
            12..=17 => Self::Failure(index - 11),
            18 => Self::Status(Health::Good),
            19 => Self::Status(Health::Warning),
            20 => Self::Status(Health::Bad),
            21 => Self::Status(Health::Unknown),
            22 => Self::Grid,
            _ => Self::Text,
        }
    }

    /// The class that marks an element as of this colour: `s1`, `p2`, `f3`, `bad`, `grid`.
    pub fn class(self) -> &'static str {
        const CLASSES: [&str; COLOR_ROLES] = [
            "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "p1", "p2", "p3", "p4", "f1", "f2",
            "f3", "f4", "f5", "f6", "good", "warning", "bad", "unknown", "grid", "text",
        ];
        CLASSES[self.index()]
    }

    /// The CSS custom property that holds the colour: `--series-1`.
    pub fn css_variable(self) -> &'static str {
        const VARIABLES: [&str; COLOR_ROLES] = [
            "--series-1",
            "--series-2",
            "--series-3",
            "--series-4",
            "--series-5",
            "--series-6",
            "--series-7",
            "--series-8",
            "--percentile-1",
            "--percentile-2",
            "--percentile-3",
            "--percentile-4",
            "--failure-1",
            "--failure-2",
            "--failure-3",
            "--failure-4",
            "--failure-5",
            "--failure-6",
            "--good",
            "--warning",
            "--bad",
            "--unknown",
            "--grid",
            "--text",
        ];
        VARIABLES[self.index()]
    }

    /// The dash and the gap, in CSS pixels, that tell a line of this colour role from
    /// others where colour must not be needed; `None` is an unbroken line. The
    /// style sheet gives the SVG and the legend the same.
    pub fn pattern(self) -> Option<(f64, f64)> {
        const PATTERNS: [(f64, f64); 7] = [
            (6.0, 3.0),
            (2.0, 3.0),
            (10.0, 4.0),
            (4.0, 2.0),
            (1.0, 2.0),
            (12.0, 2.0),
            (3.0, 6.0),
        ];
        let number = match self {
            Self::Series(number) | Self::Failure(number) => number,
            // The strongest is the one that counts.
            Self::Percentile(number) => 5 - number.clamp(1, 4),
            Self::Status(_) | Self::Grid | Self::Text => return None,
        };
        PATTERNS.get(usize::from(number).checked_sub(2)?).copied()
    }

    /// The colour role as a colour of plotters.
    pub fn color(self, opacity: f64, dashed: bool) -> RGBAColor {
        RGBAColor(self.index() as u8, u8::from(dashed), 0, opacity)
    }

    /// The colour role and whether it is dashed, out of a colour that [`ColorRole::color`] made.
    pub fn of_color(color: BackendColor) -> (Self, bool) {
        (Self::from_index(color.rgb.0), color.rgb.1 != 0)
    }
}

/// The colour roles of a panel's series, by their names in the panel's order.
///
/// A name alone decides its colour wherever it can: the same series has the
/// same one in every panel and after every reload. Only where two names of one
/// panel want the same colour and another is free, the later one moves on.
pub fn assign<'a>(
    palette: Palette,
    names: impl Iterator<Item = &'a str>,
    count: usize,
) -> Vec<ColorRole> {
    match palette {
        Palette::Steps => steps(count),
        Palette::Categorical => hashed(names, 8)
            .into_iter()
            .map(ColorRole::Series)
            .collect(),
        Palette::Failures => hashed(names, 6)
            .into_iter()
            .map(ColorRole::Failure)
            .collect(),
    }
}

/// The colour role of an override.
pub fn overridden(color: SeriesColor) -> ColorRole {
    match color {
        SeriesColor::Series(number) => ColorRole::Series(number.clamp(1, 8)),
        SeriesColor::Status(health) => ColorRole::Status(health),
    }
}

/// From light to strong, spread over the steps there are.
fn steps(count: usize) -> Vec<ColorRole> {
    let last = count.saturating_sub(1).max(1);
    (0..count)
        .map(|index| match count {
            1 => ColorRole::Percentile(4),
            _ => ColorRole::Percentile(1 + (index * 3 / last) as u8),
        })
        .collect()
}

fn hashed<'a>(names: impl Iterator<Item = &'a str>, colors: usize) -> Vec<u8> {
    let mut uses = [0_usize; 8];
    names
        .map(|name| {
            let wanted = hash(name) as usize % colors;
            let fewest = uses[..colors].iter().min().copied().unwrap_or(0);
            let free = (0..colors).map(|offset| (wanted + offset) % colors);
            let chosen = free.into_iter().find(|index| uses[*index] == fewest);
            let index = chosen.unwrap_or(wanted);
            uses[index] += 1;
            index as u8 + 1
        })
        .collect()
}

/// FNV-1a, 32 bits, its halves folded together.
fn hash(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_has_its_own_index() {
        for (index, color_role) in ColorRole::all().enumerate() {
            assert_eq!(color_role.index(), index);
            let color = color_role.color(0.5, index % 2 == 0);
            let backend = BackendColor {
                rgb: (color.0, color.1, color.2),
                alpha: color.3,
            };
            assert_eq!(ColorRole::of_color(backend), (color_role, index % 2 == 0));
        }
    }

    #[test]
    fn a_series_keeps_its_colour_over_panels() {
        let names = ["email", "import", "report"];
        let color_roles = assign(Palette::Categorical, names.into_iter(), 3);
        for (name, color_role) in names.into_iter().zip(&color_roles) {
            let alone = assign(Palette::Categorical, std::iter::once(name), 1);
            assert!(
                alone[0] == *color_role || color_roles.contains(&alone[0]),
                "{name}"
            );
        }
    }

    #[test]
    fn colours_repeat_only_when_all_are_used() {
        let names: Vec<String> = (0..16).map(|index| format!("series {index}")).collect();
        let color_roles = assign(Palette::Categorical, names.iter().map(String::as_str), 16);
        for number in 1..=8 {
            let uses = color_roles
                .iter()
                .filter(|color_role| **color_role == ColorRole::Series(number))
                .count();
            assert_eq!(uses, 2);
        }
    }

    #[test]
    fn percentiles_go_from_light_to_strong() {
        let four: Vec<_> = (1..=4).map(ColorRole::Percentile).collect();
        assert_eq!(assign(Palette::Steps, std::iter::empty(), 4), four);
        assert_eq!(
            steps(2),
            [ColorRole::Percentile(1), ColorRole::Percentile(4)]
        );
        assert_eq!(steps(1), [ColorRole::Percentile(4)]);
    }
}
