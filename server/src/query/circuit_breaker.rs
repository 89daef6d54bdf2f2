//! Whether a source is asked at all: how asking it went of late -> yes, not
//! now, or once to see whether it is back.
//!
//! Contract: after [`FAILURES_TO_OPEN`] outages in a row the circuit opens:
//! callers get the last error without asking. A probe may go through after
//! [`FIRST_PAUSE`], and after each probe that fails ever more rarely, up to
//! [`LONGEST_PAUSE`]; an answer closes the circuit.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::source::SourceError;

/// So many outages in a row open the circuit.
pub const FAILURES_TO_OPEN: u32 = 3;
/// The pause before the first probe; it doubles with every probe that fails.
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The pause never grows beyond this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Remembers how asking one source went.
#[derive(Default)]
pub struct CircuitBreaker {
    circuit: Mutex<Circuit>,
    opened: Notify,
}

#[derive(Default)]
struct Circuit {
    /// Without an answer in between.
    outages: u32,
    last: Option<SourceError>,
    failed_probes: u32,
    /// Set while the circuit is open.
    next_probe: Option<Instant>,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Anybody: the circuit is closed.
    Closed,
    /// This caller alone, to see whether the source is back.
    Probe,
}

/// What an answer, or its lack, says of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answers.
    Up,
    /// It failed, but not yet often enough to be taken for away.
    InDoubt,
    /// It is away.
    Away,
}

impl CircuitBreaker {
    /// Whether the source may be asked now; the caller may be the probe.
    ///
    /// # Errors
    /// The last error, where the circuit is open and no probe is due.
    pub fn admit(&self) -> Result<Admission, SourceError> {
        let mut circuit = self.circuit.lock();
        let (Some(next_probe), Some(last)) = (circuit.next_probe, &circuit.last) else {
            return Ok(Admission::Closed);
        };
        let now = Instant::now();
        if now < next_probe {
            return Err(last.clone());
        }
        circuit.next_probe = Some(now + pause(circuit.failed_probes));
        Ok(Admission::Probe)
    }

    /// Whether who was admitted, and has waited since, may still ask.
    ///
    /// # Errors
    /// The last error, where the circuit has opened meanwhile.
    pub fn check(&self, admission: Admission) -> Result<(), SourceError> {
        let circuit = self.circuit.lock();
        match (admission, circuit.next_probe, &circuit.last) {
            (Admission::Closed, Some(_), Some(last)) => Err(last.clone()),
            _ => Ok(()),
        }
    }

    /// Ends with the last error when the circuit is open, for who was admitted
    /// while it was closed; a probe is to find out by itself.
    pub async fn opened(&self, admission: Admission) -> SourceError {
        if admission == Admission::Probe {
            return std::future::pending().await;
        }
        loop {
            let opened = self.opened.notified();
            if let Err(outage) = self.check(admission) {
                return outage;
            }
            opened.await;
        }
    }

    /// Why the source is away, as long as it is.
    pub fn outage(&self) -> Option<SourceError> {
        self.circuit.lock().last.clone()
    }

    /// Takes over how asking the source went.
    pub fn record(&self, admission: Admission, error: Option<&SourceError>) -> Verdict {
        let mut circuit = self.circuit.lock();
        let Some(outage) = error.filter(|error| error.opens_circuit()) else {
            *circuit = Circuit::default();
            return Verdict::Up;
        };
        circuit.outages += 1;
        circuit.last = Some(outage.clone());
        if admission == Admission::Probe {
            circuit.failed_probes += 1;
        }
        let opens = circuit.outages >= FAILURES_TO_OPEN && circuit.next_probe.is_none();
        if opens || admission == Admission::Probe {
            circuit.next_probe = Some(Instant::now() + pause(circuit.failed_probes));
        }
        if opens {
            self.opened.notify_waiters();
        }
        if circuit.next_probe.is_some() {
            Verdict::Away
        } else {
            Verdict::InDoubt
        }
    }
}

/// With jitter, so that many Andons do not probe in step.
fn pause(failed_probes: u32) -> Duration {
    let pause = (FIRST_PAUSE * 2_u32.pow(failed_probes.min(8))).min(LONGEST_PAUSE);
    pause.mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage() -> SourceError {
        SourceError::Unreachable {
            url: "http://x".into(),
            reason: "refused".into(),
        }
    }

    fn open() -> CircuitBreaker {
        let breaker = CircuitBreaker::default();
        for _ in 0..FAILURES_TO_OPEN {
            let admission = breaker.admit().unwrap();
            breaker.record(admission, Some(&outage()));
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn outages_open_the_circuit_and_a_probe_closes_it() {
        let breaker = open();
        assert_eq!(breaker.admit(), Err(outage()));
        tokio::time::advance(FIRST_PAUSE * 2).await;
        assert_eq!(breaker.admit(), Ok(Admission::Probe));
        assert!(breaker.admit().is_err(), "one probe at a time");
        assert_eq!(breaker.record(Admission::Probe, None), Verdict::Up);
        assert_eq!(breaker.admit(), Ok(Admission::Closed));
        assert_eq!(breaker.outage(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn probes_that_fail_come_ever_more_rarely() {
        let breaker = open();
        for _ in 0..9 {
            tokio::time::advance(LONGEST_PAUSE * 2).await;
            assert_eq!(breaker.admit(), Ok(Admission::Probe));
            breaker.record(Admission::Probe, Some(&outage()));
        }
        tokio::time::advance(LONGEST_PAUSE / 2).await;
        assert!(breaker.admit().is_err());
        tokio::time::advance(LONGEST_PAUSE).await;
        assert!(breaker.admit().is_ok());
    }

    #[tokio::test]
    async fn who_was_admitted_before_it_opened_may_not_ask_any_more() {
        let breaker = CircuitBreaker::default();
        let admission = breaker.admit().unwrap();
        let verdicts = [(); 3].map(|()| breaker.record(admission, Some(&outage())));
        let expected = [Verdict::InDoubt, Verdict::InDoubt, Verdict::Away];
        assert_eq!(verdicts, expected);
        assert_eq!(breaker.check(admission), Err(outage()));
        assert_eq!(breaker.check(Admission::Probe), Ok(()));
    }

    #[tokio::test]
    async fn what_says_nothing_of_an_outage_leaves_the_circuit_closed() {
        let kind = crate::source::ApiErrorKind::BadData;
        let message = "parse error".to_owned();
        for error in [
            SourceError::Api { kind, message },
            SourceError::Replaying { percent: 9 },
        ] {
            let breaker = CircuitBreaker::default();
            for _ in 0..9 {
                assert_eq!(breaker.record(Admission::Closed, Some(&error)), Verdict::Up);
            }
            assert!(breaker.admit().is_ok());
        }
    }
}
