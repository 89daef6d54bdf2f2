//! Scraping over TLS with certificates on both sides, as
//! libvirt-volume-provisioner wants it.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "the other binaries use the rest of it")]
mod exporter;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use exporter::Rig;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use server::ingest::scrape::Health;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::version::TLS12;
use tokio_rustls::rustls::{
    ALL_VERSIONS, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme, SupportedProtocolVersion,
};

type Versions = &'static [&'static SupportedProtocolVersion];
const ONLY_TLS12: Versions = &[&TLS12];

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Authority::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn write_pem(folder: &Path, name: &str, pem: &str) {
    fs::write(folder.join(name), pem).unwrap();
}

/// Writes `client.pem` and `client.key`, issued by `authority`.
fn write_client(folder: &Path, authority: &Authority) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["andon".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    write_pem(folder, "client.pem", &certificate.pem());
    write_pem(folder, "client.key", &key.serialize_pem());
}

/// Takes any certificate of a client, as servers do that only want one.
#[derive(Debug)]
struct AnyClient;

impl ClientCertVerifier for AnyClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// A server of this name that speaks these versions, and wants its clients to
/// be of the same authority.
fn acceptor(authority: &Authority, name: &str, versions: Versions) -> TlsAcceptor {
    let mut clients = RootCertStore::empty();
    clients.add(authority.der().clone()).unwrap();
    let provider = Arc::new(default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(clients.into(), provider)
        .build()
        .unwrap();
    acceptor_with(authority, name, versions, verifier)
}

fn acceptor_with(
    authority: &Authority,
    name: &str,
    versions: Versions,
    verifier: Arc<dyn ClientCertVerifier>,
) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn start(authority: &Authority) -> SocketAddr {
    serve_with(acceptor(authority, "127.0.0.1", ALL_VERSIONS)).await
}

async fn serve_with(acceptor: TlsAcceptor) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that is refused is the client's concern.
            let _ = serve(acceptor.clone(), stream).await;
        }
    });
    address
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let asked_for = stream.get_ref().1.server_name().map(str::to_owned);
    let mut request = [0; 4096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut request[length..]).await? {
            0 => return Ok(()),
            more => length += more,
        }
    }
    let asked_for = asked_for.as_deref().unwrap_or("an address");
    let head = String::from_utf8_lossy(&request[..length]);
    let keeps_host = head.contains("\r\nhost: 127.0.0.1:");
    let shown = stream.get_ref().1.peer_certificates().map_or(0, <[_]>::len);
    let body =
        format!("asked{{shown=\"{shown}\",for=\"{asked_for}\",keeps_host=\"{keeps_host}\"}} 1\n");
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n";
    let answer = format!("{head}content-length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn scrape(address: SocketAddr, folder: &TempDir, tls_keys: &str) -> Rig {
    let folder = folder.path().display().to_string();
    let tls_keys = tls_keys.replace("DIR", &folder);
    Rig::start(&format!(
        "- {{job_name: j, scheme: https, scrape_interval: 500ms, \
         static_configs: [{{targets: ['{address}']}}], tls_config: {{{tls_keys}}}}}\n"
    ))
}

const CA: &str = "ca_file: DIR/ca.pem";
const CLIENT: &str = "cert_file: DIR/client.pem, key_file: DIR/client.key";

#[tokio::test]
async fn certificates_decide_who_is_scraped() {
    let (ours, other) = (authority(), authority());
    let address = start(&ours).await;
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &ours.pem());
    write_pem(folder.path(), "other.pem", &other.pem());
    write_client(folder.path(), &ours);
    for (tls_keys, expected) in [
        (format!("{CA}, {CLIENT}"), ""),
        (format!("insecure_skip_verify: true, {CLIENT}"), ""),
        (CA.to_owned(), "CertificateRequired"),
        (format!("ca_file: DIR/other.pem, {CLIENT}"), "certificate"),
        (CLIENT.to_owned(), "certificate"),
        ("ca_file: DIR/none.pem".to_owned(), "cannot read"),
    ] {
        let target = scrape(address, &folder, &tls_keys).scraped("j").await;
        let health = if expected.is_empty() {
            Health::Up
        } else {
            Health::Down
        };
        assert_eq!(target.health, health, "{tls_keys}: {}", target.last_error);
        assert!(
            target.last_error.contains(expected),
            "{}",
            target.last_error
        );
    }
}

