//! PEM to certificates and keys, and what is wrong with them.
//!
//! Certificates of our own are passed on as they are: also those of X.509
//! version 1, which `openssl x509 -req` makes and webpki does not read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::{Decode, Encode};

use super::error::HttpError;

/// Of whichever serial number: that of a private authority may be odd.
type Certificate = CertificateInner<Raw>;

/// A text in PEM, and where it is from.
pub(super) struct Pem {
    text: Vec<u8>,
    /// `None` where it stands in the configuration.
    file: Option<PathBuf>,
    /// The key that gives it: `ca_file`, `cert`.
    key: String,
}

impl Pem {
    /// Reads what one of two keys, `key` and `key` with `_file`, gives.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn read(
        key: &str,
        inline: Option<&str>,
        file: Option<&Path>,
    ) -> Result<Option<Self>, HttpError> {
        let pem = match (inline, file) {
            (Some(text), _) => Self {
                text: text.as_bytes().to_vec(),
                file: None,
                key: key.to_owned(),
            },
            (None, Some(path)) => Self {
                text: fs::read(path).map_err(|error| HttpError::file(path, error))?,
                file: Some(path.to_owned()),
                key: format!("{key}_file"),
            },
            (None, None) => return Ok(None),
        };
        Ok(Some(pem))
    }

    /// An error about what is in it.
    pub(super) fn error(&self, reason: &str) -> HttpError {
        match &self.file {
            Some(path) => HttpError::file(path, reason),
            None => HttpError::Setup(format!("{}: {reason}", self.key)),
        }
    }

    /// The certificates.
    ///
    /// # Errors
    /// Where there is none, or one cannot be read.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, HttpError> {
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.text).collect();
        match all {
            Ok(all) if !all.is_empty() => Ok(all),
            Ok(_) => Err(self.error("it holds no certificate; give one as PEM")),
            Err(error) => Err(self.error(&format!("its certificate cannot be read: {error}"))),
        }
    }

    /// The certificates parsed.
    fn parsed(&self) -> Result<Vec<Certificate>, HttpError> {
        self.certificates()?
            .iter()
            .map(|der| {
                Certificate::from_der(der).map_err(|error| {
                    self.error(&format!("its certificate cannot be read: {error}"))
                })
            })
            .collect()
    }

    /// That a certificate in it does not hold at `now`, in a sentence.
    ///
    /// # Errors
    /// Where there is none, or one cannot be read.
    pub(super) fn out_of_date(&self, now: Timestamp) -> Result<Option<String>, HttpError> {
        let name = match &self.file {
            Some(path) => format!("{} ({})", path.display(), self.key),
            None => self.key.clone(),
        };
        for certificate in self.parsed()? {
            let validity = certificate.tbs_certificate().validity();
            let begins = timestamp(validity.not_before.to_unix_duration());
            let ends = timestamp(validity.not_after.to_unix_duration());
            if ends < now {
                return Ok(Some(format!("{name}: the certificate expired at {ends}")));
            }
            if begins > now {
                let sentence = format!("{name}: the certificate is not valid before {begins}");
                return Ok(Some(sentence));
            }
        }
        Ok(None)
    }
}

fn timestamp(since_epoch: std::time::Duration) -> Timestamp {
    let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Our certificate with its key, as servers are shown it.
///
/// # Errors
/// Where either cannot be read, or they are no pair.
pub(super) fn certified_key(certificate: &Pem, key: &Pem) -> Result<Arc<CertifiedKey>, HttpError> {
    let chain = certificate.certificates()?;
    let private = PrivateKeyDer::from_pem_slice(&key.text).map_err(|_| {
        key.error("it holds no private key; give the key of the certificate as PEM")
    })?;
    let signing = default_provider()
        .key_provider
        .load_private_key(private)
        .map_err(|error| key.error(&format!("its private key cannot be used: {error}")))?;
    let parsed = certificate.parsed()?;
    let of_certificate = parsed
        .first()
        .and_then(|first| {
            let public = first.tbs_certificate().subject_public_key_info();
            public.to_der().ok()
        })
        .unwrap_or_default();
    let is_pair = signing
        .public_key()
        .is_none_or(|public| public.as_ref() == of_certificate);
    if !is_pair {
        return Err(key.error("it is not the key of the certificate"));
    }
    Ok(Arc::new(CertifiedKey::new(chain, signing)))
}
