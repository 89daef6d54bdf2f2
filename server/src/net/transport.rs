//! From options to connections: one request over as many hops as redirects
//! want, each with a client that shows what its host may see.

use std::sync::Arc;

use parking_lot::Mutex;
use reqwest::dns::Resolve;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
};
use reqwest::redirect::Policy;
use reqwest::{Client, NoProxy, Proxy, RequestBuilder, Response, Url};

use super::config::ClientOptions;
use super::error::{HttpError, causes, innermost};
use super::idle::is_closed_before_answer;
use super::redirect::Hop;
use super::request::Request;
use super::secret::Secret;
use super::server_name::ServerName;
use super::tls::{Peer, client_config};

const USER_AGENT: &str = concat!("Andon/", env!("CARGO_PKG_VERSION"));

/// What the configured host gets beside the request, and no other.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    /// Configured headers.
    pub(super) headers: HeaderMap,
    /// What authenticates.
    pub(super) authorization: Option<Authorization>,
}

/// The header `Authorization`.
#[derive(Debug)]
pub(super) enum Authorization {
    /// A name and a password.
    Basic(Secret, Secret),
    /// Any other.
    Value(HeaderValue),
}

/// Clients without credentials, each built when it is first needed, and anew
/// after a failed exchange over TLS, so that renewed certificates count.
#[derive(Debug)]
pub(super) struct Transport {
    options: ClientOptions,
    built: Mutex<Built>,
    server_name: Option<ServerName>,
}

/// One client each, since they show other certificates.
#[derive(Debug, Default)]
struct Built {
    home: Option<Client>,
    foreign: Option<Client>,
    nobody: Option<Client>,
}

impl Built {
    fn of(&mut self, peer: Peer) -> &mut Option<Client> {
        match peer {
            Peer::Home => &mut self.home,
            Peer::Foreign => &mut self.foreign,
            Peer::Nobody => &mut self.nobody,
        }
    }
}

impl Transport {
    /// A transport as the options say; nothing is read or sent yet.
    pub(super) fn new(options: ClientOptions) -> Self {
        let server_name = options.tls.server_name.clone();
        Self {
            server_name: server_name.map(ServerName::new),
            options,
            built: Mutex::default(),
        }
    }

    /// Sends a request, follows where the answer leads, and gives the last
    /// answer, whatever its status.
    ///
    /// # Errors
    /// Where there is no answer, or one that must not be followed.
    pub(super) async fn send(
        &self,
        request: Request,
        credentials: &Credentials,
    ) -> Result<Response, HttpError> {
        let mut hop = Hop::first(request);
        loop {
            let response = self.exchange(&hop, credentials).await?;
            if !self.options.follow_redirects {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            let has_credentials = self.options.has_credentials();
            match hop.next(response.status(), location, has_credentials)? {
                Some(next) => hop = next,
                None => return Ok(response),
            }
        }
    }

    async fn exchange(&self, hop: &Hop, credentials: &Credentials) -> Result<Response, HttpError> {
        let (peer, url) = (self.peer(hop), &hop.request.url);
        let client = self.client(peer, url)?;
        let mut sent = self.prepare(&client, hop, credentials)?.send().await;
        if let Err(error) = &sent
            && hop.request.is_repeatable
            && is_closed_before_answer(error)
        {
            let fresh = self.build(peer, self.resolver(peer, url))?;
            sent = self.prepare(&fresh, hop, credentials)?.send().await;
        }
        sent.map_err(|error| self.exchange_error(url, &error))
    }

    /// The request with what its host may see.
    fn prepare(
        &self,
        client: &Client,
        hop: &Hop,
        credentials: &Credentials,
    ) -> Result<RequestBuilder, HttpError> {
        let request = &hop.request;
        let mut builder = match self.server_name(self.peer(hop)) {
            Some(name) => name.start(client, request.method.clone(), &request.url)?,
            None => client.request(request.method.clone(), request.url.clone()),
        };
        builder = builder.headers(request.headers.clone());
        if self.options.enable_compression {
            builder = builder.header(ACCEPT_ENCODING, "gzip");
        }
        if let Some(form) = &request.form {
            builder = builder
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.clone());
        }
        if hop.is_home {
            builder = credentials.add_to(builder);
        }
        Ok(builder)
    }

