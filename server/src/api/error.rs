//! Errors as Prometheus' API writes them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::query::QueryError;
use crate::source::{ApiErrorKind, SourceError};

/// An error with its kind; answered as `{"status":"error",…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What kind of error.
    pub kind: ApiErrorKind,
    /// What is wrong.
    pub message: String,
}

impl ApiError {
    /// The request is wrong.
    pub fn bad_data(message: impl Into<String>) -> Self {
        Self {
            kind: ApiErrorKind::BadData,
            message: message.into(),
        }
    }

    /// A parameter of the request is wrong.
    pub fn invalid_parameter(name: &str, reason: &str) -> Self {
        Self::bad_data(format!("invalid parameter \"{name}\": {reason}"))
    }
}

impl From<SourceError> for ApiError {
    fn from(error: SourceError) -> Self {
        Self {
            kind: error.api_kind(),
            message: error.to_string(),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let kind = match &error {
            QueryError::Source(source) => source.api_kind(),
            QueryError::Late { .. } => ApiErrorKind::Timeout,
            QueryError::Ended => ApiErrorKind::Internal,
            QueryError::Busy { .. } | QueryError::NoSource(_) | QueryError::NoSources => {
                ApiErrorKind::Unavailable
            }
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({
            "status": "error",
            "errorType": self.kind.name(),
            "error": self.message,
        }));
        (status(self.kind), body).into_response()
    }
}

/// The status of each kind, as Prometheus 3 answers it.
pub fn status(kind: ApiErrorKind) -> StatusCode {
    match kind {
        ApiErrorKind::BadData => StatusCode::BAD_REQUEST,
        ApiErrorKind::Execution => StatusCode::UNPROCESSABLE_ENTITY,
        // Nobody reads it: the caller has left.
        ApiErrorKind::Canceled => {
            StatusCode::from_u16(499).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
        ApiErrorKind::Timeout | ApiErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ApiErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ApiErrorKind::NotFound => StatusCode::NOT_FOUND,
        ApiErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ApiErrorKind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
    }
}

/// What is not in the URL table.
pub async fn not_found() -> ApiError {
    ApiError {
        kind: ApiErrorKind::NotFound,
        message: "no such API".to_owned(),
    }
}
