//! A configuration that is read anew -> the running parts, as far as it is another
//! than before.
//!
//! Contract: whatever can fail is done before anything is changed, so that a broken
//! file changes nothing. What is configured as before goes on undisturbed.

use std::sync::Arc;

use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::collecting::Collecting;
use super::setup::{ReadConfig, settings};
use super::sources::Sources;
use super::{StartError, add_demo, discovery_settings, folder_settings};
use crate::boards::discover::DiscoverySettings;
use crate::boards::folders::FolderSettings;
use crate::config::Config;
use crate::reload::{Outcome, ReloadRequests, Reloaded};
use crate::state::{AppState, Settings};
use crate::supervise;

/// The running parts that a reload changes.
pub struct Reloader {
    /// What the server was started with.
    pub started: Config,
    /// Where the configuration is read from.
    pub files: Arc<ReadConfig>,
    /// The sources that run.
    pub sources: Sources,
    /// Whoever looks for job systems is told by it.
    pub discovery: watch::Sender<Arc<DiscoverySettings>>,
    /// Whoever follows board files is told by it.
    pub folders: watch::Sender<FolderSettings>,
    /// What handlers share.
    pub state: AppState,
    /// Whoever scrapes.
    pub collecting: Arc<Collecting>,
}

/// Reloads as often as somebody asks for it, until the server ends.
pub fn keep_reloading(reloader: Reloader, requests: ReloadRequests, shutdown: &CancellationToken) {
    let both = Arc::new(Mutex::new((reloader, requests)));
    let until = shutdown.clone();
    supervise::keep_running("reload", shutdown.clone(), move || {
        let (both, until) = (Arc::clone(&both), until.clone());
        async move {
            let mut both = both.lock().await;
            let (reloader, requests) = &mut *both;
            while let Some(request) = tokio::select! {
                request = requests.next() => request,
                () = until.cancelled() => None,
            } {
                request.answer(&reloader.reload().await);
            }
        }
    });
}

/// What a reload changes, with nothing left that could fail.
struct Prepared {
    config: Config,
    sources: Sources,
    discovery: DiscoverySettings,
    needs_restart: Vec<&'static str>,
}

impl Reloader {
    /// Takes the files over, or says why all is as it was.
    async fn reload(&mut self) -> Outcome {
        let prepared = self.prepare().await.inspect_err(|error| {
            tracing::error!("the configuration is not reloaded, and all is as it was: {error}");
        })?;
        let reloaded = Reloaded {
            needs_restart: prepared.needs_restart.clone(),
            warnings: prepared.config.warnings.clone(),
        };
        self.apply(prepared);
        tracing::info!("the configuration is reloaded");
        for key in &reloaded.needs_restart {
            tracing::warn!("{key} changed: needs a restart");
        }
        for warning in &reloaded.warnings {
            tracing::warn!("{warning}");
        }
        Ok(reloaded)
    }

    async fn prepare(&self) -> Result<Prepared, String> {
        let (mut config, discovery) = self.read().await?;
        let needs_restart = self.needs_restart(&config);
        add_demo(&mut config, self.collecting.demo.as_ref());
        let sources = self.sources.changed_to(&config);
        Ok(Prepared {
            sources: sources.map_err(|error| error.to_string())?,
            discovery,
            config,
            needs_restart,
        })
    }

    /// Reads the files, which blocks.
    async fn read(&self) -> Result<(Config, DiscoverySettings), String> {
        let files = Arc::clone(&self.files);
        let read = supervise::blocking("reload", move || {
            let config = files()?;
            let discovery = discovery_settings(&config).map_err(StartError::from);
            Ok((config, discovery.map_err(|error| error.to_string())?))
        });
        read.await
            .unwrap_or_else(|| Err("reading the files failed; the log says why".to_owned()))
    }

    /// The keys of settings that hold from the start to the end and are others now.
    fn needs_restart(&self, config: &Config) -> Vec<&'static str> {
        let started = &self.started;
        let (storage, was) = (&config.storage, &started.storage);
        let is_engine_missing = self.collecting.engine.is_none();
        let changed = [
            ("listen", config.listen != started.listen),
            ("data_dir", storage.data_dir != was.data_dir),
            ("retention", storage.retention_ms != was.retention_ms),
            (
                "retention_size",
                storage.retention_bytes != was.retention_bytes,
            ),
            (
                "out_of_order_window",
                storage.out_of_order_window_ms != was.out_of_order_window_ms,
            ),
            ("max_exemplars", storage.max_exemplars != was.max_exemplars),
            ("demo", config.demo != started.demo),
            ("log", config.log != started.log),
            ("query", config.engine != started.engine),
            ("live", config.streams != started.streams),
            // The store of our own is opened at the start, where something needs it.
            (
                "scrape_configs",
                is_engine_missing && !config.scrape_jobs.is_empty(),
            ),
            ("sources", is_engine_missing && config.sources.is_empty()),
        ];
        let changed = changed.into_iter().filter(|(_, is_changed)| *is_changed);
        changed.map(|(key, _)| key).collect()
    }

    fn apply(&mut self, prepared: Prepared) {
        let Prepared {
            config,
            sources,
            discovery,
            ..
        } = prepared;
        let state = &self.state;
        self.sources = sources;
        let replaced = state.frontends().replace(self.sources.frontends());
        for (_, frontend) in &*state.frontends().all() {
            frontend.forget_certificates();
        }
        state.hub().sources_changed(|name| replaced.changes(name));
        self.discovery.send_replace(Arc::new(discovery));
        let folders = folder_settings(&config);
        self.folders.send_if_modified(|held| {
            let is_changed = *held != folders;
            *held = folders;
            is_changed
        });
        let start = state.settings().start.clone();
        if let Some(listen) = start.listen {
            let settings = settings(&config, listen);
            state.shared_settings().set(Settings { start, ..settings });
        }
        self.collecting.scrape(config.scrape_jobs);
    }
}
