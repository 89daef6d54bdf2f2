//! The bundle and the binary: `style/andon.scss` compiled, Trunk's output in `target/site`, beside each file its
//! `.br` and `.gz`, embedded by `server/build.rs`.

use crate::tools::{self, Bundler, Optimizer};
use crate::{paths, shell};
use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Which of the bundles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Soonest built anew after a change: no optimiser at all.
    Debug,
    /// Soonest built from nothing that is quick enough to look around: compiled with few optimisations.
    Quick,
    /// What ships: smallest WASM, precompressed.
    Release,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Debug, Self::Quick, Self::Release];

    /// This one and the better ones, which do as well.
    fn or_better(self) -> &'static [Self] {
        match self {
            Self::Debug => &Self::ALL,
            Self::Quick => &[Self::Quick, Self::Release],
            Self::Release => &[Self::Release],
        }
    }

    /// Says by its time when the bundle of this kind was built; there is one at most.
    fn stamp(self) -> PathBuf {
        paths::root().join(match self {
            Self::Debug => "target/site-debug",
            Self::Quick => "target/site-quick",
            Self::Release => "target/site-release",
        })
    }

    /// What Trunk is told. Without `--release` it calls no wasm-opt.
    fn trunk_args(self) -> &'static [&'static str] {
        match self {
            Self::Debug => &[],
            Self::Quick => &["--cargo-profile", "wasm-quick"],
            Self::Release => &["--release", "--cargo-profile", "wasm-release"],
        }
    }

    fn optimizer(self) -> Optimizer {
        match self {
            Self::Debug | Self::Quick => Optimizer::Unused,
            Self::Release => Optimizer::WasmOpt,
        }
    }
}

/// The steps' names on screen.
const BUNDLE: &str = "the bundle";
const SERVER: &str = "the server";

/// What a bundle is made of, from the workspace root.
const SOURCES: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "app",
    "crates",
    "frontend",
    "public",
    "style",
];

/// Builds the bundle where a source is newer than it is, and what it is built with where that is missing.
pub fn site(kind: Kind) -> Result<()> {
    if is_current(kind) {
        return Ok(());
    }
    let bundler = Bundler::ready(kind.optimizer())?;
    shell::timed(BUNDLE, || build_site(kind, &bundler))
}

/// Whether the bundle of `kind`, or a better one, is there and no source is newer.
fn is_current(kind: Kind) -> bool {
    let newest = SOURCES
        .iter()
        .filter_map(|path| newest(&paths::root().join(path)))
        .max();
    kind.or_better()
        .iter()
        .any(|kind| modified(&kind.stamp()) > newest)
}

fn build_site(kind: Kind, bundler: &Bundler) -> Result<()> {
    let started = SystemTime::now();
    for kind in Kind::ALL {
        let _ = std::fs::remove_file(kind.stamp());
    }
    style()?;
    let mut trunk = bundler.trunk();
    trunk.args(["build", "--dist"]).arg(paths::site());
    trunk.args(kind.trunk_args());
    shell::run(&mut trunk)?;
    if kind == Kind::Release {
        compress(&paths::site())?;
    }
    std::fs::File::create(kind.stamp())?.set_modified(started)?;
    Ok(())
}

/// Builds the page of `bench/chart` as the bundle that ships is built; returns its folder.
pub fn chart_page() -> Result<PathBuf> {
    let bundler = Bundler::ready(Optimizer::WasmOpt)?;
    shell::step("building the page of charts");
    let dist = paths::target().join("chart-page");
    let mut trunk = bundler.trunk();
    trunk.args(["build", "--release", "--cargo-profile", "wasm-release"]);
    trunk.arg("--dist").arg(&dist).arg("bench/chart/index.html");
    shell::run(&mut trunk)?;
    Ok(dist)
}

