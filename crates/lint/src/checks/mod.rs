//! One check a file: a query to the violations about it.

mod buckets;
mod gauge;
mod missing;
mod ratio;
mod share;
mod window;

use crate::diagnostic::{Query, Violation};

/// What every check says of the query, in the order in which edits count.
pub(crate) fn all(query: &Query) -> Vec<Violation> {
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
