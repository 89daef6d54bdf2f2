//! What is asked for again, and what is answered from the cache.

use super::*;
use crate::source::Annotations;
use query::Take;
use series::{Labels, SampleColumns};

const STEP_MS: i64 = 10_000;

fn question() -> Question {
    Question::promql("up", Take::EveryMs(STEP_MS))
}

fn span(start_ms: i64, end_ms: i64) -> Span {
    Span { start_ms, end_ms }
}

/// A series per name whose value says which answer it came from.
fn answer(names: &[&str], span: Span, value: f64) -> Frame {
    let series = names.iter().map(|name| {
        let mut samples = SampleColumns::default();
        (span.start_ms..=span.end_ms)
            .step_by(STEP_MS as usize)
            .for_each(|time_ms| samples.push(time_ms, value));
        LabeledSeries {
            labels: Labels::from_pairs([("name", *name)]),
            samples,
        }
    });
    Frame::of_series(series.collect(), Annotations::default())
}

fn ask(cache: &ResultsCache, wanted: Span, names: &[&str], value: f64) -> (Option<Span>, Vec<f64>) {
    if let Some(range) = cache.get(&question(), wanted) {
        return (None, range.series()[0].samples.values.clone());
    }
    let plan = cache.plan(&question(), wanted);
    let missing = plan.missing;
    let fresh = answer(names, missing, value);
    let range = cache.extend(&question(), plan, fresh);
    (Some(missing), range.series()[0].samples.values.clone())
}

