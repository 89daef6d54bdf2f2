//! Prometheus' remote read 1.0: a snappy block of protobuf to queries, and samples to
//! the block that answers them.
//!
//! Answers are samples, not streamed chunks: whoever reads asks for either, and takes
//! what comes. Contract: nothing is allocated for a block before its claimed size is
//! checked; staleness markers are passed on, native histograms are not. Field numbers
//! are those of Prometheus' `prompb/remote.proto` and `prompb/types.proto`.

mod message;

use prost::Message;
use series::{LabeledSeries, MatchOp, Matcher, TimeRange};

use message::{
    Label, QueryResult, ReadRequest, ReadResponse, SAMPLES, STREAMED_XOR_CHUNKS, Sample, TimeSeries,
};

/// The media type of an answer, which is a snappy block.
pub const MEDIA_TYPE: &str = "application/x-protobuf";

/// Which samples are asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// What a series must pass.
    pub matchers: Vec<Matcher>,
    /// When the samples are of; the end is included.
    pub range: TimeRange,
}

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The bytes are damaged, or something else.
    #[error("the body is no snappy block: {0}")]
    Snappy(#[from] snap::Error),
    /// It would be larger than allowed.
    #[error("the request claims {claimed_bytes} bytes uncompressed, more than {max_bytes}")]
    TooLarge {
        /// What its head says.
        claimed_bytes: usize,
        /// What is allowed.
        max_bytes: usize,
    },
    /// The block holds something else.
    #[error("the body is no read request: {0}")]
    Malformed(#[from] prost::DecodeError),
    /// A matcher has no operator that there is.
    #[error("the matcher of label {name:?} has the unknown type {kind}")]
    MatcherType {
        /// The label.
        name: String,
        /// What stands there.
        kind: i32,
    },
    /// A matcher is no regular expression.
    #[error("the matcher of label {name:?}: {reason}")]
    Regex {
        /// The label.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The caller takes chunks alone.
    #[error("samples are answered, and the request accepts streamed chunks alone")]
    ChunksAlone,
}

/// The queries of a request, which may have `max_bytes` uncompressed.
///
/// # Errors
/// See [`RequestError`].
pub fn queries(block: &[u8], max_bytes: usize) -> Result<Vec<Query>, RequestError> {
    let claimed_bytes = snap::raw::decompress_len(block)?;
    if claimed_bytes > max_bytes {
        return Err(RequestError::TooLarge {
            claimed_bytes,
            max_bytes,
        });
    }
    let bytes = snap::raw::Decoder::new().decompress_vec(block)?;
    let request = ReadRequest::decode(bytes.as_slice())?;
    let accepted = &request.accepted_response_types;
    if accepted.contains(&STREAMED_XOR_CHUNKS) && !accepted.contains(&SAMPLES) {
        return Err(RequestError::ChunksAlone);
    }
    request.queries.into_iter().map(query).collect()
}

fn query(query: message::Query) -> Result<Query, RequestError> {
    let matchers = query.matchers.into_iter().map(matcher);
    Ok(Query {
        matchers: matchers.collect::<Result<_, _>>()?,
        range: TimeRange {
            start_ms: query.start_timestamp_ms,
            end_ms: query.end_timestamp_ms,
        },
    })
}

fn matcher(matcher: message::LabelMatcher) -> Result<Matcher, RequestError> {
    let op = match matcher.kind {
        0 => MatchOp::Equal,
        1 => MatchOp::NotEqual,
        2 => MatchOp::Regex,
        3 => MatchOp::NotRegex,
        kind => {
            return Err(RequestError::MatcherType {
                name: matcher.name,
                kind,
            });
        }
    };
    Matcher::new(&matcher.name, op, &matcher.value).map_err(|error| RequestError::Regex {
        name: matcher.name,
        reason: error.to_string(),
    })
}

/// The block that answers each query with the samples of its series.
///
/// # Errors
/// Where it would be larger than a block can be.
pub fn answer(results: &[Vec<LabeledSeries>]) -> Result<Vec<u8>, snap::Error> {
    let results = results.iter().map(|series| QueryResult {
        timeseries: series.iter().map(time_series).collect(),
    });
    let response = ReadResponse {
        results: results.collect(),
    };
    snap::raw::Encoder::new().compress_vec(&response.encode_to_vec())
}

fn time_series(series: &LabeledSeries) -> TimeSeries {
    let labels = series.labels.iter().map(|label| Label {
        name: label.name.to_owned(),
        value: label.value.to_owned(),
    });
    let samples = series.samples.iter().map(|sample| Sample {
        value: sample.value,
        timestamp: sample.timestamp_ms,
    });
    TimeSeries {
        labels: labels.collect(),
        samples: samples.collect(),
    }
}

#[cfg(test)]
mod tests {
    use series::{Labels, SampleColumns, stale_nan};

    use super::*;

    fn request(matchers: &[(i32, &str, &str)], accepted: &[i32]) -> Vec<u8> {
        let matchers = matchers
            .iter()
            .map(|(kind, name, value)| message::LabelMatcher {
                kind: *kind,
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            });
        let request = ReadRequest {
            queries: vec![message::Query {
                start_timestamp_ms: 1_000,
                end_timestamp_ms: 2_000,
                matchers: matchers.collect(),
            }],
            accepted_response_types: accepted.to_vec(),
        };
        let mut encoder = snap::raw::Encoder::new();
        encoder.compress_vec(&request.encode_to_vec()).unwrap()
    }

    #[test]
    fn a_request_is_queries() {
        let block = request(
            &[(0, "__name__", "up"), (3, "job", "a.*")],
            &[STREAMED_XOR_CHUNKS, SAMPLES],
        );
        let found = queries(&block, 1_000).unwrap();
        assert_eq!(found.len(), 1);
        let TimeRange { start_ms, end_ms } = found[0].range;
        assert_eq!((start_ms, end_ms), (1_000, 2_000));
        let matches = |index: usize, value: &str| found[0].matchers[index].matches(value);
        assert!(matches(0, "up") && !matches(0, "down"));
        assert!(matches(1, "b") && !matches(1, "ab"));
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_reason() {
        let check = |block: &[u8], max_bytes: usize, expected: &str| {
            let error = queries(block, max_bytes).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(b"", 1_000, "no snappy block");
        check(&request(&[], &[]), 1, "more than 1");
        check(&request(&[(9, "a", "b")], &[]), 1_000, "unknown type 9");
        check(&request(&[(2, "a", "(")], &[]), 1_000, "label \"a\"");
        let chunks = request(&[], &[STREAMED_XOR_CHUNKS]);
        check(&chunks, 1_000, "streamed chunks alone");
        let mut encoder = snap::raw::Encoder::new();
        let garbage = encoder.compress_vec(&[0xff; 9]).unwrap();
        check(&garbage, 1_000, "no read request");
    }

    #[test]
    fn an_answer_has_every_sample_and_mark() {
        let series = LabeledSeries {
            labels: Labels::from_pairs([("__name__", "up"), ("job", "a")]),
            samples: SampleColumns::of_floats(vec![1, 2], vec![0.5, stale_nan()]),
        };
        let block = answer(&[vec![series], Vec::new()]).unwrap();
        let bytes = snap::raw::Decoder::new().decompress_vec(&block).unwrap();
        let response = ReadResponse::decode(bytes.as_slice()).unwrap();
        assert_eq!(response.results.len(), 2);
        let found = &response.results[0].timeseries[0];
        assert_eq!(found.labels[1].value, "a");
        let bits: Vec<u64> = found
            .samples
            .iter()
            .map(|one| one.value.to_bits())
            .collect();
        assert_eq!(bits, [0.5_f64.to_bits(), stale_nan().to_bits()]);
        assert_eq!(found.samples[1].timestamp, 2);
    }
}
