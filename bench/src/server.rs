//! Andon and its peers as processes on loopback, and what the kernel says of them (`proc(5)`).

use anyhow::{Context, Result, bail};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The kernel's clock ticks a second, fixed in its interface.
const TICKS_PER_SECOND: f64 = 100.0;

/// A product that stores samples and answers PromQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Andon,
    Prometheus,
    VictoriaMetrics,
}

impl Product {
    pub const ALL: [Self; 3] = [Self::Andon, Self::Prometheus, Self::VictoriaMetrics];

    pub fn name(self) -> &'static str {
        match self {
            Self::Andon => "andon",
            Self::Prometheus => "prometheus",
            Self::VictoriaMetrics => "victoria-metrics",
        }
    }

    fn ready_path(self) -> &'static str {
        match self {
            Self::Andon => "/readyz",
            Self::Prometheus => "/-/ready",
            Self::VictoriaMetrics => "/health",
        }
    }
}

/// A running server; ended when dropped.
pub struct Server {
    pub url: String,
    pub data: PathBuf,
    child: Child,
}

impl Server {
    /// Starts `product` with an empty data folder; `config` is a file in its own form.
    pub async fn start(product: Product, config: Option<&Path>) -> Result<Self> {
        let data = work_folder()?.join(product.name());
        let _ = fs::remove_dir_all(&data);
        fs::create_dir_all(&data)?;
        Self::resume(product, data, config).await
    }

    async fn resume(product: Product, data: PathBuf, config: Option<&Path>) -> Result<Self> {
        let address = free_address()?;
        let mut command = match product {
            Product::Andon => andon(&address, &data, config)?,
            Product::Prometheus => prometheus(&address, &data, config)?,
            Product::VictoriaMetrics => victoria_metrics(&address, &data, config),
        };
        let ready = product.ready_path();
        let mut server = Self::spawn(&mut command, &address, ready).await?;
        server.data = data;
        Ok(server)
    }

    /// Kills the server and starts it again on what it left; says how long that took until it was ready.
    pub async fn kill_and_resume(mut self, product: Product) -> Result<Duration> {
        self.child.kill()?;
        self.child.wait()?;
        let start = Instant::now();
        Self::resume(product, self.data.clone(), None).await?;
        Ok(start.elapsed())
    }

    /// Starts `command`, which listens on `address`, and waits until a GET of `ready_path` succeeds.
    pub async fn spawn(command: &mut Command, address: &str, ready_path: &str) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let log = work_folder()?.join(format!(
            "{}.log",
            program.rsplit('/').next().unwrap_or_default()
        ));
        let child = command
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log)?)
            .stderr(fs::File::create(log.with_extension("err"))?)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let mut server = Self {
            url: format!("http://{address}"),
            data: PathBuf::new(),
            child,
        };
        let ready = format!("{}{ready_path}", server.url);
        let client = reqwest::Client::new();
        while !client
            .get(&ready)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            if let Some(status) = server.child.try_wait()? {
                bail!(
                    "{program} ended with {status}; its output is in {}",
                    log.display()
                );
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(server)
    }

    /// Processor time used so far, in seconds.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        // Fields 14 and 15 of the whole line, of which the first two are cut off.
        let ticks = |index: usize| {
            fields
                .get(index)
                .and_then(|field| field.parse::<f64>().ok())
        };
        let (user, system) = ticks(11)
            .zip(ticks(12))
            .context("no times in /proc/PID/stat")?;
        Ok((user + system) / TICKS_PER_SECOND)
    }

    /// Resident memory, in bytes.
    pub fn resident_bytes(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| {
            line.trim()
                .trim_end_matches("kB")
                .trim()
                .parse::<f64>()
                .ok()
        });
        Ok(kib.context("no VmRSS in /proc/PID/status")? * 1024.0)
    }

    /// Ends the server in good order.
    pub fn stop(mut self) -> Result<()> {
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on loopback that was free a moment ago.
pub fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Where measurements keep their files: below the target folder of this very program.
pub fn work_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .context("the program is in no target folder")?;
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The release binary under measurement.
pub fn andon_binary() -> Result<PathBuf> {
    let binary = std::env::var_os("ANDON_BINARY")
        .context("ANDON_BINARY is not set: use `cargo xtask bench`")?;
    Ok(binary.into())
}

/// The bytes of all files below `folder`.
pub fn disk_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() {
            disk_bytes(&entry.path())?
        } else {
            meta.len()
        };
    }
    Ok(bytes)
}

/// Seconds since `start`.
pub fn seconds_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64()
}

fn andon(address: &str, data: &Path, config: Option<&Path>) -> Result<Command> {
    let mut command = Command::new(andon_binary()?);
    command.args(["--listen", address, "--data-dir"]).arg(data);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    Ok(command)
}

fn prometheus(address: &str, data: &Path, config: Option<&Path>) -> Result<Command> {
    let empty = data.join("empty.yml");
    fs::write(&empty, "{}")?;
    let mut command = Command::new("prometheus");
    command
        .arg(format!("--web.listen-address={address}"))
        .arg(format!(
            "--storage.tsdb.path={}",
            data.join("data").display()
        ))
        .arg(format!(
            "--config.file={}",
            config.unwrap_or(&empty).display()
        ))
        .args([
            "--web.enable-remote-write-receiver",
            "--web.enable-admin-api",
            "--log.level=warn",
        ]);
    Ok(command)
}

fn victoria_metrics(address: &str, data: &Path, config: Option<&Path>) -> Command {
    let mut command = Command::new("victoria-metrics");
    command
        .arg(format!("-httpListenAddr={address}"))
        .arg(format!("-storageDataPath={}", data.join("data").display()))
        // It answers with the newest samples only when told to.
        .args([
            "-search.latencyOffset=0s",
            "-retentionPeriod=100y",
            "-loggerLevel=WARN",
        ]);
    if let Some(config) = config {
        command.arg(format!("-promscrape.config={}", config.display()));
    }
    command
}
