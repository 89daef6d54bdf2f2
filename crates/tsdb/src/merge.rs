//! Joining samples from several places into one ascending run.

use series::SampleColumns;

/// Makes one ascending run of `out[start..]`, whose part before `middle` and
/// whose part from it are each ascending. Of equal times the later part wins.
pub fn merge_tail(out: &mut SampleColumns, start: usize, middle: usize) {
    let times = &out.timestamps_ms;
    let (Some(&first), true) = (times.get(middle), middle > start) else {
        return;
    };
    if times[middle - 1] < first {
        return;
    }
    // What lies before the later part's first sample is in place already.
    let overlap = start + times[start..middle].partition_point(|&time| time < first);
    let later = split_off(out, middle);
    let earlier = split_off(out, overlap);
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

fn split_off(columns: &mut SampleColumns, at: usize) -> SampleColumns {
    SampleColumns::of_floats(
        columns.timestamps_ms.split_off(at),
        columns.values.split_off(at),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kept: &[i64], earlier: &[i64], later: &[i64], expected: &[i64]) {
        let mut out = SampleColumns::default();
        for (value, times) in [(0.0, kept), (1.0, earlier), (2.0, later)] {
            times.iter().for_each(|&time| out.push(time, value));
        }
        let start = kept.len();
        merge_tail(&mut out, start, start + earlier.len());
        assert_eq!(out.timestamps_ms, expected);
        for sample in out.iter().skip(start) {
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
}
