//! Parses a large generated page over and over on one core and prints MB/s of
//! processor time, which other programs on the machine hardly disturb:
//! `cargo run --release -p exposition --example parse_throughput [FILE]`.
#![expect(clippy::print_stdout, reason = "a benchmark reports on stdout")]

use std::hint::black_box;
use std::time::Duration;

use exposition::{Entry, Format, ParseError, Parser};
use rustix::time::{ClockId, clock_gettime};

const SERIES_PER_FAMILY: usize = 1_000;
const FAMILIES: usize = 100;
const MEASURE: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(file)?,
        None => page(),
    };
    let open_metrics = format!("{text}# EOF\n");
    report("text", text.as_bytes(), Format::Text)?;
    report("OpenMetrics", open_metrics.as_bytes(), Format::OpenMetrics)
        .or_else(|error| skip("OpenMetrics", &error))?;
    Ok(())
}

fn skip(name: &str, error: &ParseError) -> Result<(), ParseError> {
    println!("{name:12} not measured: the page is none: {error}");
    Ok(())
}

fn report(name: &str, page: &[u8], format: Format) -> Result<(), ParseError> {
    let mut samples = 0_usize;
    let mut rounds = 0_u32;
    let start = processor_time();
    while processor_time() - start < MEASURE {
        samples = 0;
        for entry in Parser::new(black_box(page), format)? {
            if let Entry::Sample(sample) = entry? {
                black_box((sample.series.raw(), sample.value));
                samples += 1;
            }
        }
        rounds += 1;
    }
    let seconds = (processor_time() - start).as_secs_f64() / f64::from(rounds);
    println!(
        "{name:12} {:7.1} MB/s  {:5.1} M samples/s  ({} samples, {:.1} MB)",
        page.len() as f64 / 1e6 / seconds,
        samples as f64 / 1e6 / seconds,
        samples,
        page.len() as f64 / 1e6,
    );
    Ok(())
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A page such as a busy service exports: histograms and counters by route.
fn page() -> String {
    let mut page = String::new();
    for family in 0..FAMILIES {
        let name = format!("service_{family}_requests_total");
        let stem = name.trim_end_matches("_total");
        page += &format!("# HELP {stem} Requests handled since the start, by route.\n");
        page += &format!("# TYPE {stem} counter\n");
        for series in 0..SERIES_PER_FAMILY {
            let value = (family * 7919 + series * 104_729) as f64 / 8.0;
            page += &format!(
                "{name}{{route=\"/api/v1/orders/{series}\",method=\"GET\",code=\"200\",\
                 instance=\"10.0.{family}.17:8080\"}} {value}\n"
            );
        }
    }
    page
}
