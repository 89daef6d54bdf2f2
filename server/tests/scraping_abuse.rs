//! Exporters that would take a server down: each loses its own scrape, memory
//! stays bounded and the other targets are scraped on time. All limits are the
//! defaults. Alone in its binary, since it measures the process' memory.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "the other binary uses the rest of it")]
mod exporter;

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use exporter::{Answer, Exporter, Rig};
use flate2::{Compress, Compression, FlushCompress};
use server::ingest::scrape::Health;

/// How much a scrape may cost at any moment.
const MAX_GROWTH_BYTES: u64 = 64 << 20;
const GOOD_TARGETS: usize = 20;
const BOMB_BYTES: usize = 1 << 30;

/// Answers with `piece` over and over, compressed. Blocks of deflate that are
/// flushed fully can be repeated, so that nobody compresses the whole.
fn compressed(piece: &str, times: usize) -> Answer {
    let gzip_header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut block = Vec::with_capacity(piece.len() + 1024);
    let mut compress = Compress::new(Compression::fast(), false);
    let text = piece.as_bytes();
    compress
        .compress_vec(text, &mut block, FlushCompress::Full)
        .unwrap();
    assert_eq!(compress.total_in(), text.len() as u64);
    let body = [gzip_header.to_vec(), block.repeat(times)].concat();
    Answer::Gzip(body.into())
}

fn gzip(page: &str) -> Answer {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(page.as_bytes()).unwrap();
    Answer::Gzip(encoder.finish().unwrap().into())
}

fn many_series() -> String {
    (0..200_000).fold(String::new(), |mut page, series| {
        writeln!(page, "requests_total{{route=\"/orders/{series}\"}} 1").unwrap();
        page
    })
}

fn many_labels() -> String {
    let labels = (0..5_000).fold(String::new(), |mut labels, label| {
        write!(labels, "label_{label}=\"value\",").unwrap();
        labels
    });
    format!("requests_total{{{labels}}} 1\n")
}

fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// Watches the process' memory until it is asked for the most there was.
struct Watch {
    most_bytes: Arc<AtomicU64>,
    ends: Arc<AtomicBool>,
}

impl Watch {
    fn start() -> Self {
        let watch = Self {
            most_bytes: Arc::default(),
            ends: Arc::default(),
        };
        let (most_bytes, ends) = (Arc::clone(&watch.most_bytes), Arc::clone(&watch.ends));
        std::thread::spawn(move || {
            while !ends.load(SeqCst) {
                most_bytes.fetch_max(resident_bytes(), SeqCst);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        watch
    }

    fn most_bytes(self) -> u64 {
        self.ends.store(true, SeqCst);
        self.most_bytes.load(SeqCst)
    }
}

fn job(name: &str, targets: &[&Exporter], interval: &str) -> String {
    let targets: Vec<String> = targets
        .iter()
        .map(|exporter| format!("'{}'", exporter.address))
        .collect();
    format!(
        "- {{job_name: {name}, scrape_interval: {interval}, static_configs: [{{targets: [{}]}}]}}\n",
        targets.join(", ")
    )
}

/// The offender fails for this reason, again and again; gives what its scrapes
/// cost at most.
async fn check(rig: &Rig, good: &str, name: &str, answer: Answer, expected: &str) -> u64 {
    let offender = Exporter::start(answer).await;
    let before_bytes = resident_bytes();
    let watch = Watch::start();
    rig.run(&format!("{good}{}", job(name, &[&offender], "2s")));
    let failures = rig
        .samples_until("up", ("job", name), |samples| samples.len() >= 2)
        .await;
    assert!(failures.iter().all(|sample| sample.value == 0.0), "{name}");
    let target = rig.scraped(name).await;
    assert_eq!(target.health, Health::Down);
    assert!(
        target.last_error.contains(expected),
        "{}",
        target.last_error
    );
    let growth_bytes = watch.most_bytes().saturating_sub(before_bytes);
    assert!(growth_bytes <= MAX_GROWTH_BYTES, "{name}: {growth_bytes}");
    growth_bytes
}

/// Name, answer and fate of each offender.
fn offenders() -> [(&'static str, Answer, &'static str); 4] {
    let piece = "# a remark in a page without end\n".repeat((1 << 20) / 33);
    let bomb = compressed(&piece, BOMB_BYTES / piece.len() + 1);
    let labels = Answer::Page(many_labels());
    [
        ("bomb", bomb, "body size limit exceeded"),
        ("series", gzip(&many_series()), "sample limit exceeded"),
        ("labels", labels, "label_limit exceeded"),
        ("drip", Answer::Drip, "was not complete after 2s"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_exporter_costs_itself_its_scrape_and_nobody_else_anything() {
    let mut exporters = Vec::new();
    for _ in 0..GOOD_TARGETS {
        exporters.push(Exporter::of("requests_total 1\n").await);
    }
    let good = job("good", &exporters.iter().collect::<Vec<_>>(), "1s");
    let rig = Rig::start(&good);
    let offenders = offenders();
    let started = Instant::now();
    for (name, answer, fate) in offenders {
        let growth_bytes = check(&rig, &good, name, answer, fate).await;
        println!(
            "{name}: +{:.1} MiB",
            growth_bytes as f64 / f64::from(1 << 20)
        );
    }
    let due = started.elapsed().as_secs_f64() * GOOD_TARGETS as f64;
    let ups = rig.samples("up", ("job", "good"));
    assert!(ups.iter().all(|sample| sample.value == 1.0));
    assert!(ups.len() as f64 > 0.8 * due, "{} of {due}", ups.len());
    println!("good targets: {} scrapes, {due:.0} due", ups.len());
}
