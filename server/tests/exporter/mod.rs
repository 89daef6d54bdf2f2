//! A small HTTP server in the place of an exporter, and a scraper before it.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use http::{HeaderMap, header};
use series::{METRIC_NAME, Matcher, Sample, SampleColumns, SeriesStore, TimeRange};
use server::ingest::scrape::config::read_prometheus_yaml;
use server::ingest::scrape::{ActiveTarget, Health, Scraper, Targets};
use storage::{Options, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How the exporter answers.
#[derive(Clone)]
pub enum Answer {
    /// A page of text.
    Page(String),
    /// Another status, content type and body.
    Other(u16, &'static str, String),
    /// A body compressed with gzip.
    Gzip(Bytes),
    /// A line every now and then, for ever.
    Drip,
    /// Nothing at all.
    Silence,
    /// The page is elsewhere.
    Elsewhere(String),
}

/// A running exporter.
pub struct Exporter {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Mutex<Answer>,
    requests: Mutex<Vec<(String, HeaderMap)>>,
}

impl Exporter {
    /// Starts an exporter on a free port.
    pub async fn start(answer: Answer) -> Self {
        let shared = Arc::new(Shared {
            answer: Mutex::new(answer),
            requests: Mutex::default(),
        });
        let router = Router::new()
            .fallback(respond)
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, shared }
    }

    /// Starts an exporter of this page.
    pub async fn of(page: &str) -> Self {
        Self::start(Answer::Page(page.to_owned())).await
    }

    /// Answers so from now on.
    pub fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// The paths and headers of the requests so far.
    pub fn requests(&self) -> Vec<(String, HeaderMap)> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Waits until there have been `count` requests; returns the headers of the last of them.
    pub async fn request(&self, count: usize) -> HeaderMap {
        let nth = || self.requests().into_iter().nth(count - 1);
        wait_for(nth).await.1
    }
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let seen = (request.uri().to_string(), request.headers().clone());
    shared.requests.lock().unwrap().push(seen);
    let answer = shared.answer.lock().unwrap().clone();
    let text = |content_type: &'static str| [(header::CONTENT_TYPE, content_type)];
    match answer {
        Answer::Page(page) => (text("text/plain; version=0.0.4"), page).into_response(),
        Answer::Other(status, content_type, body) => (
            http::StatusCode::from_u16(status).unwrap(),
            text(content_type),
            body,
        )
            .into_response(),
        Answer::Gzip(body) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain"),
                (header::CONTENT_ENCODING, "gzip"),
            ];
            (headers, body).into_response()
        }
        Answer::Drip => {
            let drops = stream::unfold(0, |line| async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Some((Ok::<_, Infallible>(format!("drop{line} 1\n")), line + 1))
            });
            (text("text/plain"), Body::from_stream(drops)).into_response()
        }
        Answer::Silence => std::future::pending().await,
        Answer::Elsewhere(to) => Redirect::temporary(&to).into_response(),
    }
}

/// A scraper over a store in memory.
pub struct Rig {
    /// Where samples go.
    pub store: Arc<Store>,
    /// What is tested.
    pub scraper: Scraper,
}

impl Rig {
    /// Runs these `scrape_configs`, in YAML.
    pub fn start(scrape_configs: &str) -> Self {
        let store = Arc::new(Store::open(&Options::default(), |_| {}).unwrap());
        let scraper = Scraper::new(Arc::clone(&store), CancellationToken::new());
        let rig = Self { store, scraper };
        rig.run(scrape_configs);
        rig
    }

    /// Runs these and no others.
    pub fn run(&self, scrape_configs: &str) {
        let yaml = format!("scrape_configs:\n{scrape_configs}");
        let file = read_prometheus_yaml(&yaml).unwrap();
        self.scraper.run(file.scrape.jobs(Path::new("/")).unwrap());
    }

    /// Waits until the targets are as wanted.
    pub async fn targets_until(&self, wanted: impl Fn(&Targets) -> bool) -> Targets {
        wait_for(|| Some(self.scraper.targets()).filter(&wanted)).await
    }

    /// Waits until the job's only target has been scraped.
    pub async fn scraped(&self, job: &str) -> ActiveTarget {
        let of_job = |targets: &Targets| {
            let mut targets = targets.active_targets.iter();
            targets
                .find(|target| target.scrape_pool == job)
                .filter(|target| target.health != Health::Unknown)
                .cloned()
        };
        let targets = self
            .targets_until(|targets| of_job(targets).is_some())
            .await;
        of_job(&targets).unwrap()
    }

    /// The samples of the series of one metric that has this label.
    pub fn samples(&self, metric: &str, label: (&str, &str)) -> Vec<Sample> {
        let matchers = [
            Matcher::equal(METRIC_NAME, metric),
            Matcher::equal(label.0, label.1),
        ];
        let mut columns = SampleColumns::default();
        for reader in self.store.select(&matchers, TimeRange::ALL).unwrap() {
            reader.read(TimeRange::ALL, &mut columns).unwrap();
        }
        columns.iter().collect()
    }

    /// Waits until the series has samples as wanted.
    pub async fn samples_until(
        &self,
        metric: &str,
        label: (&str, &str),
        wanted: impl Fn(&[Sample]) -> bool,
    ) -> Vec<Sample> {
        wait_for(|| Some(self.samples(metric, label)).filter(|samples| wanted(samples))).await
    }
}

/// Ends a wait that would never end; no test measures time by it.
const HUNG: Duration = Duration::from_mins(5);

/// Calls `probe` until it gives something.
async fn wait_for<T>(probe: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(started.elapsed() < HUNG, "waited in vain");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
