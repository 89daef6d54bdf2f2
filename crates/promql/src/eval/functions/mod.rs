//! Functions of instant vectors, a family a file.

pub(super) mod absent;
pub(super) mod buckets;
pub(super) mod histogram;
pub(super) mod labels;
pub(super) mod math;
pub(super) mod native;
pub(super) mod order;
pub(super) mod time;
