//! Runs the real binary, and speaks to it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::allow_attributes,
    reason = "each test binary uses a part of it, and a failure is the test's message"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use prost::Message;
use serde_json::Value;

/// A running server that dies with its handle.
pub struct Andon {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
}

impl Andon {
    /// Starts the binary on a free port and waits until it listens and is ready.
    pub async fn start(args: &[&str]) -> Self {
        Self::start_with_log(args, Stdio::null()).await
    }

    /// Likewise, with something else to log to.
    pub async fn start_with_log(args: &[&str], log: Stdio) -> Self {
        let mut child = command(args)
            .args(["--listen", "127.0.0.1:0"])
            .stderr(log)
            .spawn()
            .unwrap();
        let url = announced(&mut child).expect("the server ended before it listened");
        let andon = Self { child, url };
        wait_for(&format!("{}/readyz", andon.url)).await;
        andon
    }

    /// The JSON at a path, whatever its status.
    pub async fn json(&self, path: &str) -> Value {
        let response = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// `data` of a successful answer.
    pub async fn data(&self, path: &str) -> Value {
        let answer = self.json(path).await;
        assert_eq!(answer["status"], "success", "{path}: {answer}");
        answer["data"].clone()
    }

    /// Sends samples by remote write.
    pub async fn write(&self, series: &[TimeSeries]) -> reqwest::StatusCode {
        self.write_raw(request(series)).await
    }

    /// Sends a body to the remote write receiver.
    pub async fn write_raw(&self, body: Vec<u8>) -> reqwest::StatusCode {
        let client = reqwest::Client::new();
        let request = client.post(format!("{}/api/v1/write", self.url));
        request.body(body).send().await.unwrap().status()
    }

    /// Sends a signal.
    pub fn send(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal, waits for the process' end and says its status.
    pub fn signal(&mut self, signal: &str) -> Option<i32> {
        self.send(signal);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Andon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The URL that the server says on its standard output that it listens at;
/// `None` where it ends before.
pub fn announced(child: &mut Child) -> Option<String> {
    let mut line = String::new();
    BufReader::new(child.stdout.take()?)
        .read_line(&mut line)
        .unwrap();
    let url = line.trim_end().strip_prefix("Andon: ")?;
    Some(url.trim_end_matches('/').to_owned())
}

/// Says whose cryptography reqwest uses, which it wants to know before its first
/// request.
pub fn use_ring() {
    // It may have been said already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The binary with arguments and no variables of ours.
pub fn command(args: &[&str]) -> Command {
    use_ring();
    let mut command = Command::new(env!("CARGO_BIN_EXE_andon"));
    command.args(args).stdout(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ANDON_")) {
        command.env_remove(name);
    }
    command
}

/// The body of a remote write request.
pub fn request(series: &[TimeSeries]) -> Vec<u8> {
    let request = WriteRequest {
        timeseries: series.to_vec(),
    };
    compress(&request.encode_to_vec())
}

/// Says that a test did not run, and why.
pub fn skipped(reason: &str) {
    println!("SKIPPED: {reason}");
}

/// Waits until the URL answers with success.
pub async fn wait_for(url: &str) {
    use_ring();
    loop {
        if reqwest::get(url)
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A snappy block.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).unwrap()
}

/// `prometheus.WriteRequest`
#[derive(Clone, PartialEq, Message)]
pub struct WriteRequest {
    /// The series.
    #[prost(message, repeated, tag = "1")]
    pub timeseries: Vec<TimeSeries>,
}

/// `prometheus.TimeSeries`
#[derive(Clone, PartialEq, Message)]
pub struct TimeSeries {
    /// Sorted by name.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<Label>,
    /// In order of time.
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
}

/// `prometheus.Label`
#[derive(Clone, PartialEq, Message)]
pub struct Label {
    /// The name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// The value.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// `prometheus.Sample`
#[derive(Clone, PartialEq, Message)]
pub struct Sample {
    /// The value.
    #[prost(double, tag = "1")]
    pub value: f64,
    /// Milliseconds.
    #[prost(int64, tag = "2")]
    pub timestamp: i64,
}

/// A series of `name=value` labels with `(ms, value)` samples.
pub fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> TimeSeries {
    let label = |(name, value): &(&str, &str)| Label {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    let sample = |(timestamp, value): &(i64, f64)| Sample {
        timestamp: *timestamp,
        value: *value,
    };
    TimeSeries {
        labels: labels.iter().map(label).collect(),
        samples: samples.iter().map(sample).collect(),
    }
}
