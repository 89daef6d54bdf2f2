//! The client of one job, discovery or source: a transport and its credentials.

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Response, Url};

use super::config::{Auth, ClientOptions};
use super::error::HttpError;
use super::request::Request;
use super::secret::Secret;
use super::token::Token;
use super::transport::{Authorization, Credentials, Transport};

/// A client that sends as its options say.
#[derive(Debug)]
pub struct HttpClient {
    options: ClientOptions,
    transport: Transport,
    token: Option<Token>,
}

impl HttpClient {
    /// A client with these options; nothing is read or sent yet.
    pub fn new(options: ClientOptions) -> Self {
        let token = match &options.auth {
            Auth::OAuth2(endpoint) => Some(Token::new(endpoint)),
            _ => None,
        };
        Self {
            transport: Transport::new(options.clone()),
            options,
            token,
        }
    }

    /// Sends a request, follows where the answer leads, and gives the last
    /// answer, whatever its status.
    ///
    /// # Errors
    /// Where there is no answer, or credentials cannot be read or fetched.
    pub async fn send(&self, request: Request) -> Result<Response, HttpError> {
        let credentials = self.credentials().await?;
        self.transport.send(request, &credentials).await
    }

    /// Sets up what requests to `url` need, and sends nothing.
    ///
    /// # Errors
    /// Where certificates cannot be read or do not fit.
    pub fn prepare_for(&self, url: &Url) -> Result<(), HttpError> {
        self.transport.prepare_for(url)
    }

    /// Has certificates read anew for connections to come; those that are open
    /// stay until their answers are read.
    pub fn forget_certificates(&self) {
        self.transport.forget();
    }

    async fn credentials(&self) -> Result<Credentials, HttpError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.options.headers {
            headers.append(name, sensitive(&value.read().await?, name.as_str())?);
        }
        let authorization = match &self.options.auth {
            Auth::None => None,
            Auth::Basic { username, password } => {
                let username = Secret::new(username.read().await?);
                let password = Secret::new(password.read().await?);
                Some(Authorization::Basic(username, password))
            }
            Auth::Scheme {
                scheme,
                credentials,
            } => {
                let value = format!("{scheme} {}", credentials.read().await?);
                Some(Authorization::Value(sensitive(&value, "Authorization")?))
            }
            Auth::OAuth2(_) => match &self.token {
                Some(token) => {
                    let value = format!("Bearer {}", token.get().await?);
                    Some(Authorization::Value(sensitive(&value, "Authorization")?))
                }
                None => None,
            },
        };
        Ok(Credentials {
            headers,
            authorization,
        })
    }
}

/// # Errors
/// Where a value can be no header's.
fn sensitive(value: &str, name: &str) -> Result<HeaderValue, HttpError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        HttpError::Setup(format!(
            "the value of the header {name} holds what no header may (a line break?)"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}
