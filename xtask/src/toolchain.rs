//! The compiler for wasm32: rustup's, or Debian's beside it where rustup can add no target.
//!
//! Debian packages a whole compiler with its library's source (`rustc-web`, `cargo-web`, `rust-web-src`). Its
//! wasm32 library is built once, from that source; everything native stays on the rustup toolchain.

use crate::{debian, paths, shell};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target triple of the bundle.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that has wasm32's standard library.
pub enum Toolchain {
    /// The one that compiles everything else.
    Rustup,
    /// Debian's; `bin` holds its `cargo` and `rustc` and nothing else, `linker` is rustup's `rust-lld`.
    Debian { bin: PathBuf, linker: PathBuf },
}

impl Toolchain {
    /// Finds or installs one.
    pub fn ready() -> Result<Self> {
        let ours = Command::new("rustc");
        if has_library(ours)? {
            return Ok(Self::Rustup);
        }
        shell::step("adding the wasm32 target");
        let added = shell::run(Command::new("rustup").args(["target", "add", TARGET]));
        match added {
            Ok(()) => Ok(Self::Rustup),
            Err(error) => {
                shell::step(&format!(
                    "{error:#}; taking Debian's compiler for wasm32 instead"
                ));
                debian_toolchain()
            }
        }
    }

    /// Lets `command`, and the cargo it may start, build for wasm32 with this toolchain. The target folder is
    /// its own: two compilers in one would throw each other's host artefacts away, and one lock would make the
    /// bundle and the server wait for each other.
    pub fn apply(&self, command: &mut Command, path: &[PathBuf]) {
        command.env("CARGO_TARGET_DIR", paths::target().join("wasm"));
        match self {
            Self::Rustup => {
                command.env("PATH", paths::path_with(path));
            }
            Self::Debian { bin, linker } => {
                let mut dirs = vec![bin.clone()];
                dirs.extend_from_slice(path);
                command
                    .env("PATH", paths::path_with(&dirs))
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .env_remove("CARGO")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
    }
}

/// Adds what checks need and a minimal rustup profile leaves out.
pub fn components_ready() -> Result<()> {
    for (command, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if shell::read(shell::cargo().args([command, "--version"])).is_err() {
            shell::step(&format!("adding {component}"));
            shell::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Whether the compiler `rustc` has the library of wasm32.
fn has_library(mut rustc: Command) -> Result<bool> {
    let folder = library_folder(&mut rustc)?;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

fn library_folder(rustc: &mut Command) -> Result<PathBuf> {
    shell::read(rustc.args(["--print", "target-libdir", "--target", TARGET])).map(PathBuf::from)
}

fn debian_toolchain() -> Result<Toolchain> {
    let (cargo, rustc) = (Path::new("/usr/bin/cargo"), Path::new("/usr/bin/rustc"));
    if !cargo.exists() || !rustc.exists() || !Path::new("/usr/share/doc/rust-web-src").exists() {
        debian::install(&["rustc-web", "cargo-web", "rust-web-src"])?;
    }
    let bin = paths::tools().join("debian-rust");
    std::fs::create_dir_all(&bin)?;
    for program in [cargo, rustc] {
        let link = bin.join(program.file_name().unwrap_or_default());
        if !link.exists() {
            std::os::unix::fs::symlink(program, &link)?;
        }
    }
    let toolchain = Toolchain::Debian {
        bin,
        linker: rust_lld()?,
    };
    if !has_library(Command::new(rustc))? {
        build_library(&toolchain, rustc)?;
    }
    Ok(toolchain)
}

/// The linker that every rustup toolchain carries.
fn rust_lld() -> Result<PathBuf> {
    let host_library = shell::read(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let linker = Path::new(&host_library)
        .with_file_name("bin")
        .join("rust-lld");
    if !linker.exists() {
        bail!(
            "no rust-lld at {}: reinstall the rustup toolchain",
            linker.display()
        );
    }
    Ok(linker)
}

/// Builds `std` for wasm32 as the dependency of an empty crate and puts it where `rustc` looks for it.
fn build_library(toolchain: &Toolchain, rustc: &Path) -> Result<()> {
    shell::step("building wasm32's standard library from Debian's source (about a minute)");
    let folder = paths::tools().join("wasm32-std");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nedition = \"2024\"\n[workspace]\n",
    )?;
    std::fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    let mut build = Command::new("cargo");
    toolchain.apply(&mut build, &[]);
    let built = folder.join("target");
    shell::run(
        build
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &built)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test")
            .args(["build", "--release", "--target", TARGET]),
    )?;
    let library = library_folder(&mut Command::new(rustc))?;
    std::fs::create_dir_all(&library)
        .with_context(|| format!("cannot write {}: run this as root once", library.display()))?;
    for entry in std::fs::read_dir(built.join(TARGET).join("release/deps"))? {
        let file = entry?.path();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libnothing") {
            std::fs::copy(&file, library.join(&name))?;
        }
    }
    Ok(())
}
