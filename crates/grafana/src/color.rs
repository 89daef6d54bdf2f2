//! Grafana's colours to what they mean.

use dashboard::Health;

/// What a colour means where Grafana's users choose it: green is good, yellow
/// and orange warn, red is bad; others only tell apart.
pub(super) fn health(color: &str) -> Health {
    let named = [
        ("green", Health::Good),
        ("yellow", Health::Warning),
        ("orange", Health::Warning),
        ("red", Health::Bad),
    ];
    let by_name = named.iter().find(|(name, _)| color.ends_with(name));
    match (by_name, rgb(color)) {
        (Some((_, health)), _) => *health,
        (None, Some(rgb)) => by_hue(rgb),
        (None, None) => Health::Unknown,
    }
}

/// What a colour makes of a series: a status' colour where it means one, else
/// the nearest in hue of the eight distinct ones.
pub(super) fn of_series(color: &str) -> (Option<u8>, Option<Health>) {
    match health(color) {
        Health::Unknown => (distinct(color), None),
        health => (None, Some(health)),
    }
}

/// Those of the eight distinct colours that Grafana has a name for.
const DISTINCT: [(&str, u8); 2] = [("blue", 1), ("purple", 7)];

fn distinct(color: &str) -> Option<u8> {
    let by_name = DISTINCT.iter().find(|(name, _)| color.ends_with(name));
    if let Some((_, number)) = by_name {
        return Some(*number);
    }
    match hue(rgb(color)?)? {
        170.0..200.0 => Some(2),
        200.0..255.0 => Some(1),
        255.0..290.0 => Some(7),
        _ => Some(4),
    }
}

/// Grafana's name of one of the eight, where it has one.
pub(super) fn of_number(number: u8) -> Option<&'static str> {
    let found = DISTINCT.iter().find(|(_, held)| *held == number);
    found.map(|(color, _)| *color)
}

/// `#rrggbb`, `#rgb`, `rgb(r, g, b)`, `rgba(r, g, b, a)`.
fn rgb(color: &str) -> Option<[f64; 3]> {
    if let Some(hex) = color.strip_prefix('#') {
        let width = if hex.len() < 6 { 1 } else { 2 };
        return Some([
            hex_part(hex, width, 0)?,
            hex_part(hex, width, 1)?,
            hex_part(hex, width, 2)?,
        ]);
    }
    let (_, inside) = color.strip_suffix(')')?.split_once('(')?;
    let mut parts = inside.split(',').map(|part| part.trim().parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

/// The part of this index, of so many digits; one digit stands for two equal ones.
fn hex_part(hex: &str, width: usize, index: usize) -> Option<f64> {
    let digits = hex.get(index * width..(index + 1) * width)?;
    let value = u8::from_str_radix(digits, 16).ok()?;
    Some(f64::from(if width == 1 { value * 17 } else { value }))
}

fn by_hue(rgb: [f64; 3]) -> Health {
    match hue(rgb) {
        Some(0.0..20.0 | 340.0..) => Health::Bad,
        Some(20.0..70.0) => Health::Warning,
        Some(70.0..170.0) => Health::Good,
        _ => Health::Unknown,
    }
}

/// The hue in degrees; a grey has none.
fn hue([red, green, blue]: [f64; 3]) -> Option<f64> {
    let greatest = red.max(green).max(blue);
    let spread = greatest - red.min(green).min(blue);
    if spread < 0.25 * greatest || greatest == 0.0 {
        return None;
    }
    let sector = if greatest == red {
        ((green - blue) / spread).rem_euclid(6.0)
    } else if greatest == green {
        (blue - red) / spread + 2.0
    } else {
        (red - green) / spread + 4.0
    };
    Some(60.0 * sector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_mean_what_people_mean_by_them() {
        let cases = [
            ("green", Health::Good),
            ("dark-green", Health::Good),
            ("super-light-orange", Health::Warning),
            ("semi-dark-red", Health::Bad),
            ("#299c46", Health::Good),
            ("rgba(237, 129, 40, 0.89)", Health::Warning),
            ("#d44a3a", Health::Bad),
            ("#F2495C", Health::Bad),
            ("#0f0", Health::Good),
            ("blue", Health::Unknown),
            ("#5794F2", Health::Unknown),
            ("#ccc", Health::Unknown),
            ("transparent", Health::Unknown),
            ("#zz", Health::Unknown),
            ("rgb(1,2)", Health::Unknown),
        ];
        for (color, expected) in cases {
            assert_eq!(health(color), expected, "{color}");
        }
    }

    #[test]
    fn other_colours_are_the_nearest_of_the_distinct_ones() {
        let cases = [
            ("dark-blue", Some(1)),
            ("#5794F2", Some(1)),
            ("super-light-purple", Some(7)),
            ("#2aa198", Some(2)),
            ("#b44aa0", Some(4)),
            ("#ccc", None),
            ("transparent", None),
            ("", None),
        ];
        for (color, expected) in cases {
            assert_eq!(of_series(color), (expected, None), "{color}");
        }
        assert_eq!(of_series("red"), (None, Some(Health::Bad)));
        for number in [1, 7] {
            let color = of_number(number).unwrap();
            assert_eq!(of_series(color), (Some(number), None), "{color}");
        }
    }
}
