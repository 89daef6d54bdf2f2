//! One trace: the spans of one request through several services.
//!
//! Contract: as OpenTelemetry's data model has it. Spans may come in any order,
//! and a parent may be missing.

use series::Labels;

/// Names a trace; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(pub u128);

/// Names a span within its trace; written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub u64);

/// The spans of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Its name.
    pub id: TraceId,
    /// In no particular order.
    pub spans: Vec<Span>,
}

/// One piece of work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// Its name.
    pub id: SpanId,
    /// The span that it is part of; `None` for the root.
    pub parent: Option<SpanId>,
    /// What is done: `POST /jobs`.
    pub name: String,
    /// Who does it: the resource's `service.name`.
    pub service: String,
    /// Its side of a call.
    pub kind: SpanKind,
    /// When it began, in nanoseconds since the Unix epoch.
    pub start_ns: u64,
    /// When it ended, in nanoseconds since the Unix epoch.
    pub end_ns: u64,
    /// How it ended.
    pub status: SpanStatus,
    /// What is known of it.
    pub attributes: Labels,
    /// What happened meanwhile, in ascending order of time.
    pub events: Vec<SpanEvent>,
}

/// Which side of a call a span is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// Neither: work inside a service.
    #[default]
    Internal,
    /// The side that answers.
    Server,
    /// The side that calls.
    Client,
    /// The side that puts a message into a queue.
    Producer,
    /// The side that takes a message out of a queue.
    Consumer,
}

/// How a span ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SpanStatus {
    /// It does not say, which is no error.
    #[default]
    Unset,
    /// Well.
    Ok,
    /// With an error.
    Error {
        /// The error's words; may be empty.
        message: String,
    },
}

/// Something that happened during a span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanEvent {
    /// When, in nanoseconds since the Unix epoch.
    pub time_ns: u64,
    /// What: `exception`.
    pub name: String,
    /// What is known of it.
    pub attributes: Labels,
}

impl Trace {
    /// When its last span ended, in nanoseconds since the Unix epoch.
    pub fn end_ns(&self) -> Option<u64> {
        self.spans.iter().map(|span| span.end_ns).max()
    }
}
