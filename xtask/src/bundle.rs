//! The bundle and the binary: `style/andon.scss` compiled, Trunk's output in `target/site`, beside each file its
//! `.br` and `.gz`, embedded by `server/build.rs`.

use crate::{paths, shell, tools::Bundler};
use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Which of the two bundles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Quick to build: no optimiser, no compression.
    Debug,
    /// What ships: smallest WASM, hashed names, precompressed.
    Release,
}

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

/// Builds the bundle where a source is newer than it is.
pub fn site(kind: Kind) -> Result<()> {
    let stamp = paths::root().join(match kind {
        Kind::Debug => "target/site-debug",
        Kind::Release => "target/site-release",
    });
    let newest = SOURCES
        .iter()
        .filter_map(|path| newest(&paths::root().join(path)))
        .max();
    if modified(&stamp) > newest {
        return Ok(());
    }
    let bundler = Bundler::ready()?;
    shell::step("building the bundle");
    let started = SystemTime::now();
    for stamp in ["target/site-debug", "target/site-release"] {
        let _ = std::fs::remove_file(paths::root().join(stamp));
    }
    style()?;
    let mut trunk = bundler.trunk();
    trunk.args(["build", "--dist"]).arg(paths::site());
    if kind == Kind::Release {
        trunk.args(["--release", "--cargo-profile", "wasm-release"]);
    }
    shell::run(&mut trunk)?;
    if kind == Kind::Release {
        compress(&paths::site())?;
    }
    std::fs::File::create(&stamp)?.set_modified(started)?;
    Ok(())
}

/// Builds the page of `bench/chart` as the bundle that ships is built; returns its folder.
pub fn chart_page() -> Result<PathBuf> {
    let bundler = Bundler::ready()?;
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
    shell::step("building the server");
    shell::run(shell::cargo().args([
        "build",
        "--release",
        "--package",
        "server",
        "--bin",
        "andon",
    ]))?;
    Ok(paths::target().join("release/andon"))
}

/// Builds bundle and server for a quick turn-around; returns the binary.
pub fn debug_binary(kind: Kind) -> Result<PathBuf> {
    site(kind)?;
    shell::step("building the server");
    shell::run(shell::cargo().args(["build", "--package", "server", "--bin", "andon"]))?;
    Ok(paths::target().join("debug/andon"))
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
    shell::step("compressing the bundle");
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
