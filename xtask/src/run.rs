//! `run`: the release binary on moving data, its URL printed once it answers.

use crate::{bundle, shell};
use anyhow::{Context, Result, bail};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

/// Where `andon` listens unless told otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// Builds and runs `andon ARGS`, or `andon --demo` where there are none, until it ends.
pub fn run(args: &[String]) -> Result<()> {
    let binary = bundle::release_binary()?;
    let status = start(&binary, args)?.wait()?;
    if !status.success() {
        bail!("andon ended with {status}");
    }
    Ok(())
}

/// Starts `binary`, waits until it listens and prints its URL.
pub fn start(binary: &Path, args: &[String]) -> Result<Child> {
    let demo = ["--demo".to_owned()];
    let args = if args.is_empty() { &demo } else { args };
    let listen = listen_address(args);
    let mut command = Command::new(binary);
    let mut child = command
        .args(args)
        .spawn()
        .with_context(|| format!("cannot start `{}`", shell::line(&command)))?;
    while TcpStream::connect(&listen).is_err() {
        if let Some(status) = child.try_wait()? {
            bail!("andon ended with {status}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    // What answered may be another program that has the port: then ours is about to say so and end.
    std::thread::sleep(Duration::from_millis(100));
    if let Some(status) = child.try_wait()? {
        bail!("andon ended with {status}");
    }
    shell::step(&format!("Andon: http://{listen}/"));
    Ok(child)
}

/// What `--listen`, else `ANDON_LISTEN`, else the default says.
fn listen_address(args: &[String]) -> String {
    let after_flag = args
        .iter()
        .skip_while(|arg| *arg != "--listen")
        .nth(1)
        .cloned();
    let joined = args.iter().find_map(|arg| arg.strip_prefix("--listen="));
    after_flag
        .or_else(|| joined.map(str::to_owned))
        .or_else(|| std::env::var("ANDON_LISTEN").ok())
        .unwrap_or_else(|| DEFAULT_LISTEN.to_owned())
}