    /// Whom the client for this hop speaks TLS with. A proxy may want it too.
    fn peer(&self, hop: &Hop) -> Peer {
        match (hop.request.url.scheme(), hop.is_home) {
            ("https", true) => Peer::Home,
            ("https", false) => Peer::Foreign,
            _ if self.options.proxy.speaks_tls() => Peer::Foreign,
            _ => Peer::Nobody,
        }
    }

    fn server_name(&self, peer: Peer) -> Option<&ServerName> {
        self.server_name.as_ref().filter(|_| peer == Peer::Home)
    }

    fn resolver(&self, peer: Peer, url: &Url) -> Option<Arc<dyn Resolve>> {
        self.server_name(peer).map(|name| name.resolver(url))
    }

    fn client(&self, peer: Peer, url: &Url) -> Result<Client, HttpError> {
        if let Some(name) = self.server_name(peer) {
            return name.client(url, |resolver| self.build(peer, Some(resolver)));
        }
        let mut built = self.built.lock();
        let kept = built.of(peer);
        if let Some(client) = kept {
            return Ok(client.clone());
        }
        let client = self.build(peer, None)?;
        *kept = Some(client.clone());
        Ok(client)
    }

    /// A client without connections. Names of hosts are looked up by
    /// `resolver` where there is one, and by the system otherwise.
    fn build(&self, peer: Peer, resolver: Option<Arc<dyn Resolve>>) -> Result<Client, HttpError> {
        let options = &self.options;
        // Under another name HTTP/2 would name the server twice, once as it is
        // and once as asked.
        let speaks_http2 = options.enable_http2 && resolver.is_none();
        let tls = client_config(&options.tls, peer, speaks_http2)?;
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .tls_backend_preconfigured(tls);
        if let Some(resolver) = resolver {
            builder = builder.dns_resolver(resolver);
        }
        if let Some(timeout) = options.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        if !speaks_http2 {
            builder = builder.http1_only();
        }
        // The environment's proxy is for programs that go out, not for
        // exporters next door: who wants it says so.
        if !options.proxy.from_environment {
            builder = builder.no_proxy();
        }
        if let Some(url) = &options.proxy.url {
            let no_proxy = options.proxy.no_proxy.as_deref();
            let proxy = Proxy::all(url.clone())
                .map_err(HttpError::setup)?
                .no_proxy(no_proxy.and_then(NoProxy::from_string));
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(HttpError::setup)
    }

    /// Builds the client of `url` now.
    ///
    /// # Errors
    /// Where certificates cannot be read or do not fit.
    pub(super) fn prepare_for(&self, url: &Url) -> Result<(), HttpError> {
        let hop = Hop::first(Request::get(url.clone()));
        self.client(self.peer(&hop), url).map(drop)
    }

    fn exchange_error(&self, url: &Url, error: &reqwest::Error) -> HttpError {
        let reason = innermost(error);
        if url.scheme() != "https" {
            return HttpError::Exchange(reason);
        }
        self.forget();
        // A network failure ends in a system error; what does not is TLS'. Since TLS 1.3 a server refuses
        // a client's certificate only after the connection stands.
        let is_of_tls = error.is_connect() && !is_system_error(error) || is_alert(error);
        if !is_of_tls {
            return HttpError::Exchange(reason);
        }
        match self.options.tls.out_of_date(jiff::Timestamp::now()) {
            Some(expired) => HttpError::Tls(format!("{reason}; {expired}")),
            None => HttpError::Tls(reason),
        }
    }

    /// Has certificates read anew for connections to come.
    pub(super) fn forget(&self) {
        *self.built.lock() = Built::default();
        if let Some(server_name) = &self.server_name {
            server_name.forget();
        }
    }
}

impl Credentials {
    fn add_to(&self, builder: RequestBuilder) -> RequestBuilder {
        let builder = builder.headers(self.headers.clone());
        match &self.authorization {
            None => builder,
            Some(Authorization::Basic(username, password)) => {
                builder.basic_auth(username.reveal(), Some(password.reveal()))
            }
            Some(Authorization::Value(value)) => builder.header(AUTHORIZATION, value.clone()),
        }
    }
}

fn is_alert(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(|error| matches!(error, rustls::Error::AlertReceived(_)))
    })
}

fn is_system_error(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.raw_os_error().is_some())
            || cause.to_string().contains("failed to lookup address")
    })
}
