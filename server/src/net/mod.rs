//! Outgoing HTTP: a request in, an answer within bounds out.
//!
//! The one client and its configuration, for scraping, service discovery,
//! access tokens and upstream sources. Contract: configured credentials and
//! headers reach the configured host alone, whatever redirects say; what is
//! held of all bodies together is bounded; a secret is never shown, neither in
//! an error nor in a log line.

mod body;
mod certificate;
mod client;
pub mod config;
mod error;
mod idle;
mod listen;
mod redact;
mod redirect;
mod request;
mod secret;
mod server_name;
mod tls;
mod token;
mod transport;

pub use body::{Body, BodyBudget};
pub use client::HttpClient;
pub use error::HttpError;
pub use listen::parse_listen;
pub use redact::{is_secret_name, redact_address, redact_url, redact_url_text};
pub use request::Request;
pub use secret::{Secret, SecretSource, SecretUrl, parse_url};
