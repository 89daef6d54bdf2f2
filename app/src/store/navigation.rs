//! Where the keys and the mouse lead: windows and addresses, from the present ones.

use wire::id::BoardId;
use wire::live::Window;
use wire::url::{LiveParams, encode, pairs};

/// The shortest window that can be zoomed to.
const SHORTEST_MS: i64 = 10_000;

/// A step through time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The middle half.
    In,
    /// Twice as long, with the same middle.
    Out,
    /// Half a window back.
    Back,
    /// Half a window on.
    On,
}

/// The ends of the window after a step; nothing lies after `now_ms`.
pub fn step(window: &Window, step: Step, now_ms: i64) -> (i64, i64) {
    let span = (window.to_ms - window.from_ms).max(SHORTEST_MS);
    let (from_ms, to_ms) = match step {
        Step::In => (window.from_ms + span / 4, window.to_ms - span / 4),
        Step::Out => (window.from_ms - span / 2, window.to_ms + span / 2),
        Step::Back => (window.from_ms - span / 2, window.to_ms - span / 2),
        Step::On => (window.from_ms + span / 2, window.to_ms + span / 2),
    };
    let surplus = (to_ms - now_ms).max(0);
    let from_ms = if step == Step::Out {
        from_ms
    } else {
        from_ms - surplus
    };
    clamp(from_ms, to_ms - surplus)
}

/// The ends in order, at least [`SHORTEST_MS`] apart.
pub fn clamp(a_ms: i64, b_ms: i64) -> (i64, i64) {
    let (from_ms, to_ms) = (a_ms.min(b_ms), a_ms.max(b_ms));
    let lacking = (SHORTEST_MS - (to_ms - from_ms)).max(0);
    (from_ms - lacking / 2, to_ms + lacking - lacking / 2)
}

/// The page's query string with other live parameters; what else stands in it
/// (`theme`, `kiosk`) stays. The board is in the path and is left out.
pub fn search_with(search: &str, params: &LiveParams) -> String {
    let mut shown = params.clone();
    shown.board = BoardId::overview();
    let mut query = shown.to_query();
    for (name, value) in pairs(search.trim_start_matches('?')) {
        if !LiveParams::holds(&name) {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&encode(&name));
            if !value.is_empty() {
                query.push('=');
                query.push_str(&encode(&value));
            }
        }
    }
    query
}

/// How long to wait before the next try: doubling from half a second to 30,
/// spread by `random` (0 to 1) so that a restarted server is not stormed.
pub fn back_off_ms(tries: u32, random: f64) -> u64 {
    let base = 500_u64 << tries.min(6);
    (base.min(30_000) as f64 * (0.5 + random)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(how: Step, now_ms: i64, expected: (i64, i64)) {
        let window = Window {
            from_ms: 100_000,
            to_ms: 200_000,
            ..Window::default()
        };
        assert_eq!(step(&window, how, now_ms), expected);
    }

    #[test]
    fn steps_end_at_now() {
        check(Step::In, 200_000, (125_000, 175_000));
        check(Step::Out, 200_000, (50_000, 200_000));
        check(Step::Out, 900_000, (50_000, 250_000));
        check(Step::Back, 200_000, (50_000, 150_000));
        check(Step::On, 900_000, (150_000, 250_000));
        check(Step::On, 210_000, (110_000, 210_000));
    }

    #[test]
    fn a_zoom_has_a_width_and_a_direction() {
        assert_eq!(clamp(90_000, 20_000), (20_000, 90_000));
        assert_eq!(clamp(50_000, 50_000), (45_000, 55_000));
    }

    #[test]
    fn other_parameters_stay_in_the_address() {
        let params = LiveParams {
            board: "jobs".into(),
            from: "now-1h".into(),
            ..LiveParams::default()
        };
        assert_eq!(
            search_with("?from=now-6h&to=now&theme=dark&kiosk", &params),
            "from=now-1h&theme=dark&kiosk"
        );
    }

    #[test]
    fn tries_get_rarer_and_are_spread() {
        assert_eq!(back_off_ms(0, 0.0), 250);
        assert_eq!(back_off_ms(0, 1.0), 750);
        assert_eq!(back_off_ms(3, 0.5), 4_000);
        assert_eq!(back_off_ms(60, 0.5), 30_000);
    }
}
