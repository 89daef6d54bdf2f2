//! The head against a model that keeps every sample in a map.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::collections::BTreeMap;

use series::{
    Labels, METRIC_NAME, MatchOp, Matcher, Sample, SampleColumns, SeriesStore, TimeRange,
};
use tsdb::{Head, HeadOptions, SeriesRef};

const WINDOW_MS: i64 = 2_000;

#[derive(Default)]
struct Model(BTreeMap<Labels, BTreeMap<i64, u64>>);

impl Model {
    fn append(&mut self, labels: &Labels, sample: Sample) -> bool {
        let samples = self.0.entry(labels.clone()).or_default();
        let newest = samples.last_key_value().map_or(i64::MIN, |(&time, _)| time);
        let fits = sample.timestamp_ms >= newest.saturating_sub(WINDOW_MS);
        if fits && !samples.contains_key(&sample.timestamp_ms) {
            samples.insert(sample.timestamp_ms, sample.value.to_bits());
            return true;
        }
        false
    }

    fn delete(&mut self, matchers: &[Matcher], range: TimeRange) {
        for (labels, samples) in &mut self.0 {
            if passes(labels, matchers) {
                samples.retain(|&time, _| !range.contains(time));
            }
        }
    }

    fn select(&self, matchers: &[Matcher], range: TimeRange) -> Vec<(Labels, Vec<(i64, u64)>)> {
        self.0
            .iter()
            .filter(|(labels, _)| passes(labels, matchers))
            .map(|(labels, samples)| {
                let inside = samples.iter().filter(|(time, _)| range.contains(**time));
                (labels.clone(), inside.map(|(&t, &v)| (t, v)).collect())
            })
            .filter(|(_, samples): &(_, Vec<_>)| !samples.is_empty())
            .collect()
    }
}

fn passes(labels: &Labels, matchers: &[Matcher]) -> bool {
    matchers
        .iter()
        .all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or("")))
}

fn stored(store: &Head, matchers: &[Matcher], range: TimeRange) -> Vec<(Labels, Vec<(i64, u64)>)> {
    let mut found: Vec<_> = store
        .select(matchers, range)
        .unwrap()
        .iter()
        .map(|reader| {
            let mut columns = SampleColumns::default();
            reader.read(range, &mut columns).unwrap();
            let samples = columns.iter().map(|s| (s.timestamp_ms, s.value.to_bits()));
            (reader.labels().clone(), samples.collect())
        })
        .collect();
    found.retain(|(_, samples): &(_, Vec<_>)| !samples.is_empty());
    found.sort();
    found
}

fn random_matchers(random: &mut fastrand::Rng) -> Vec<Matcher> {
    let names = [METRIC_NAME, "a", "b", "absent"];
    let patterns = ["", "m1", "v1", "v.*", "v1|v2", "m.|", ".+", ".*", "v[0-3]"];
    let ops = [
        MatchOp::Equal,
        MatchOp::NotEqual,
        MatchOp::Regex,
        MatchOp::NotRegex,
    ];
    (0..random.usize(0..4))
        .map(|_| {
            let op = ops[random.usize(..ops.len())];
            let pattern = patterns[random.usize(..patterns.len())];
            Matcher::new(names[random.usize(..names.len())], op, pattern).unwrap()
        })
        .collect()
}

fn random_labels(random: &mut fastrand::Rng) -> Labels {
    Labels::from_pairs([
        (METRIC_NAME, format!("m{}", random.u8(0..2))),
        ("a", format!("v{}", random.u8(0..3))),
        ("b", ["", "v1", "v2"][random.usize(0..3)].to_owned()),
    ])
}

fn random_value(random: &mut fastrand::Rng) -> f64 {
    match random.u8(0..8) {
        0 => series::stale_nan(),
        1 => f64::from_bits(random.u64(..)),
        2 => -0.0,
        3 => random.f64() * 1e6,
        _ => f64::from(random.u32(0..1000)),
    }
}

fn random_range(random: &mut fastrand::Rng, now_ms: i64) -> TimeRange {
    let start_ms = random.i64(-1000..=now_ms);
    TimeRange {
        start_ms,
        end_ms: start_ms + random.i64(0..=now_ms + 1),
    }
}

/// Appends the same samples to both, one by one, and returns them.
fn append_both(
    head: &Head,
    model: &mut Model,
    random: &mut fastrand::Rng,
    now_ms: i64,
) -> Vec<(SeriesRef, Sample)> {
    let labels: Vec<Labels> = (0..8).map(|_| random_labels(random)).collect();
    (0..random.usize(1..40))
        .map(|_| {
            let labels = &labels[random.usize(..labels.len())];
            let sample = Sample {
                timestamp_ms: now_ms - random.i64(0..40).pow(2) * random.i64(0..4),
                value: random_value(random),
            };
            let reference = head.series_ref(labels, |_, _| {}).unwrap();
            let taken = model.append(labels, sample);
            let outcome = head.append(&[(reference, sample)], i64::MAX, |_, _| {});
            assert_eq!(outcome.accepted, u64::from(taken), "{outcome:?}");
            (reference, sample)
        })
        .collect()
}

fn check(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let head = Head::new(HeadOptions {
        out_of_order_window_ms: WINDOW_MS,
        max_series: 1000,
    });
    let mut model = Model::default();
    let mut now_ms = 0;
    for _ in 0..200 {
        now_ms += random.i64(0..500);
        let batch = append_both(&head, &mut model, &mut random, now_ms);
        let again = head.append(&batch, i64::MAX, |_, _| {});
        assert_eq!(again.accepted, 0, "seed {seed}: {again:?}");
        let matchers = random_matchers(&mut random);
        let range = random_range(&mut random, now_ms);
        if random.u8(0..20) == 0 {
            head.delete(&head.matching_refs(&matchers), range).unwrap();
            model.delete(&matchers, range);
            head.gc_series(|_| false);
        }
        if random.u8(0..20) == 0 {
            head.pending_block(now_ms - random.i64(0..2 * WINDOW_MS))
                .unwrap();
        }
        assert_eq!(
            stored(&head, &matchers, range),
            model.select(&matchers, range),
            "seed {seed}: {matchers:?} {range:?}"
        );
    }
}

#[test]
fn selects_what_was_appended() {
    (0..20).for_each(check);
}
