//! `POST /-/reload`: reads the configuration anew, as SIGHUP does, and says what
//! became of it.

use std::fmt::Write;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::reload::Reloaded;
use crate::state::AppState;

/// All of what the files say is taken over, or nothing: then the answer names the
/// file, the place and the key.
pub async fn reload(State(state): State<AppState>) -> Response {
    match state.reload().reload().await {
        Ok(reloaded) => report(&reloaded).into_response(),
        Err(error) => {
            let message = format!("failed to reload config: {error}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
        }
    }
}

fn report(reloaded: &Reloaded) -> String {
    let mut report = "reloaded\n".to_owned();
    for key in &reloaded.needs_restart {
        let _ = writeln!(report, "{key} changed: needs a restart");
    }
    for warning in &reloaded.warnings {
        let _ = writeln!(report, "{warning}");
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_restart_is_named() {
        let reloaded = Reloaded {
            needs_restart: vec!["listen", "log"],
            warnings: vec!["a.toml: w".to_owned()],
        };
        let expected = "reloaded\nlisten changed: needs a restart\n\
                        log changed: needs a restart\na.toml: w\n";
        assert_eq!(report(&reloaded), expected);
        assert_eq!(report(&Reloaded::default()), "reloaded\n");
    }
}
