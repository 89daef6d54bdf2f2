//! One check a file: a query to the remarks about it.

mod buckets;
mod gauge;
mod missing;
mod ratio;
mod share;
mod window;

use crate::finding::{Query, Remark};

/// What every check says of the query, in the order in which edits count.
pub(crate) fn all(query: &Query) -> Vec<Remark> {
    let checks = [
        missing::check,
        gauge::check,
        buckets::without_le,
        window::check,
        ratio::check,
        buckets::beyond_last,
        share::check,
    ];
    checks.iter().flat_map(|check| check(query)).collect()
}
