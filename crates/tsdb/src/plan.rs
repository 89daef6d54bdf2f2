//! What is due: which samples are flushed, which blocks are compacted, which go.
//!
//! Times are compared with the newest sample, never with a clock: data of any
//! age can be kept, and a store that gets none loses none.

use series::TimeRange;

const HOUR_MS: i64 = 3_600_000;

/// Samples are flushed in whole hours.
const FLUSH_STEP_MS: i64 = HOUR_MS;

/// The head keeps at least this much, where late samples still come.
const HEAD_KEPT_MS: i64 = HOUR_MS / 4;

/// Blocks that lie within one window of these spans become one.
const COMPACTION_SPANS_MS: [i64; 2] = [6 * HOUR_MS, 24 * HOUR_MS];

/// What a plan needs to know of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockSummary {
    /// The times of its samples.
    pub range: TimeRange,
    /// Its size on disk.
    pub size_bytes: u64,
    /// Samples were deleted from it that it still holds.
    pub has_deletions: bool,
}

/// The time before which samples should be flushed from a head that holds `range`;
/// `None` where none should.
pub fn flush_before(head: TimeRange) -> Option<i64> {
    truncate_before(head, HEAD_KEPT_MS)
}

/// The time before which a head without a disk under it forgets; `None` where
/// nothing is that old.
pub fn truncate_before(head: TimeRange, retention_ms: i64) -> Option<i64> {
    let kept_ms = head.end_ms.saturating_sub(retention_ms);
    let before_ms = kept_ms
        .div_euclid(FLUSH_STEP_MS)
        .saturating_mul(FLUSH_STEP_MS);
    (head.start_ms < before_ms).then_some(before_ms)
}

/// The end of the first hour that a head holds, to forget what is before it;
/// `None` where it holds no later one.
pub fn first_hour_end(head: TimeRange) -> Option<i64> {
    let first_hour = head.start_ms.div_euclid(FLUSH_STEP_MS);
    let end_ms = first_hour.saturating_add(1).saturating_mul(FLUSH_STEP_MS);
    (end_ms <= head.end_ms).then_some(end_ms)
}

/// The indexes of the blocks to drop: those entirely older than `retention_ms`
/// before `newest_ms`, then the oldest while all are larger than `limit_bytes`.
pub fn blocks_to_drop(
    blocks: &[BlockSummary],
    newest_ms: i64,
    retention_ms: i64,
    limit_bytes: Option<u64>,
) -> Vec<usize> {
    let oldest_kept_ms = newest_ms.saturating_sub(retention_ms);
    let mut by_age: Vec<usize> = (0..blocks.len()).collect();
    by_age.sort_by_key(|&index| blocks[index].range.end_ms);
    let mut total_bytes: u64 = blocks.iter().map(|block| block.size_bytes).sum();
    let mut dropped = Vec::new();
    for index in by_age {
        let too_old = blocks[index].range.end_ms < oldest_kept_ms;
        let too_large = limit_bytes.is_some_and(|limit| total_bytes > limit);
        if !too_old && !too_large {
            break;
        }
        total_bytes -= blocks[index].size_bytes;
        dropped.push(index);
    }
    dropped
}

/// The indexes of blocks that should become one; `None` where nothing is due.
/// A block alone is rewritten where samples were deleted from it.
pub fn blocks_to_compact(blocks: &[BlockSummary]) -> Option<Vec<usize>> {
    let newest_ms = blocks.iter().map(|block| block.range.end_ms).max()?;
    for span_ms in COMPACTION_SPANS_MS {
        let window_of = |block: &BlockSummary| {
            let window = block.range.start_ms.div_euclid(span_ms);
            let end_ms = window.saturating_add(1).saturating_mul(span_ms);
            // Into a window that is not over, more blocks will come.
            let is_over = block.range.end_ms < end_ms && end_ms <= newest_ms;
            is_over.then_some(window)
        };
        for block in blocks {
            let Some(window) = window_of(block) else {
                continue;
            };
            let together: Vec<usize> = (0..blocks.len())
                .filter(|&index| window_of(&blocks[index]) == Some(window))
                .collect();
            if together.len() > 1 {
                return Some(together);
            }
        }
    }
    let deleted = blocks.iter().position(|block| block.has_deletions)?;
    Some(vec![deleted])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(start_hour: i64, end_hour: i64) -> BlockSummary {
        BlockSummary {
            range: TimeRange {
                start_ms: start_hour * HOUR_MS,
                end_ms: end_hour * HOUR_MS - 1,
            },
            size_bytes: 10,
            has_deletions: false,
        }
    }

    #[test]
    fn whole_hours_leave_once_they_are_past() {
        let check = |start_minute: i64, end_minute: i64, hours: Option<i64>| {
            let head = TimeRange {
                start_ms: start_minute * 60_000,
                end_ms: end_minute * 60_000,
            };
            assert_eq!(flush_before(head), hours.map(|hours| hours * HOUR_MS));
        };
        check(0, 74, None);
        check(0, 75, Some(1));
        check(60, 80, None);
        check(0, 600, Some(9));
        check(-90, 0, Some(-1));
    }

    #[test]
    fn the_last_hour_is_not_forgotten() {
        let check = |start_minute: i64, end_minute: i64, hours: Option<i64>| {
            let head = TimeRange {
                start_ms: start_minute * 60_000,
                end_ms: end_minute * 60_000,
            };
            assert_eq!(first_hour_end(head), hours.map(|hours| hours * HOUR_MS));
        };
        check(0, 59, None);
        check(0, 60, Some(1));
        check(59, 300, Some(1));
        check(-90, -30, Some(-1));
    }

    #[test]
    fn old_blocks_go_first() {
        let blocks = [block(4, 5), block(0, 1), block(2, 3)];
        let check = |retention_hours, limit, expected: &[usize]| {
            let newest_ms = 5 * HOUR_MS - 1;
            let dropped = blocks_to_drop(&blocks, newest_ms, retention_hours * HOUR_MS, limit);
            assert_eq!(dropped, expected);
        };
        check(9, None, &[]);
        check(3, None, &[1]);
        check(9, Some(20), &[1]);
        check(9, Some(19), &[1, 2]);
        check(9, Some(0), &[1, 2, 0]);
    }

    #[test]
    fn blocks_of_a_finished_window_merge() {
        let check = |blocks: &[BlockSummary], expected: Option<&[usize]>| {
            assert_eq!(blocks_to_compact(blocks).as_deref(), expected);
        };
        check(&[], None);
        check(&[block(0, 1), block(1, 2)], None);
        check(&[block(0, 1), block(1, 2), block(6, 7)], Some(&[0, 1]));
        check(&[block(0, 6), block(6, 12), block(12, 13)], None);
        let day = [block(0, 6), block(6, 12), block(12, 18), block(24, 25)];
        check(&day, Some(&[0, 1, 2]));
        // A block over several windows stays what it is.
        check(&[block(0, 7), block(1, 2), block(9, 10)], None);
        let mut deleted = block(3, 4);
        deleted.has_deletions = true;
        check(&[block(0, 1), deleted], Some(&[1]));
    }
}
