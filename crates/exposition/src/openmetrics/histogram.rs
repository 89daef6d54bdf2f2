//! One point of a histogram: its buckets, count and sum at one time.

/// What has been read of the point.
#[derive(Debug, Default)]
pub(super) struct HistogramPoint {
    first_line: usize,
    latest_bound: Option<f64>,
    latest_count: f64,
    count: Option<f64>,
    has_negative_bounds: bool,
    has_sum: bool,
    gauge_sum: Option<f64>,
}

impl HistogramPoint {
    pub(super) fn new(first_line: usize) -> Self {
        Self {
            first_line,
            ..Self::default()
        }
    }

    /// Takes one sample; `bound` is meant where `suffix` is `_bucket`.
    pub(super) fn add(&mut self, suffix: &str, bound: f64, value: f64) -> Result<(), &'static str> {
        match suffix {
            "_bucket" => return self.add_bucket(bound, value),
            "_count" | "_gcount" => self.count = Some(value),
            "_sum" => self.has_sum = true,
            "_gsum" => self.gauge_sum = Some(value),
            _ => {}
        }
        Ok(())
    }

    fn add_bucket(&mut self, bound: f64, value: f64) -> Result<(), &'static str> {
        if self.latest_bound.is_some_and(|latest| bound <= latest) {
            return Err("the bounds of buckets ascend");
        }
        if value < self.latest_count {
            return Err("buckets are cumulative: their counts do not fall");
        }
        self.has_negative_bounds |= bound < 0.0;
        self.latest_bound = Some(bound);
        self.latest_count = value;
        Ok(())
    }

    /// Where the point starts, as a byte offset.
    pub(super) fn first_line(&self) -> usize {
        self.first_line
    }

    /// Checks the point once it is complete.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.latest_bound != Some(f64::INFINITY) {
            return Err("a histogram has a bucket le=\"+Inf\"");
        }
        if self.count.is_some_and(|count| count != self.latest_count) {
            return Err("the count equals the bucket le=\"+Inf\"");
        }
        if (self.has_sum || self.gauge_sum.is_some()) != self.count.is_some() {
            return Err("count and sum come together");
        }
        if self.has_sum && self.has_negative_bounds {
            return Err("a histogram with negative bounds has no sum");
        }
        if self.gauge_sum.is_some_and(|sum| sum < 0.0) && !self.has_negative_bounds {
            return Err("a sum below zero needs a bound below zero");
        }
        Ok(())
    }
}
