//! From the command line to a running server, or to one clear sentence.

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::packs::Inventory;
use futures_util::future::join_all;
use query::SourceName;
use reqwest::Url;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::boards::inventory::add_page;
use crate::boards::packs;
use crate::config::{Config, ConfigError, Origin};
use crate::net::{parse_url, redact_url};
use crate::reload::{self, ReloadHandle};
use crate::run::{Setup, StartError, run};
use crate::source::{Detected, SourceConfig, UpstreamConfig, detect};
use crate::supervise;

/// Why there is no running server: each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A URL of the command line cannot be used.
    #[error("{0}")]
    Url(String),
    /// The address cannot be listened on.
    #[error("{origin}: cannot listen on {listen}: {reason}; choose another address")]
    Bind {
        /// Who chose the address.
        origin: Origin,
        /// The address.
        listen: SocketAddr,
        /// The system's words.
        reason: std::io::Error,
    },
    /// Nothing can be written to the folder of the data.
    #[error("{origin}: cannot write to {folder}: {reason}; give it to this user or choose another", folder = folder.display())]
    DataDir {
        /// Who chose the folder.
        origin: Origin,
        /// The folder.
        folder: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
    /// The process cannot get what every server needs.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
    /// The server could not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Runs the server with what `read` gives, now and at every reload, until a signal
/// ends it. What answers at each of `urls` is found out, and taken as that.
///
/// # Errors
/// See [`Failure`].
pub fn start(
    read: impl Fn() -> Result<Config, ConfigError> + Send + Sync + 'static,
    urls: &[String],
) -> Result<(), Failure> {
    let config = read()?;
    crate::log::start(config.log);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(serve(config, read, urls));
    // What still blocks (a replay, a compaction) must not hold up the end: the
    // log has everything.
    runtime.shutdown_background();
    ended
}

/// Every stream is an open file: as many as the system lets this user have.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!("the number of open files stays limited: {error}");
    }
}

async fn serve(
    mut config: Config,
    read: impl Fn() -> Result<Config, ConfigError> + Send + Sync + 'static,
    urls: &[String],
) -> Result<(), Failure> {
    let shutdown = CancellationToken::new();
    let (reload, requests) = reload::channel();
    heed_signals(shutdown.clone(), reload.clone())?;
    if let Some(folder) = &config.storage.data_dir {
        check_writable(folder).map_err(|reason| Failure::DataDir {
            origin: config.data_dir_origin.clone(),
            folder: folder.clone(),
            reason,
        })?;
    }
    let listen = config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|reason| Failure::Bind {
            origin: config.listen_origin.clone(),
            listen,
            reason,
        })?;
    let looked = join_all(urls.iter().map(String::as_str).map(look_at)).await;
    let mut named = Vec::new();
    for found in looked {
        named.push(Named::new(&config, found?)?);
    }
    for one in &named {
        one.add_to(&mut config);
    }
    if config.wants_engine() && config.storage.data_dir.is_none() {
        tracing::info!("no --data-dir: samples are kept in memory, and lost at the end");
    }
    announce(listener.local_addr()?);
    let files = move || {
        let mut config = read().map_err(|error| error.to_string())?;
        for one in &named {
            one.add_to(&mut config);
        }
        Ok(config)
    };
    let setup = Setup {
        config,
        files: Arc::new(files),
        reload,
        requests,
    };
    Ok(run(listener, setup, shutdown).await?)
}

/// Says where the server listens: in the log, and on standard output whatever
/// is logged, for people and for programs that start it. It is all that stands
/// there.
fn announce(listen: SocketAddr) {
    tracing::info!("listening on http://{listen}");
    let line = format!("Andon: http://{}/", reachable(listen));
    // Nobody need read it, and a full pipe must hold up nobody else.
    let thread = std::thread::Builder::new().name("announce".to_owned());
    let _ = thread.spawn(move || writeln!(std::io::stdout(), "{line}"));
}

/// Where this machine's browser finds what listens there.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    listen
}

/// Finds out now what would otherwise be found out with the first samples.
fn check_writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(".andon-write-test");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

/// Asks what answers at the URL. What does not answer yet is taken for what its
/// address looks like: Andon may start before what it watches, and while it is away.
async fn look_at(text: &str) -> Result<(Url, Detected), Failure> {
    // As browsers and curl take it.
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = parse_url(&with_scheme).map_err(Failure::Url)?;
    match detect(&url).await {
        Ok(detected) => {
            tracing::info!("{} is {}", redact_url(&url), detected.words());
            Ok((url, detected))
        }
        Err(error) if error.is_silence() => {
            let detected = Detected::by_address(&url);
            let what = detected.words();
            tracing::warn!("{error}; by its address it is taken for {what}, and asked again");
            Ok((url, detected))
        }
        Err(error) => Err(Failure::Url(format!("{error}; is the URL right?"))),
    }
}

/// What answers at a URL of the command line.
enum Named {
    Prometheus(Box<UpstreamConfig>),
    Exporter { page: Url, staleness_hold: Duration },
}

impl Named {
    /// What was found at a URL, as the configuration has it read.
    fn new(config: &Config, (url, detected): (Url, Detected)) -> Result<Self, Failure> {
        Ok(match detected {
            Detected::Prometheus => Self::Prometheus(UpstreamConfig::from_url(url).into()),
            Detected::Exporter { url, page } => Self::Exporter {
                staleness_hold: staleness_hold(config, &page)?,
                page: url,
            },
        })
    }

    /// Takes it as what it is.
    fn add_to(&self, config: &mut Config) {
        match self {
            Self::Prometheus(upstream) => {
                let name = unused_name(config);
                let upstream = (**upstream).clone();
                config.sources.push(SourceConfig { name, upstream });
            }
            Self::Exporter {
                page,
                staleness_hold,
            } => config.add_exporter(page, *staleness_hold),
        }
    }
}

/// How long values of the page must be held, since its exporter shows each once.
fn staleness_hold(config: &Config, page: &[u8]) -> Result<Duration, Failure> {
    let packs = packs::load(&config.pack_folders).map_err(StartError::Pack)?;
    let mut inventory = Inventory::default();
    add_page(&mut inventory, page);
    Ok(packs.hold_values_for(&inventory).unwrap_or_default())
}

fn unused_name(config: &Config) -> SourceName {
    let names = std::iter::once("prometheus".to_owned())
        .chain((2..).map(|number| format!("prometheus{number}")));
    names
        .map(SourceName::from)
        .find(|name| !config.has_source(name))
        .unwrap_or_else(SourceName::default_source)
}

/// Has signals end the server, and SIGHUP reload its configuration.
fn heed_signals(shutdown: CancellationToken, reload: ReloadHandle) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let until = shutdown.clone();
    supervise::spawn("signals", async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
        shutdown.cancel();
    });
    supervise::spawn("signals", async move {
        loop {
            tokio::select! {
                () = until.cancelled() => return,
                _ = hangup.recv() => {}
            }
            let _ = reload.reload().await; // the log says what became of it
        }
    });
    Ok(())
}
