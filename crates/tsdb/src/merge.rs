//! Joining samples from several places into one ascending run.

use std::cmp::Ordering;

use series::{Lengths, SampleColumns};

/// Makes one ascending run of what `out` has got since there was `start`: its
/// part before `middle` and its part from it are each ascending. Of equal times
/// the later part wins, be it a float or a histogram.
pub fn merge_tail(out: &mut SampleColumns, start: Lengths, middle: Lengths) {
    if out.histograms.is_some() {
        merge_both_kinds(out, start, middle);
    } else {
        merge_floats(out, start.floats, middle.floats);
    }
}

fn merge_floats(out: &mut SampleColumns, start: usize, middle: usize) {
    let times = &out.timestamps_ms;
    let (Some(&first), true) = (times.get(middle), middle > start) else {
        return;
    };
    if times[middle - 1] < first {
        return;
    }
    // What lies before the later part's first sample is in place already.
    let overlap = start + times[start..middle].partition_point(|&time| time < first);
    let later = split_off_floats(out, middle);
    let earlier = split_off_floats(out, overlap);
    let mut earlier = earlier.iter().peekable();
    for sample in later.iter() {
        while let Some(before) = earlier.next_if(|e| e.timestamp_ms < sample.timestamp_ms) {
            out.push(before.timestamp_ms, before.value);
        }
        earlier.next_if(|e| e.timestamp_ms == sample.timestamp_ms);
        out.push(sample.timestamp_ms, sample.value);
    }
    for sample in earlier {
        out.push(sample.timestamp_ms, sample.value);
    }
}

fn split_off_floats(columns: &mut SampleColumns, at: usize) -> SampleColumns {
    SampleColumns::of_floats(
        columns.timestamps_ms.split_off(at),
        columns.values.split_off(at),
    )
}

fn merge_both_kinds(out: &mut SampleColumns, start: Lengths, middle: Lengths) {
    if is_in_order(out, start, middle) {
        return;
    }
    let later = out.split_off(middle);
    let mut earlier = out.split_off(start);
    earlier.retain_from(Lengths::default(), |time| !has_time(&later, time));
    let mut floats = [earlier.iter().peekable(), later.iter().peekable()];
    while let Some(sample) = next_of(&mut floats, |sample| sample.timestamp_ms) {
        out.push(sample.timestamp_ms, sample.value);
    }
    let mut histograms = [
        earlier.iter_histograms().peekable(),
        later.iter_histograms().peekable(),
    ];
    while let Some((time, histogram)) = next_of(&mut histograms, |(time, _)| *time) {
        out.push_histogram(time, histogram.clone());
    }
}

/// Whether all samples of the later part are newer than those of the earlier.
fn is_in_order(out: &SampleColumns, start: Lengths, middle: Lengths) -> bool {
    let floats = &out.timestamps_ms;
    let histograms = out.histograms.as_deref();
    let histograms = histograms.map_or(&[][..], |column| &column.timestamps_ms);
    let newest = floats[start.floats..middle.floats]
        .last()
        .max(histograms[start.histograms..middle.histograms].last());
    let later = [floats.get(middle.floats), histograms.get(middle.histograms)];
    later
        .into_iter()
        .flatten()
        .all(|first| newest < Some(first))
}

fn has_time(columns: &SampleColumns, time: i64) -> bool {
    let histograms = columns.histograms.as_deref();
    columns.timestamps_ms.binary_search(&time).is_ok()
        || histograms.is_some_and(|column| column.timestamps_ms.binary_search(&time).is_ok())
}

/// The next sample of two ascending runs that share no time.
fn next_of<T, I: Iterator<Item = T>>(
    runs: &mut [std::iter::Peekable<I>; 2],
    time_of: impl Fn(&T) -> i64,
) -> Option<T> {
    let [earlier, later] = runs;
    let order = match (earlier.peek(), later.peek()) {
        (Some(a), Some(b)) => time_of(a).cmp(&time_of(b)),
        (Some(_), None) => Ordering::Less,
        _ => Ordering::Greater,
    };
    if order == Ordering::Less {
        earlier.next()
    } else {
        later.next()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use series::Histogram;

    use super::*;

    /// Every float is 1, and every histogram counts 1, where they came first;
    /// else 2.
    fn push(out: &mut SampleColumns, value: f64, floats: &[i64], histograms: &[i64]) {
        floats.iter().for_each(|&time| out.push(time, value));
        for &time in histograms {
            let histogram = Histogram {
                count: value,
                ..Histogram::default()
            };
            out.push_histogram(time, Arc::new(histogram));
        }
    }

    fn check(kept: &[i64], earlier: &[i64], later: &[i64], expected: &[i64]) {
        let mut out = SampleColumns::default();
        push(&mut out, 0.0, kept, &[]);
        let start = out.lengths();
        push(&mut out, 1.0, earlier, &[]);
        let middle = out.lengths();
        push(&mut out, 2.0, later, &[]);
        merge_tail(&mut out, start, middle);
        assert_eq!(out.timestamps_ms, expected);
        for sample in out.iter().skip(start.floats) {
            let is_later = later.contains(&sample.timestamp_ms);
            assert_eq!(sample.value, if is_later { 2.0 } else { 1.0 });
        }
    }

    #[test]
    fn merges_whatever_overlaps() {
        check(&[], &[], &[], &[]);
        check(&[9], &[1, 2], &[3, 4], &[9, 1, 2, 3, 4]);
        check(&[9], &[3, 4], &[1, 2], &[9, 1, 2, 3, 4]);
        check(&[], &[1, 3, 5, 9], &[2, 3, 6], &[1, 2, 3, 5, 6, 9]);
        check(&[9], &[1], &[], &[9, 1]);
        check(&[9], &[], &[1], &[9, 1]);
    }

    type Times<'t> = (&'t [i64], &'t [i64]);

    fn check_both(kept: Times<'_>, earlier: Times<'_>, later: Times<'_>, expected: Times<'_>) {
        let mut out = SampleColumns::default();
        push(&mut out, 0.0, kept.0, kept.1);
        let start = out.lengths();
        push(&mut out, 1.0, earlier.0, earlier.1);
        let middle = out.lengths();
        push(&mut out, 2.0, later.0, later.1);
        merge_tail(&mut out, start, middle);
        assert_eq!(out.timestamps_ms, expected.0);
        let histograms = out.iter_histograms().map(|(time, _)| time);
        assert!(histograms.eq(expected.1.iter().copied()), "{out:?}");
        for (time, histogram) in out.iter_histograms().skip(start.histograms) {
            let is_later = later.1.contains(&time);
            assert_eq!(histogram.count, if is_later { 2.0 } else { 1.0 });
        }
    }

    #[test]
    fn a_time_has_a_float_or_a_histogram_whichever_came_later() {
        check_both((&[9], &[8]), (&[], &[1]), (&[], &[2]), (&[9], &[8, 1, 2]));
        check_both(
            (&[], &[]),
            (&[1, 3], &[2]),
            (&[2], &[3, 4]),
            (&[1, 2], &[3, 4]),
        );
        check_both(
            (&[], &[7]),
            (&[], &[2, 4]),
            (&[], &[1, 4]),
            (&[], &[7, 1, 2, 4]),
        );
        check_both((&[], &[]), (&[], &[5]), (&[5], &[]), (&[5], &[]));
    }
}
