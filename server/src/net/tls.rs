//! `tls_config` to a TLS client: rustls with ring.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::SingleCertAndKey;
use rustls::{
    ALL_VERSIONS, DigitallySignedStruct, Error, ProtocolVersion, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};

use super::certificate::{Pem, certified_key};
use super::config::{KeyError, TlsConfig, TlsVersion};
use super::error::HttpError;

/// Whom a TLS client talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// The configured host: it gets our certificate.
    Home,
    /// Another: it does not.
    Foreign,
    /// Nobody: the client speaks plain HTTP, and no certificate is read for it.
    Nobody,
}

/// The TLS client that `tls` describes.
///
/// # Errors
/// Where certificates cannot be read or do not fit.
pub(super) fn client_config(
    tls: &TlsConfig,
    peer: Peer,
    speaks_http2: bool,
) -> Result<ClientConfig, HttpError> {
    let provider = Arc::new(default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions(tls))
        .map_err(|error| HttpError::Setup(error.to_string()))?;
    let builder = if tls.insecure_skip_verify {
        let verifier = Arc::new(AcceptAll(provider));
        builder
            .dangerous()
            .with_custom_certificate_verifier(verifier)
    } else if peer == Peer::Nobody {
        builder.with_root_certificates(RootCertStore::empty())
    } else {
        builder.with_root_certificates(roots(tls)?)
    };
    let identity = match peer {
        Peer::Home => identity(tls)?,
        Peer::Foreign | Peer::Nobody => None,
    };
    let mut config = match identity {
        Some(identity) => builder.with_client_cert_resolver(identity),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if speaks_http2 {
        config.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(config)
}

fn versions(tls: &TlsConfig) -> Vec<&'static SupportedProtocolVersion> {
    ALL_VERSIONS
        .iter()
        .copied()
        .filter(|supported| {
            let version = match supported.version {
                ProtocolVersion::TLSv1_2 => TlsVersion::Tls12,
                _ => TlsVersion::Tls13,
            };
            tls.min_version.is_none_or(|oldest| version >= oldest)
                && tls.max_version.is_none_or(|newest| version <= newest)
        })
        .collect()
}

/// The authorities that are trusted: those that are named, else the system's.
fn roots(tls: &TlsConfig) -> Result<RootCertStore, HttpError> {
    match ca(tls)? {
        Some(pem) => trusted(&pem),
        None => {
            let mut roots = RootCertStore::empty();
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
            Ok(roots)
        }
    }
}

fn trusted(pem: &Pem) -> Result<RootCertStore, HttpError> {
    let mut roots = RootCertStore::empty();
    for certificate in pem.certificates()? {
        roots
            .add(certificate)
            .map_err(|error| pem.error(&format!("its certificate cannot be read: {error}")))?;
    }
    Ok(roots)
}

fn ca(tls: &TlsConfig) -> Result<Option<Pem>, HttpError> {
    Pem::read("ca", tls.ca.as_deref(), tls.ca_file.as_deref())
}

fn certificate(tls: &TlsConfig) -> Result<Option<Pem>, HttpError> {
    Pem::read("cert", tls.cert.as_deref(), tls.cert_file.as_deref())
}

fn identity(tls: &TlsConfig) -> Result<Option<Arc<dyn ResolvesClientCert>>, HttpError> {
    let key = tls.key.as_ref().map(|key| key.reveal());
    let key = Pem::read("key", key, tls.key_file.as_deref())?;
    let (Some(certificate), Some(key)) = (certificate(tls)?, key) else {
        return Ok(None);
    };
    let identity = SingleCertAndKey::from(certified_key(&certificate, &key)?);
    Ok(Some(Arc::new(identity)))
}

impl TlsConfig {
    /// Reads the certificates as a client would.
    ///
    /// # Errors
    /// The first key whose file or text cannot be used.
    pub fn check(&self) -> Result<(), KeyError> {
        let authorities = ca(self).and_then(|pem| pem.as_ref().map(trusted).transpose());
        authorities.map_err(|error| unusable("ca", self.ca_file.is_some(), &error))?;
        let chain = certificate(self).and_then(|pem| pem.map(|pem| pem.certificates()).transpose());
        chain.map_err(|error| unusable("cert", self.cert_file.is_some(), &error))?;
        let identity = identity(self);
        identity.map_err(|error| unusable("key", self.key_file.is_some(), &error))?;
        Ok(())
    }

    /// What is wrong with the certificates now.
    pub fn warning(&self) -> Option<String> {
        match self.check() {
            Ok(()) => self.out_of_date(Timestamp::now()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// That a certificate has expired or is not valid yet, in a sentence with
    /// its file and the date.
    pub fn out_of_date(&self, now: Timestamp) -> Option<String> {
        let all = [certificate(self), ca(self)];
        all.into_iter()
            .filter_map(|pem| pem.ok().flatten())
            .find_map(|pem| pem.out_of_date(now).ok().flatten())
    }
}

fn unusable(key: &str, is_file: bool, error: &HttpError) -> KeyError {
    let suffix = if is_file { "_file" } else { "" };
    KeyError::new(format!("tls_config.{key}{suffix}"), error.to_string())
}

/// `insecure_skip_verify`: any certificate will do, also one that cannot be read.
#[derive(Debug)]
struct AcceptAll(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
