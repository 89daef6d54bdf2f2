//! The state line: what is shown, from where, how old, in a word and a few more.

use wire::board::Health;
use wire::live::Window;

use chart::civil::utc;

use super::{age, moment};

/// How the page stands to its stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// No script has taken the page over yet, and maybe none will: it stays as
    /// the server wrote it.
    #[default]
    Unattended,
    /// Events arrive.
    Open,
    /// What is asked for is on its way.
    Loading,
    /// The server was lost; the next try is due.
    Lost,
    /// The reader stopped it.
    Paused,
}

/// What the state line is made from.
#[derive(Clone, Debug, Default)]
pub struct Inputs<'a> {
    /// The stream.
    pub link: Link,
    /// The window on the page.
    pub window: Window,
    /// Why the source does not answer, if it does not.
    pub source_error: Option<&'a str>,
    /// The newest time that most of its panels have reached.
    pub newest_ms: Option<i64>,
    /// The server's clock.
    pub now_ms: i64,
}

/// The state line's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its colour and shape.
    pub health: Health,
    /// Its word.
    pub word: &'static str,
    /// What is behind the word; may be empty.
    pub detail: String,
    /// How old the newest point is; empty for a fixed range.
    pub age: String,
}

/// The state of a page; what is gravest is said.
pub fn state(inputs: &Inputs) -> State {
    if inputs.link == Link::Unattended && inputs.window.live {
        return unattended(inputs);
    }
    let age_ms = inputs.newest_ms.map(|newest| inputs.now_ms - newest);
    let is_late = age_ms.is_some_and(|age| age > age::tolerance_ms(&inputs.window));
    let (health, word, detail) = match (inputs.link, inputs.source_error) {
        (Link::Lost, _) => (
            Health::Warning,
            "Reconnecting",
            "the server does not answer",
        ),
        (Link::Paused, _) => (Health::Unknown, "Paused", "space goes on"),
        (_, Some(error)) => (Health::Bad, "Source away", error),
        (Link::Loading, None) => (Health::Unknown, "Loading", ""),
        (Link::Open | Link::Unattended, None) if !inputs.window.live => {
            (Health::Unknown, "Fixed range", "")
        }
        (_, None) if is_late => (Health::Warning, "Late", "the source sends nothing new"),
        (_, None) => (Health::Good, "Live", ""),
    };
    let age = age_ms
        .filter(|_| inputs.window.live)
        .map(|age| ["newest point ", &age::short(age), " old"].concat());
    State {
        health,
        word,
        detail: detail.to_owned(),
        age: age.unwrap_or_default(),
    }
}

/// What is true of the page for as long as it stands.
fn unattended(inputs: &Inputs) -> State {
    let time = moment::of(inputs.now_ms, &utc);
    let time = time.get(11..19).unwrap_or_default();
    let error = inputs.source_error.map(|error| ["; ", error].concat());
    State {
        health: Health::Unknown,
        word: "Loading",
        detail: ["as of ", time, " UTC", &error.unwrap_or_default()].concat(),
        age: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: Link, live: bool, source_error: Option<&str>, age_ms: i64, expected: &str) {
        let state = state(&Inputs {
            link,
            window: Window {
                step_ms: 5_000,
                live,
                ..Window::default()
            },
            source_error,
            newest_ms: Some(0),
            now_ms: age_ms,
        });
        let said = [state.word, " | ", &state.detail, " | ", &state.age].concat();
        assert_eq!(said.replace('\u{a0}', " "), expected);
    }

    #[test]
    fn a_slow_refresh_is_not_late() {
        let check = |tick_ms: i64, age_ms: i64, expected: &str| {
            let state = state(&Inputs {
                link: Link::Open,
                window: Window {
                    step_ms: 5_000,
                    live: true,
                    tick_ms,
                    ..Window::default()
                },
                newest_ms: Some(0),
                now_ms: age_ms,
                ..Inputs::default()
            });
            assert_eq!(state.word, expected, "{tick_ms} {age_ms}");
        };
        check(0, 20_000, "Late");
        check(60_000, 70_000, "Live");
        check(60_000, 80_000, "Late");
    }

    #[test]
    fn the_gravest_is_said() {
        check(
            Link::Open,
            true,
            None,
            2_000,
            "Live |  | newest point 2 s old",
        );
        check(
            Link::Open,
            true,
            None,
            20_000,
            "Late | the source sends nothing new | newest point 20 s old",
        );
        check(
            Link::Open,
            true,
            Some("refused"),
            20_000,
            "Source away | refused | newest point 20 s old",
        );
        check(
            Link::Unattended,
            true,
            Some("refused"),
            99_000,
            "Loading | as of 00:01:39 UTC; refused | ",
        );
        check(Link::Unattended, false, None, 99_000, "Fixed range |  | ");
        check(
            Link::Lost,
            true,
            Some("refused"),
            0,
            "Reconnecting | the server does not answer | newest point 0 s old",
        );
        check(Link::Open, false, None, 99_000, "Fixed range |  | ");
        check(
            Link::Paused,
            true,
            None,
            3_000,
            "Paused | space goes on | newest point 3 s old",
        );
    }
}
