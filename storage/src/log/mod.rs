//! The write-ahead log: what the head took, in records on disk, so that the
//! death of the process loses nothing that was acknowledged.
//!
//! A folder of segments, each a file of frames ([`frame`]), each frame one
//! record ([`record`]). Records are written in the order in which the head
//! took them ([`writer`]) and read back in that order ([`reader`]).

pub(crate) mod frame;
pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod segment;
pub(crate) mod writer;
