//! The bounds of buckets: from an index to the upper bound.
//!
//! Prometheus multiplies its way from bound to bound, so its bounds are a last
//! digit off the nearest floats here and there. Ours are the same ones.

use std::sync::LazyLock;

use super::{CUSTOM_BUCKETS_SCHEMA, MAX_EXPONENTIAL_SCHEMA};

/// The bounds in [0.5, 1) of each schema from 0 on.
static FRACTIONS: LazyLock<Vec<Vec<f64>>> = LazyLock::new(fractions);

/// 2^(2^-n) of each schema n from 1 on, as Prometheus has rounded it.
#[expect(
    clippy::approx_constant,
    reason = "the root of two is a digit off, as there"
)]
const FACTORS: [f64; MAX_EXPONENTIAL_SCHEMA as usize] = [
    1.414_213_562_373_095,
    1.189_207_115_002_721,
    1.090_507_732_665_257_7,
    1.044_273_782_427_413_8,
    1.021_897_148_654_116_6,
    1.010_889_286_051_700_5,
    1.005_429_901_112_802_7,
    1.002_711_275_050_202_5,
];

fn fractions() -> Vec<Vec<f64>> {
    let mut all = vec![vec![0.5]];
    for factor in FACTORS {
        let coarser = &all[all.len() - 1];
        // Each bound of the coarser schema, and the one in the middle behind it.
        let bounds = coarser.iter().flat_map(|bound| [*bound, bound * factor]);
        let bounds = bounds.collect();
        all.push(bounds);
    }
    all
}

/// The upper bound of bucket `index`, as an absolute value where the schema is
/// exponential. `custom_values` are the bounds of custom buckets.
pub(super) fn upper_bound(index: i32, schema: i32, custom_values: &[f64]) -> f64 {
    if schema != CUSTOM_BUCKETS_SCHEMA {
        return exponential_bound(index, schema);
    }
    match usize::try_from(index) {
        Ok(index) => custom_values.get(index).copied().unwrap_or(f64::INFINITY),
        Err(_) => f64::NEG_INFINITY,
    }
}

/// 2^(index·2^-schema). The bucket of the largest floats ends at the largest,
/// and infinity has the next one for itself.
pub(super) fn exponential_bound(index: i32, schema: i32) -> f64 {
    let Ok(schema_index) = usize::try_from(schema) else {
        let steps = schema.unsigned_abs().min(31);
        return power_of_two(1.0, i64::from(index) << steps);
    };
    let fractions = &FRACTIONS[schema_index.min(FRACTIONS.len() - 1)];
    let schema = schema.min(MAX_EXPONENTIAL_SCHEMA);
    let fraction = fractions[(index & ((1 << schema) - 1)) as usize];
    power_of_two(2.0 * fraction, i64::from(index >> schema))
}

/// `fraction` in [1, 2) times a power of two.
fn power_of_two(fraction: f64, exponent: i64) -> f64 {
    if exponent >= 1024 {
        let is_largest = exponent == 1024 && fraction == 1.0;
        return if is_largest { f64::MAX } else { f64::INFINITY };
    }
    // In two steps where the power alone is subnormal, so that it is rounded once.
    let exponent = exponent.max(-1200) as i32;
    if exponent >= -1022 {
        fraction * exact_power(exponent)
    } else {
        fraction * exact_power(-1022) * 2_f64.powi(exponent + 1022)
    }
}

/// 2^exponent of a normal float.
fn exact_power(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_prometheus_to_the_last_digit() {
        let cases = [
            (0, 0, 1.0),
            (1, 1, FACTORS[0]),
            (2, 2, FACTORS[0]),
            (3, 2, 1.681_792_830_507_428_8),
            (-1, 1, 0.707_106_781_186_547_5),
            (252, 8, 1.978_456_026_387_950_4),
            (1024, 0, f64::MAX),
            (1025, 0, f64::INFINITY),
            (64, -4, f64::MAX),
            (65, -4, f64::INFINITY),
            (-1074, 0, 5e-324),
            (-1075, 0, 0.0),
            (1, -1, 4.0),
            (-2, -2, 0.003_906_25),
        ];
        for (index, schema, bound) in cases {
            assert_eq!(
                exponential_bound(index, schema),
                bound,
                "{index} of {schema}"
            );
        }
    }

    #[test]
    fn custom_buckets_end_at_the_listed_values_and_at_infinity() {
        let bounds: Vec<f64> = (-1..4)
            .map(|index| upper_bound(index, CUSTOM_BUCKETS_SCHEMA, &[1.0, 5.0]))
            .collect();
        let infinity = f64::INFINITY;
        assert_eq!(bounds, [-infinity, 1.0, 5.0, infinity, infinity]);
    }
}
