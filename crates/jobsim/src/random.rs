//! Uniform random numbers to the distributions of a job system.

use std::f64::consts::TAU;

/// A sample of the exponential distribution: the time to the next arrival.
pub fn exponential(rng: &mut fastrand::Rng, mean: f64) -> f64 {
    -mean * (1.0 - rng.f64()).ln()
}

/// A sample of the log-normal distribution (Box and Muller's transform).
pub fn log_normal(rng: &mut fastrand::Rng, median: f64, sigma: f64) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    median * (sigma * radius * (TAU * rng.f64()).cos()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut sample: impl FnMut(&mut fastrand::Rng) -> f64, p: f64, expected: f64) {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut samples: Vec<f64> = (0..20_000).map(|_| sample(&mut rng)).collect();
        samples.sort_by(f64::total_cmp);
        let got = samples[(p * samples.len() as f64) as usize];
        assert!(
            (got / expected - 1.0).abs() < 0.05,
            "quantile {p} is {got}, not {expected}"
        );
    }

    #[test]
    fn the_quantiles_are_those_of_the_distribution() {
        check(|rng| log_normal(rng, 2.0, 0.5), 0.5, 2.0);
        check(
            |rng| log_normal(rng, 2.0, 0.5),
            0.95,
            2.0 * (0.5f64 * 1.6449).exp(),
        );
        check(|rng| exponential(rng, 3.0), 0.5, 3.0 * 2f64.ln());
        check(|rng| exponential(rng, 3.0), 0.95, 3.0 * 20f64.ln());
    }
}