#[tokio::test]
async fn renewed_certificates_count_without_a_restart() {
    let (ours, other) = (authority(), authority());
    let address = start(&ours).await;
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &ours.pem());
    write_client(folder.path(), &other);
    let rig = scrape(address, &folder, &format!("{CA}, {CLIENT}"));
    assert_eq!(rig.scraped("j").await.health, Health::Down);
    write_client(folder.path(), &ours);
    rig.targets_until(|targets| targets.active_targets[0].health == Health::Up)
        .await;
}

#[tokio::test]
async fn a_server_may_be_known_by_another_name_than_its_address() {
    let authority = authority();
    let address = serve_with(acceptor(&authority, "exporter.internal", ALL_VERSIONS)).await;
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &authority.pem());
    write_client(folder.path(), &authority);
    let check = async |keys: &str, expected: &str| {
        let rig = scrape(address, &folder, &format!("{CA}, {CLIENT}, {keys}"));
        let error = rig.scraped("j").await.last_error;
        assert!(error.contains(expected), "{keys}: {error}");
        error.is_empty().then_some(rig)
    };
    check("", "certificate").await;
    check("server_name: other.internal", "certificate").await;
    let rig = check("server_name: exporter.internal", "").await.unwrap();
    let asked = rig.samples("asked", ("for", "exporter.internal"));
    assert!(!asked.is_empty(), "the server is asked for by that name");
    let kept = rig.samples("asked", ("keeps_host", "true"));
    assert!(!kept.is_empty(), "and told which host it is reached at");
}

#[tokio::test]
async fn versions_are_bounded() {
    let authority = authority();
    let address = serve_with(acceptor(&authority, "127.0.0.1", ONLY_TLS12)).await;
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &authority.pem());
    write_client(folder.path(), &authority);
    for (keys, health) in [
        ("min_version: TLS12", Health::Up),
        ("max_version: TLS12", Health::Up),
        ("min_version: TLS13", Health::Down),
    ] {
        let rig = scrape(address, &folder, &format!("{CA}, {CLIENT}, {keys}"));
        let target = rig.scraped("j").await;
        assert_eq!(target.health, health, "{keys}: {}", target.last_error);
    }
}

/// `openssl x509 -req` makes certificates of version 1.
#[tokio::test]
async fn a_certificate_of_version_1_is_shown_as_it_is() {
    let authority = authority();
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &authority.pem());
    write_pem(folder.path(), "client.pem", include_str!("tls/v1.pem"));
    write_pem(folder.path(), "client.key", include_str!("tls/v1.key"));
    for versions in [ALL_VERSIONS, ONLY_TLS12] {
        let any = Arc::new(AnyClient);
        let address = serve_with(acceptor_with(&authority, "127.0.0.1", versions, any)).await;
        let rig = scrape(address, &folder, &format!("{CA}, {CLIENT}"));
        assert_eq!(rig.scraped("j").await.last_error, "");
        assert!(!rig.samples("asked", ("shown", "1")).is_empty());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said_with_its_file() {
    let authority = authority();
    let address = start(&authority).await;
    let folder = tempfile::tempdir().unwrap();
    write_pem(folder.path(), "ca.pem", &authority.pem());
    write_client(folder.path(), &authority);
    write_pem(folder.path(), "v1.pem", include_str!("tls/v1.pem"));
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["andon".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 2, 1);
    let expired = params.signed_by(&key, &authority).unwrap();
    write_pem(folder.path(), "old.pem", &expired.pem());
    write_pem(folder.path(), "old.key", &key.serialize_pem());
    for (keys, expected) in [
        (
            "cert_file: DIR/old.pem, key_file: DIR/old.key",
            &["old.pem", "expired at 2020-02-01"][..],
        ),
        (
            "cert_file: DIR/client.key, key_file: DIR/client.key",
            &["client.key", "holds no certificate"],
        ),
        (
            "cert_file: DIR/client.pem, key_file: DIR/client.pem",
            &["client.pem", "holds no private key"],
        ),
        (
            "cert_file: DIR/v1.pem, key_file: DIR/client.key",
            &["client.key", "not the key of the certificate"],
        ),
    ] {
        let error = scrape(address, &folder, &format!("{CA}, {keys}"))
            .scraped("j")
            .await
            .last_error;
        for part in expected {
            assert!(error.contains(part), "{keys}: {error}");
        }
    }
}