#[test]
fn only_the_new_end_and_what_may_change_is_asked_for() {
    let cache = ResultsCache::new(1 << 20);
    assert_eq!(
        ask(&cache, span(0, 50_000), &["a"], 1.0).0,
        Some(span(0, 50_000))
    );
    assert_eq!(
        ask(&cache, span(0, 50_000), &["a"], 2.0),
        (None, vec![1.0; 6])
    );
    assert_eq!(
        ask(&cache, span(20_000, 40_000), &["a"], 2.0),
        (None, vec![1.0; 3])
    );
    let (missing, values) = ask(&cache, span(10_000, 60_000), &["a"], 2.0);
    assert_eq!(missing, Some(span(40_000, 60_000)));
    assert_eq!(values, [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
}

#[test]
fn a_question_about_the_end_alone_throws_nothing_away() {
    let cache = ResultsCache::new(1 << 20);
    ask(&cache, span(0, 50_000), &["a"], 1.0);
    ask(&cache, span(50_000, 60_000), &["a"], 2.0);
    let (missing, values) = ask(&cache, span(20_000, 70_000), &["a"], 3.0);
    assert_eq!(missing, Some(span(50_000, 70_000)));
    assert_eq!(values, [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]);
    assert!(cache.get(&question(), span(10_000, 70_000)).is_none());
}

#[test]
fn an_earlier_start_asks_for_the_whole() {
    let cache = ResultsCache::new(1 << 20);
    ask(&cache, span(20_000, 50_000), &["a"], 1.0);
    assert_eq!(
        ask(&cache, span(0, 60_000), &["a"], 2.0).0,
        Some(span(0, 60_000))
    );
}

#[test]
fn today_and_yesterday_of_a_query_are_cached_side_by_side() {
    const DAY_MS: i64 = 86_400_000;
    let cache = ResultsCache::new(1 << 20);
    let (today, yesterday) = (span(DAY_MS, DAY_MS + 50_000), span(0, 50_000));
    ask(&cache, today, &["a"], 1.0);
    ask(&cache, yesterday, &["a"], 2.0);
    assert_eq!(ask(&cache, today, &["a"], 3.0), (None, vec![1.0; 6]));
    assert_eq!(ask(&cache, yesterday, &["a"], 3.0), (None, vec![2.0; 6]));
    let on = ask(&cache, span(10_000, 60_000), &["a"], 3.0).0;
    assert_eq!(on, Some(span(40_000, 60_000)), "each goes on by itself");
    // Times between the steps are another answer.
    let between = span(5_000, 45_000);
    assert_eq!(ask(&cache, between, &["a"], 4.0).0, Some(between));
    assert_eq!(ask(&cache, span(10_000, 60_000), &["a"], 5.0).0, None);
}

#[test]
fn no_more_ranges_of_a_query_are_cached_than_it_is_compared_with() {
    let cache = ResultsCache::new(1 << 20);
    for hour in 0..6 {
        let from_ms = hour * 3_600_000;
        ask(&cache, span(from_ms, from_ms + 50_000), &["a"], 1.0);
    }
    assert!(cache.get(&question(), span(3_600_000, 3_650_000)).is_none());
    assert!(cache.get(&question(), span(7_200_000, 7_250_000)).is_some());
    // One that overlaps others takes their place.
    ask(&cache, span(0, 20_000_000), &["a"], 2.0);
    let inside = cache.get(&question(), span(7_200_000, 7_250_000)).unwrap();
    assert_eq!(inside.series()[0].samples.values, [2.0; 6]);
}

#[test]
fn series_come_and_go() {
    let cache = ResultsCache::new(1 << 20);
    ask(&cache, span(0, 50_000), &["b"], 1.0);
    ask(&cache, span(10_000, 60_000), &["a"], 2.0);
    let range = cache.get(&question(), span(10_000, 60_000)).unwrap();
    let lengths: Vec<_> = range
        .series()
        .iter()
        .map(|series| series.samples.len())
        .collect();
    assert_eq!(lengths, [3, 3], "a has the new points, b the kept ones");
}

#[test]
fn a_partial_answer_is_passed_on_and_not_kept() {
    let cache = ResultsCache::new(1 << 20);
    let mut partial = answer(&["a"], span(0, 50_000), 1.0);
    partial.annotations.warnings.push("a store is away".into());
    let plan = cache.plan(&question(), span(0, 50_000));
    let range = cache.extend(&question(), plan, partial);
    assert_eq!(range.series().len(), 1);
    assert!(cache.get(&question(), span(0, 50_000)).is_none());
}

#[test]
fn a_range_that_is_dropped_meanwhile_loses_no_front() {
    type Meanwhile = fn(&ResultsCache);
    let drops: Meanwhile = |cache| cache.ranges.invalidate_all();
    let replaces: Meanwhile = |cache| {
        let other = span(-10_000, 90_000);
        let plan = cache.plan(&question(), other);
        cache.extend(&question(), plan, answer(&["a"], other, 9.0));
    };
    for meanwhile in [drops, replaces] {
        let cache = ResultsCache::new(1 << 20);
        ask(&cache, span(0, 50_000), &["a"], 1.0);
        let plan = cache.plan(&question(), span(10_000, 60_000));
        let fresh = answer(&["a"], plan.missing, 2.0);
        meanwhile(&cache);
        let range = cache.extend(&question(), plan, fresh);
        let values = &range.series()[0].samples.values;
        assert_eq!(values, &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    }
}

#[test]
fn what_depends_on_the_span_is_asked_whole() {
    let whole = Question::promql("up @ end()", Take::EveryMs(STEP_MS));
    let cache = ResultsCache::new(1 << 20);
    for wanted in [span(0, 50_000), span(10_000, 60_000), span(20_000, 40_000)] {
        assert!(cache.get(&whole, wanted).is_none());
        let plan = cache.plan(&whole, wanted);
        assert_eq!(plan.missing, wanted);
        cache.extend(&whole, plan, answer(&["a"], wanted, 1.0));
        assert!(cache.get(&whole, wanted).is_some());
    }
}

#[test]
fn a_query_is_forgotten_when_nobody_asks_for_it_though_its_next_point_was_due() {
    for (step_s, idle_s) in [(1, 60), (30, 60), (300, 600)] {
        let question = Question::promql("up", Take::EveryMs(step_s * 1_000));
        let idle_ttl = IdleExpiry::idle_ttl(&(question, 0));
        assert_eq!(
            idle_ttl,
            Duration::from_secs(idle_s),
            "a step of {step_s} s"
        );
    }
}
