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

use super::error::HttpError;

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

    /// Starts a request to the server that is truly at `url`.
    ///
    /// # Errors
    /// Where the other name is none.
    pub(super) fn start(
        &self,
        client: &Client,
        method: Method,
        url: &Url,
    ) -> Result<RequestBuilder, HttpError> {
        let mut asked = url.clone();
        if let Err(error) = asked.set_host(Some(&self.name)) {
            let reason = format!("server_name {:?}: {error}", self.name);
            return Err(HttpError::Setup(reason));
        }
        let request = client.request(method, asked);
        Ok(request.header(HOST, host_and_port(url)))
    }

    /// Clients are built anew from now on.
    pub(super) fn forget(&self) {
        self.clients.lock().clear();
    }

    /// The client of the server at `url`, made by `build` where there is none.
    ///
    /// # Errors
    /// Where it cannot be built.
    pub(super) fn client(
        &self,
        url: &Url,
        build: impl FnOnce(Arc<dyn Resolve>) -> Result<Client, HttpError>,
    ) -> Result<Client, HttpError> {
        let key = host_and_port(url);
        let mut clients = self.clients.lock();
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = build(self.resolver(url))?;
        if clients.len() >= MAX_CLIENTS {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }

    /// Finds the other name where `url` truly is.
    pub(super) fn resolver(&self, url: &Url) -> Arc<dyn Resolve> {
        Arc::new(Lookup {
            server_name: self.name.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
        })
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
            name.as_str().to_owned() // the name of a proxy
        };
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
