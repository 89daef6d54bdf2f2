//! Why a panel shows nothing, or not all: a headline and what to do.

use wire::board::Health;
use wire::data::{EmptyReason, Status};

/// What stands in a panel's place or beside its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is.
    pub health: Health,
    /// A few words.
    pub headline: String,
    /// A sentence: what is behind it, or what to do.
    pub advice: String,
}

/// The notice of a panel's status; `None` while all is well.
pub fn notice(status: &Status) -> Option<Notice> {
    let (health, headline, advice) = match status {
        Status::Ok => return None,
        Status::Loading => (
            Health::Unknown,
            "Loading".to_owned(),
            "The first answer is on its way.".to_owned(),
        ),
        Status::Waiting { message } => (Health::Unknown, message.clone(), String::new()),
        Status::Empty(reason) => empty(reason),
        Status::Failed { message } => (Health::Bad, "No answer".to_owned(), message.clone()),
        Status::Partial { message } => (Health::Warning, "In part".to_owned(), message.clone()),
    };
    Some(Notice {
        health,
        headline,
        advice,
    })
}

fn quiet(headline: &str, advice: &str) -> (Health, String, String) {
    (Health::Unknown, headline.to_owned(), advice.to_owned())
}

fn empty(reason: &EmptyReason) -> (Health, String, String) {
    match reason {
        EmptyReason::NotYet => quiet(
            "Nothing yet",
            "The metric is known, and the query selects no sample of it in this range.",
        ),
        EmptyReason::NeverExported { metric } => (
            Health::Warning,
            "Never exported".to_owned(),
            [
                "The source does not export ",
                metric,
                ". Check its name in the board and the exporter's version.",
            ]
            .concat(),
        ),
        EmptyReason::NotStored { metric } => (
            Health::Warning,
            "Not stored".to_owned(),
            [
                "A target exports ",
                metric,
                ", and no sample of it was stored: its timestamps may lie in the future or too far back. Targets says which.",
            ]
            .concat(),
        ),
        EmptyReason::NotANumber => quiet(
            "Not a number",
            "Every value is NaN, as 0 / 0 is: mostly nothing ran in this range.",
        ),
        EmptyReason::NoSeries => quiet("No series", "The query matches nothing in this range."),
    }
}

/// What a panel that holds no point shows in place of data.
pub fn in_place_of_data(status: &Status) -> Notice {
    notice(status).unwrap_or_else(|| {
        let (health, headline, advice) = empty(&EmptyReason::NoSeries);
        Notice {
            health,
            headline,
            advice,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: Status, headline: Option<&str>, advice: &str) {
        let notice = notice(&status);
        assert_eq!(
            notice.as_ref().map(|notice| notice.headline.as_str()),
            headline
        );
        let said = notice.map(|notice| notice.advice).unwrap_or_default();
        assert!(said.contains(advice), "{said:?} lacks {advice:?}");
    }

    #[test]
    fn every_status_says_what_to_do() {
        check(Status::Ok, None, "");
        check(
            Status::Waiting {
                message: "Waiting for a, 12 ahead".into(),
            },
            Some("Waiting for a, 12 ahead"),
            "",
        );
        check(
            Status::Empty(EmptyReason::NeverExported {
                metric: "jobs_total".into(),
            }),
            Some("Never exported"),
            "jobs_total",
        );
        check(
            Status::Failed {
                message: "connection refused".into(),
            },
            Some("No answer"),
            "connection refused",
        );
    }

    #[test]
    fn an_empty_panel_is_never_blank() {
        assert_eq!(in_place_of_data(&Status::Ok).headline, "No series");
    }
}
