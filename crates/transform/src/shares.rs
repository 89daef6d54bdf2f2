//! Values to their shares of the sum.

use std::collections::HashMap;

use series::SampleColumns;

/// Makes of each value its share of what all series sum up to at its time,
/// signs left aside; 0 where that is nothing.
pub fn shares<'a>(series: impl Iterator<Item = &'a mut SampleColumns>) {
    let series: Vec<&mut SampleColumns> = series.collect();
    let mut sums: HashMap<i64, f64> = HashMap::new();
    for sample in series.iter().flat_map(|samples| samples.iter()) {
        if sample.value.is_finite() {
            *sums.entry(sample.timestamp_ms).or_default() += sample.value.abs();
        }
    }
    for samples in series {
        for (timestamp_ms, value) in samples.timestamps_ms.iter().zip(&mut samples.values) {
            let sum = sums.get(timestamp_ms).copied().unwrap_or_default();
            *value = if sum == 0.0 { 0.0 } else { *value / sum };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_time_sum_up_to_one() {
        let columns = |samples: &[(i64, f64)]| {
            let mut columns = SampleColumns::default();
            samples
                .iter()
                .for_each(|(ms, value)| columns.push(*ms, *value));
            columns
        };
        let mut series = [
            columns(&[(1, 1.0), (2, 0.0)]),
            columns(&[(1, 3.0), (3, 5.0)]),
        ];
        shares(series.iter_mut());
        assert_eq!(series[0].values, [0.25, 0.0]);
        assert_eq!(series[1].values, [0.75, 1.0]);
    }
}
