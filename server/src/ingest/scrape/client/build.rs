//! From options to a client: certificates, versions, proxies.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use reqwest::dns::Resolve;
use reqwest::redirect::Policy;
use reqwest::tls::Version;
use reqwest::{Certificate, Client, Identity, Proxy};

use super::{client_error, unreadable};
use crate::ingest::scrape::config::http::{HttpOptions, TlsConfig, TlsVersion};
use crate::ingest::scrape::error::ScrapeError;

const USER_AGENT: &str = concat!("Andon/", env!("CARGO_PKG_VERSION"));

/// A client as the options say. Names of hosts are looked up by `resolver`
/// where there is one, and by the system otherwise.
///
/// # Errors
/// Where certificates cannot be read or do not fit.
pub(super) fn client(
    options: &HttpOptions,
    resolver: Option<Arc<dyn Resolve>>,
) -> Result<Client, ScrapeError> {
    let tls = &options.tls;
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        // The environment's proxy is for programs that go out, not for
        // exporters next door.
        .no_proxy()
        .gzip(options.enable_compression)
        .danger_accept_invalid_certs(tls.insecure_skip_verify);
    if let Some(resolver) = resolver {
        // HTTP/2 would name the server twice, once as it is and once as asked.
        builder = builder.dns_resolver2(resolver).http1_only();
    }
    if let Some(version) = tls.min_version {
        builder = builder.min_tls_version(reqwest_version(version));
    }
    if let Some(version) = tls.max_version {
        builder = builder.max_tls_version(reqwest_version(version));
    }
    if let Some(proxy_url) = &options.proxy_url {
        builder = builder.proxy(Proxy::all(proxy_url).map_err(client_error)?);
    }
    if !options.follow_redirects {
        builder = builder.redirect(Policy::none());
    }
    if !options.enable_http2 {
        builder = builder.http1_only();
    }
    if let Some(ca) = pem(tls.ca.as_deref(), tls.ca_file.as_deref())? {
        builder = builder.tls_built_in_root_certs(false);
        for certificate in Certificate::from_pem_bundle(&ca).map_err(client_error)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    if let Some(identity) = identity(tls)? {
        builder = builder.identity(identity);
    }
    builder.build().map_err(client_error)
}

fn reqwest_version(version: TlsVersion) -> Version {
    match version {
        TlsVersion::Tls12 => Version::TLS_1_2,
        TlsVersion::Tls13 => Version::TLS_1_3,
    }
}

fn identity(tls: &TlsConfig) -> Result<Option<Identity>, ScrapeError> {
    let key = tls.key.as_ref().map(|key| key.reveal());
    let key = pem(key, tls.key_file.as_deref())?;
    let certificate = pem(tls.cert.as_deref(), tls.cert_file.as_deref())?;
    let (Some(mut identity), Some(key)) = (certificate, key) else {
        return Ok(None);
    };
    identity.push(b'\n');
    identity.extend_from_slice(&key);
    Identity::from_pem(&identity)
        .map(Some)
        .map_err(client_error)
}

fn pem(inline: Option<&str>, file: Option<&Path>) -> Result<Option<Vec<u8>>, ScrapeError> {
    match (inline, file) {
        (Some(text), _) => Ok(Some(text.as_bytes().to_vec())),
        (None, Some(path)) => fs::read(path)
            .map(Some)
            .map_err(|error| unreadable(path, &error)),
        (None, None) => Ok(None),
    }
}
