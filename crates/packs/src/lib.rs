//! Which metrics mean what: the job model of a system, and the boards made of it.
