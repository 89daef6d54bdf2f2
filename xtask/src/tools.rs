//! The bundler's programs: Trunk, wasm-bindgen, wasm-opt. From PATH when the version fits, else installed under
//! the target folder. Their versions are written here and in `Cargo.lock`, nowhere else.

use crate::{debian, paths, shell, toolchain::Toolchain};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const TRUNK: &str = "0.21.14";
const WASM_OPT: &str = "wasm-opt";
/// npm's `binaryen`, which is where `wasm-opt` comes from.
const BINARYEN: &str = "132.0.0";
/// Debian's older `wasm-opt` does, from this version on (it knows every feature rustc emits for wasm32).
const WASM_OPT_OLDEST: u32 = 108;

/// A program that cargo builds from crates.io.
struct CargoTool {
    program: &'static str,
    package: &'static str,
    version: String,
    /// What `cargo install` is told besides.
    args: &'static [&'static str],
}

/// Both, without what fetches over TLS: nothing is fetched by them here, and cryptography is long to compile.
fn cargo_tools() -> Result<[CargoTool; 2]> {
    Ok([
        CargoTool {
            program: "trunk",
            package: "trunk",
            version: TRUNK.to_owned(),
            args: &["--no-default-features", "--locked"],
        },
        // Without its lock file: an old pin of it may be gone from a mirror, and its version alone matters.
        CargoTool {
            program: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            version: locked_version("wasm-bindgen")?,
            args: &["--no-default-features", "--bin", "wasm-bindgen"],
        },
    ])
}

/// Whether a bundle is made smaller when it is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Optimizer {
    /// No.
    Unused,
    /// By wasm-opt.
    WasmOpt,
}

/// Everything that a bundle is built with.
pub struct Bundler {
    toolchain: Toolchain,
    wasm_bindgen: String,
    /// Its version, where it is used.
    wasm_opt: Option<u32>,
}

/// The programs that [`Bundler::ready`] would install.
pub fn missing(optimizer: Optimizer) -> Result<Vec<&'static str>> {
    let tools = cargo_tools()?;
    let mut missing: Vec<&str> = tools
        .iter()
        .filter(|tool| !tool.is_there())
        .map(|tool| tool.program)
        .collect();
    if optimizer == Optimizer::WasmOpt && wasm_opt_version().is_none() {
        missing.push(WASM_OPT);
    }
    Ok(missing)
}

impl Bundler {
    /// Finds or installs the toolchain and the programs.
    pub fn ready(optimizer: Optimizer) -> Result<Self> {
        let toolchain = Toolchain::ready()?;
        let tools = cargo_tools()?;
        for tool in tools.iter().filter(|tool| !tool.is_there()) {
            shell::timed(tool.program, || tool.install())?;
        }
        let [_, wasm_bindgen] = tools;
        let wasm_opt = match optimizer {
            Optimizer::Unused => None,
            Optimizer::WasmOpt => Some(wasm_opt()?),
        };
        Ok(Self {
            toolchain,
            wasm_bindgen: wasm_bindgen.version,
            wasm_opt,
        })
    }

    /// `trunk`, told to take the programs found here and to fetch none.
    pub fn trunk(&self) -> Command {
        let mut trunk = Command::new(find("trunk").unwrap_or_else(|| "trunk".into()));
        self.toolchain.apply(&mut trunk, &tool_dirs());
        trunk
            .current_dir(paths::root())
            .env_remove("NO_COLOR") // Trunk takes only `true` or `false` there and refuses the usual `1`.
            .env("TRUNK_TOOLS_WASM_BINDGEN", &self.wasm_bindgen)
            .env("TRUNK_OFFLINE", "true")
            .env("TRUNK_SKIP_VERSION_CHECK", "true");
        if let Some(version) = self.wasm_opt {
            trunk.env("TRUNK_TOOLS_WASM_OPT", format!("version_{version}"));
        }
        trunk
    }

    /// `cargo` for wasm32.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        self.toolchain.apply(&mut cargo, &[]);
        cargo.current_dir(paths::root());
        cargo
    }

    /// Whether the wasm32 toolchain has clippy: Debian's has none.
    pub fn has_clippy(&self) -> bool {
        matches!(self.toolchain, Toolchain::Rustup)
    }
}

/// The version of `package` in `Cargo.lock`.
fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(paths::root().join("Cargo.lock"))?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let rest = lock.split_once(&entry).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .with_context(|| format!("{package} is not in Cargo.lock"))
}

/// The folders of programs installed here, to be put before PATH: ours are there only where PATH had none.
fn tool_dirs() -> Vec<PathBuf> {
    vec![
        paths::tools().join("bin"),
        npm_folder().join("node_modules/.bin"),
    ]
}

fn npm_folder() -> PathBuf {
    paths::tools().join("npm")
}

/// The program `name`, ours before PATH's.
fn find(name: &str) -> Option<PathBuf> {
    let ours = tool_dirs().into_iter().map(|dir| dir.join(name));
    ours.chain(paths::on_path(name)).find(|file| file.is_file())
}

/// The first number-led word of `program --version`.
fn version_of(program: &Path) -> Option<String> {
    let text = shell::read(Command::new(program).arg("--version")).ok()?;
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

impl CargoTool {
    fn is_there(&self) -> bool {
        find(self.program).is_some_and(|file| version_of(&file).as_ref() == Some(&self.version))
    }

    /// Installs it under the target folder. It runs for seconds and is compiled for minutes: so it is compiled as little
    /// as can be, but for what reads and writes WASM.
    fn install(&self) -> Result<()> {
        let mut install = shell::cargo();
        install
            .args(["install", "--force", "--version", &self.version])
            .arg(self.package)
            .args(self.args)
            .arg("--root")
            .arg(paths::tools())
            .env("CARGO_TARGET_DIR", paths::tools().join("build"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        shell::run(&mut install)
    }
}

/// Finds or installs wasm-opt; returns its version.
fn wasm_opt() -> Result<u32> {
    if let Some(version) = wasm_opt_version() {
        return Ok(version);
    }
    shell::timed(WASM_OPT, install_wasm_opt)?;
    wasm_opt_version().with_context(|| {
        format!("no wasm-opt of version {WASM_OPT_OLDEST} or newer answers to --version")
    })
}

/// npm's, or Debian's where npm has none to give.
fn install_wasm_opt() -> Result<()> {
    if let Err(error) = npm_wasm_opt() {
        shell::step(&format!("{error:#}; taking Debian's wasm-opt instead"));
        debian::ensure(&[(WASM_OPT, "binaryen")])?;
    }
    Ok(())
}

/// Installs npm's, which is newer than Debian's and makes less of the same bundle.
fn npm_wasm_opt() -> Result<()> {
    debian::ensure(&[("node", "nodejs"), ("npm", "npm")])?;
    let folder = npm_folder();
    std::fs::create_dir_all(&folder)?;
    let install = ["install", "--no-audit", "--no-fund", "--prefix"];
    shell::run(
        Command::new("npm")
            .args(install)
            .arg(&folder)
            .arg(format!("binaryen@{BINARYEN}")),
    )
}

fn wasm_opt_version() -> Option<u32> {
    let version = version_of(&find(WASM_OPT)?)?.parse().ok()?;
    (version >= WASM_OPT_OLDEST).then_some(version)
}