/// Compiles `style/andon.scss` to the style sheet that Trunk's page names.
fn style() -> Result<()> {
    // The sheet stands in pages, whose encoding is known: a mark of its own would spoil its first rule.
    let options = grass::Options::default()
        .style(grass::OutputStyle::Compressed)
        .allows_charset(false);
    let css = grass::from_path(paths::root().join("style/andon.scss"), &options)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let folder = paths::root().join("target/style");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("andon.css"), css)?;
    Ok(())
}

/// Builds bundle and server for release; returns the binary.
pub fn release_binary() -> Result<PathBuf> {
    site(Kind::Release)?;
    shell::timed(SERVER, || shell::run(&mut server("release", "--bin")))?;
    Ok(paths::target().join("release/andon"))
}

/// Builds bundle and server for a quick turn-around; returns the binary.
pub fn debug_binary(kind: Kind) -> Result<PathBuf> {
    site(kind)?;
    shell::timed(SERVER, || shell::run(&mut debug_server()))?;
    Ok(paths::target().join("debug/andon"))
}

/// Builds bundle and server so that they start soon; returns the binary.
pub fn quick_binary() -> Result<PathBuf> {
    shell::plan(&quick_steps()?);
    if has_site() {
        site(Kind::Quick)?;
    } else {
        site_beside_server()?;
    }
    shell::timed(SERVER, || shell::run(&mut server("quick", "--bin")))?;
    Ok(paths::target().join("quick/andon"))
}

/// What [`quick_binary`] has to do.
fn quick_steps() -> Result<Vec<&'static str>> {
    let mut steps = Vec::new();
    if !is_current(Kind::Quick) {
        steps = tools::missing(Optimizer::Unused)?;
        steps.push(BUNDLE);
    }
    steps.push(SERVER);
    Ok(steps)
}

/// Whether there is a bundle, old or new.
fn has_site() -> bool {
    std::fs::read_dir(paths::site()).is_ok_and(|mut files| files.next().is_some())
}

/// Builds the first bundle and its tools, and beside them the server without it. When the bundle is there, only the
/// server's own crate is compiled again, incrementally. At later times the one follows the other: a server that is
/// compiled with a bundle which is just being replaced would miss files.
fn site_beside_server() -> Result<()> {
    std::thread::scope(|scope| {
        // Quiet, since what it says would stand between the lines of the other.
        let ahead = scope.spawn(|| shell::run(server("quick", "--lib").arg("--quiet")));
        let bundle = site(Kind::Quick);
        let ahead = ahead
            .join()
            .unwrap_or_else(|_| bail!("the server's build panicked"));
        bundle.and(ahead)
    })
}

/// `cargo` on the server in `profile`: its library, or its binary.
fn server(profile: &str, what: &str) -> Command {
    let mut build = shell::cargo();
    build.args(["build", "--profile", profile, "--package", "server", what]);
    if what == "--bin" {
        build.arg("andon");
    }
    build
}

/// `cargo` on the server's debug binary, with the features of the whole workspace: so it shares what it needs with checks
/// and tests.
fn debug_server() -> Command {
    let mut build = shell::cargo();
    build.args(["build", "--workspace", "--exclude", "frontend"]);
    build.args(["--bin", "andon"]);
    build
}

/// The newest modification time of `path` and of all below it.
pub fn newest(path: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| newest(&entry.path()))
        .chain(modified(path))
        .max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|meta| meta.modified())
        .ok()
}

/// Writes `FILE.br` (quality 11) and `FILE.gz` (level 9) beside every file of `folder` that gets smaller by it.
fn compress(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let plain = std::fs::read(&path)?;
        let packed = [("br", brotli(&plain)?), ("gz", gzip(&plain)?)];
        for (extension, bytes) in packed
            .into_iter()
            .filter(|(_, bytes)| bytes.len() < plain.len())
        {
            let mut name = path.clone().into_os_string();
            name.push(".");
            name.push(extension);
            std::fs::write(&name, bytes)
                .with_context(|| format!("cannot write {}", name.display()))?;
        }
    }
    Ok(())
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}
