//! Answers with native histograms, as Prometheus writes them.

use series::histogram::CUSTOM_BUCKETS_SCHEMA;

use super::*;

fn read(text: &str) -> QueryData {
    serde_json::from_str(text).unwrap()
}

#[test]
fn native_histograms_of_a_vector_have_their_buckets() {
    let data = read(
        r#"{"resultType":"vector","result":[{"metric":{"a":"b"},"histogram":[1.5,{"count":"7","sum":"-2.5",
        "buckets":[[1,"-2","-1","4"],[3,"-0.001","0.001","2"],[0,"0.5","1","1"]]}]},{"metric":{},"value":[2,"3"]}]}"#,
    );
    let QueryData::Vector(samples) = data else {
        panic!("{data:?}");
    };
    let samples = vector(samples);
    let histogram = samples[0].histogram.as_deref().unwrap();
    assert_eq!(samples[0].sample.timestamp_ms, 1500);
    assert_eq!(
        (histogram.schema, histogram.count, histogram.sum),
        (0, 7.0, -2.5)
    );
    assert_eq!(
        (histogram.zero_threshold, histogram.zero_count),
        (0.001, 2.0)
    );
    assert_eq!(histogram.negative.indexed().collect::<Vec<_>>(), [(1, 4.0)]);
    assert_eq!(histogram.positive.indexed().collect::<Vec<_>>(), [(0, 1.0)]);
    assert_eq!(
        (samples[1].sample.value, &samples[1].histogram),
        (3.0, &None)
    );
}

#[test]
fn a_series_of_a_matrix_has_floats_and_histograms() {
    let data = read(
        r#"{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]],"histograms":[[2,{"count":"0","sum":"0"}],
        [3,{"count":"3","sum":"4","buckets":[[3,"-Inf","0.1","1"],[0,"0.25","+Inf","2"]]}]]}]}"#,
    );
    let QueryData::Matrix(series) = data else {
        panic!("{data:?}");
    };
    let series = matrix(series);
    let samples = &series[0].samples;
    assert_eq!(samples.timestamps_ms, [1000]);
    let histograms: Vec<_> = samples.iter_histograms().collect();
    assert_eq!((histograms[0].0, histograms[1].0), (2000, 3000));
    let custom = histograms[1].1;
    assert_eq!(custom.schema, CUSTOM_BUCKETS_SCHEMA);
    assert_eq!(custom.custom_values[..], [0.1, 0.25]);
    assert_eq!(
        custom.positive.indexed().collect::<Vec<_>>(),
        [(0, 1.0), (2, 2.0)]
    );
}
