//! Remote write, 1.0 and 2.0, into the real binary.

mod support;

use serde_json::{Value, json};
use support::{Andon, compress, series};

/// The value at a JSON pointer of the answer to a path.
async fn check(andon: &Andon, path: &str, pointer: &str, expected: Value) {
    let answer = andon.json(path).await;
    assert_eq!(answer.pointer(pointer), Some(&expected), "{path}: {answer}");
}

#[tokio::test]
async fn remote_write_refuses_what_it_cannot_hold() {
    let andon = Andon::start(&[]).await;
    assert_eq!(andon.write_raw(b"no snappy".to_vec()).await, 400);
    assert_eq!(andon.write_raw(compress(b"no protobuf")).await, 400);
    // A block that claims four gigabytes and has two bytes.
    let bomb = vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0];
    assert_eq!(andon.write_raw(bomb).await, 413);
    // Two million empty labels in four megabytes.
    let labels = [0x0a, 0x00].repeat(2 << 20);
    let mut request = vec![0x0a, 0x80, 0x80, 0x80, 0x02];
    request.extend(labels);
    assert_eq!(andon.write_raw(compress(&request)).await, 400);
    let unsorted = series(
        &[("kind", "a"), ("__name__", "up"), ("none", "")],
        &[(1_000, 1.0)],
    );
    assert_eq!(andon.write(&[unsorted]).await, 204);
    check(
        &andon,
        "/api/v1/series?match[]=up",
        "/data",
        json!([{ "__name__": "up", "kind": "a" }]),
    )
    .await;
    let again = |value| series(&[("__name__", "up"), ("kind", "a")], &[(1_000, value)]);
    assert_eq!(andon.write(&[again(1.0)]).await, 204);
    assert_eq!(andon.write(&[again(2.0)]).await, 400);
    // Retention counts from the newest sample.
    let far_ahead = [(4_000_000_000_000, 1.0)];
    let ahead = series(&[("__name__", "up"), ("kind", "b")], &far_ahead);
    assert_eq!(andon.write(&[ahead]).await, 400);
    let newest = "/api/v1/status/tsdb";
    check(&andon, newest, "/data/headStats/maxTime", json!(1_000)).await;
}

/// A request of remote write 2.0: one series of a float, one of a native histogram
/// of three observations.
fn request_of_2_0() -> Vec<u8> {
    let mut request = Vec::new();
    for symbol in ["", "__name__", "jobs", "latency"] {
        request.extend([0x22, symbol.len() as u8]);
        request.extend(symbol.as_bytes());
    }
    let sample = [&[0x09][..], &2_f64.to_le_bytes(), &[0x10, 100]].concat();
    let histogram = [
        &[0x08, 3, 0x19][..],
        &4.5_f64.to_le_bytes(),
        &[0x20, 0, 0x5a, 4, 0x08, 2, 0x10, 1, 0x62, 1, 6, 0x78, 100],
    ];
    let histogram = histogram.concat();
    for (name, number, value) in [(2, 0x12, sample), (3, 0x1a, histogram)] {
        let series = [&[0x0a, 2, 1, name, number, value.len() as u8][..], &value].concat();
        request.extend([0x2a, series.len() as u8]);
        request.extend(series);
    }
    request
}

#[tokio::test]
async fn remote_write_2_0_stores_floats_and_native_histograms() {
    let andon = Andon::start(&[]).await;
    let client = reqwest::Client::new();
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = client.post(format!("{}/api/v1/write", andon.url));
        request.header("Content-Type", kind).body(body).send()
    };
    let kind = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
    let body = compress(&request_of_2_0());
    let answer = send(kind, body.clone()).await.unwrap();
    assert_eq!(answer.status(), 204);
    for (name, expected) in [("samples", "1"), ("histograms", "1"), ("exemplars", "0")] {
        let name = format!("x-prometheus-remote-write-{name}-written");
        assert_eq!(answer.headers()[&name], expected, "{name}");
    }
    let other = "application/x-protobuf;proto=io.prometheus.write.v9.Request";
    assert_eq!(send(other, body.clone()).await.unwrap().status(), 415);
    assert_eq!(send("application/json", body).await.unwrap().status(), 415);
    check(
        &andon,
        "/api/v1/query?query=latency&time=0.2",
        "/data/result/0/histogram",
        json!([0.2, { "count": "3", "sum": "4.5", "buckets": [[0, "1", "2", "3"]] }]),
    )
    .await;
    check(
        &andon,
        "/api/v1/query_range?query=latency&start=0.2&end=0.2&step=1",
        "/data/result/0/histograms/0/1/count",
        json!("3"),
    )
    .await;
    check(
        &andon,
        "/api/v1/query?query=histogram_quantile(1,latency)%2bjobs*0&time=0.2",
        "/data/result",
        json!([{ "metric": {}, "value": [0.2, "2"] }]),
    )
    .await;
}

#[tokio::test]
async fn an_upstream_takes_its_own_remote_write() {
    let first = Andon::start(&[]).await;
    let second = Andon::start(&[&first.url]).await;
    assert_eq!(second.write(&[]).await, 404);
}
