//! `tls_config.server_name`: a server is asked for, and must prove to have,
//! another name than the one it is reached by.
//!
//! The request goes to the other name, at an address that is looked up by the
//! true one; the header `Host` says the true one as well, as in Prometheus.
//! Connections are kept by name, so each address has a client of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use hashbrown::HashMap;
use parking_lot::Mutex;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HOST;
use reqwest::{Client, Method, RequestBuilder, Url};

use super::build;
use crate::ingest::scrape::config::http::HttpOptions;
use crate::ingest::scrape::error::ScrapeError;

/// So many clients are kept; where there are more servers, all are built anew.
const MAX_CLIENTS: usize = 1_000;

/// Clients that know servers by another name.
#[derive(Debug)]
pub(super) struct ServerName {
    name: String,
    /// By true host and port.
    clients: Mutex<HashMap<String, Client>>,
}

impl ServerName {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            clients: Mutex::default(),
        }
    }

    /// Starts a request.
    ///
    /// # Errors
    /// Where no client can be built.
    pub(super) fn start(
        &self,
        options: &HttpOptions,
        method: Method,
        url: &Url,
    ) -> Result<RequestBuilder, ScrapeError> {
        let mut asked = url.clone();
        if let Err(error) = asked.set_host(Some(&self.name)) {
            return Err(ScrapeError::Client(format!(
                "server_name {:?}: {error}",
                self.name
            )));
        }
        let host = host_and_port(url);
        let client = self.client(options, url, &host)?;
        Ok(client.request(method, asked).header(HOST, host))
    }

    /// Clients are built anew from now on.
    pub(super) fn forget(&self) {
        self.clients.lock().clear();
    }

    fn client(&self, options: &HttpOptions, url: &Url, key: &str) -> Result<Client, ScrapeError> {
        let mut clients = self.clients.lock();
        if let Some(client) = clients.get(key) {
            return Ok(client.clone());
        }
        let lookup = Lookup {
            server_name: self.name.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
        };
        let client = build::client(options, Some(Arc::new(lookup)))?;
        if clients.len() >= MAX_CLIENTS {
            clients.clear();
        }
        clients.insert(key.to_owned(), client.clone());
        Ok(client)
    }
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Finds `server_name` where `host` is.
struct Lookup {
    server_name: String,
    host: String,
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let host = if name.as_str().eq_ignore_ascii_case(&self.server_name) {
            self.host.trim_matches(['[', ']']).to_owned()
        } else {
            name.as_str().to_owned() // a redirect has led elsewhere
        };
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
