//! Requests to read the configuration anew -> one reload after another, each with
//! its answer.
//!
//! Contract: a reload takes over all of what the files say or nothing. Whoever asks
//! is answered once it is done; requests that come meanwhile wait, and are answered
//! by a reload that began after they came.

use std::fmt::Error;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use tokio::sync::{mpsc, oneshot};

use crate::metrics::write_gauge;

/// Requests wait where this many are under way.
const WAITING_REQUESTS: usize = 16;

/// What a reload took over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// Settings that are others in the files than the server runs with, by their keys.
    pub needs_restart: Vec<&'static str>,
    /// What the files ask for and is not done.
    pub warnings: Vec<String>,
}

/// Why everything is as it was: the file, the place, the key and what to do.
pub type Outcome = Result<Reloaded, String>;

/// Whoever waits for a reload.
type Waiting = oneshot::Sender<Outcome>;

/// How the newest reload went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReloadStatus {
    /// Whether it took the files over.
    pub is_successful: bool,
    /// When files were last taken over: at the start, unless there was a reload since.
    pub succeeded: Timestamp,
}

/// Asks for reloads. Cloning shares it.
#[derive(Clone, Debug)]
pub struct ReloadHandle {
    requests: mpsc::Sender<Waiting>,
    status: Arc<Mutex<ReloadStatus>>,
}

impl ReloadHandle {
    /// Reads the files anew, and says what became of it.
    ///
    /// # Errors
    /// Why everything is as it was.
    pub async fn reload(&self) -> Outcome {
        let (waiting, answer) = oneshot::channel();
        let _ = self.requests.send(waiting).await; // the answer says that nobody took it
        let ended = "it ended without an answer: the server is ending, or its log says why";
        answer.await.unwrap_or_else(|_| Err(ended.to_owned()))
    }

    /// How the newest reload went.
    pub fn status(&self) -> ReloadStatus {
        *self.status.lock()
    }
}

/// The reloads that are asked for.
#[derive(Debug)]
pub struct ReloadRequests {
    requests: mpsc::Receiver<Waiting>,
    status: Arc<Mutex<ReloadStatus>>,
}

impl ReloadRequests {
    /// Waits for somebody to ask; `None` once nobody can any more.
    pub async fn next(&mut self) -> Option<ReloadRequest> {
        let mut waiting = Vec::new();
        let count = self
            .requests
            .recv_many(&mut waiting, WAITING_REQUESTS)
            .await;
        (count > 0).then(|| ReloadRequest {
            waiting,
            status: Arc::clone(&self.status),
        })
    }
}

/// Everybody who waits for the next reload.
#[derive(Debug)]
pub struct ReloadRequest {
    waiting: Vec<Waiting>,
    status: Arc<Mutex<ReloadStatus>>,
}

impl ReloadRequest {
    /// Tells them what became of it.
    pub fn answer(self, outcome: &Outcome) {
        {
            let mut status = self.status.lock();
            status.is_successful = outcome.is_ok();
            if outcome.is_ok() {
                status.succeeded = Timestamp::now();
            }
        }
        for waiting in self.waiting {
            let _ = waiting.send(outcome.clone()); // who asked may have left
        }
    }
}

/// Both ends; the files have just been taken over.
pub fn channel() -> (ReloadHandle, ReloadRequests) {
    let (sender, receiver) = mpsc::channel(WAITING_REQUESTS);
    let status = Arc::new(Mutex::new(ReloadStatus {
        is_successful: true,
        succeeded: Timestamp::now(),
    }));
    let handle = ReloadHandle {
        requests: sender,
        status: Arc::clone(&status),
    };
    let requests = ReloadRequests {
        requests: receiver,
        status,
    };
    (handle, requests)
}

/// How the newest reload went, on `/metrics`.
#[derive(Debug)]
pub struct ReloadCollector(pub ReloadHandle);

impl Collector for ReloadCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let status = self.0.status();
        write_gauge(
            &mut encoder,
            "andon_config_last_reload_successful",
            "Whether the newest reload of the configuration took it over",
            if status.is_successful { 1.0 } else { 0.0 },
        )?;
        write_gauge(
            &mut encoder,
            "andon_config_last_reload_success_timestamp_seconds",
            "When the configuration was last taken over",
            status.succeeded.as_millisecond() as f64 / 1_000.0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_asks_is_answered_by_a_reload_that_began_later() {
        let (handle, mut requests) = channel();
        let began = handle.status().succeeded;
        let mut count = 0;
        let asked = async {
            let both = tokio::join!(handle.reload(), handle.reload());
            assert_eq!(both, (Ok(Reloaded::default()), Ok(Reloaded::default())));
            assert!(handle.status().is_successful && handle.status().succeeded > began);
            assert_eq!(handle.reload().await, Err("a.toml:1:1: broken".to_owned()));
            assert!(!handle.status().is_successful);
        };
        let serving = async {
            while let Some(request) = requests.next().await {
                count += 1;
                request.answer(&match count {
                    1 => Ok(Reloaded::default()),
                    _ => Err("a.toml:1:1: broken".to_owned()),
                });
            }
        };
        tokio::select! {
            () = asked => {}
            () = serving => panic!("nobody is left who may ask"),
        }
        assert_eq!(count, 2, "two that wait are answered by one");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_server_that_ends() {
        let (handle, requests) = channel();
        drop(requests);
        assert!(
            handle
                .reload()
                .await
                .unwrap_err()
                .contains("the server is ending")
        );
    }
}
