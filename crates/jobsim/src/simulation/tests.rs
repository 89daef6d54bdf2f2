//! What the simulation's story must hold to, whatever the seed and the steps.

use super::*;

const START_MS: i64 = 1_700_000_000_000;

fn events(simulation: &mut Simulation, from_ms: i64, to_ms: i64) -> Vec<Event> {
    let mut events = Vec::new();
    simulation.advance(START_MS + from_ms, |_| {});
    simulation.advance(START_MS + to_ms, |event| events.push(event));
    events
}

/// The share of the jobs finished in a span of the second cycle that failed.
fn failures(seed: u64, from_s: i64, to_s: i64) -> f64 {
    let mut simulation = Simulation::new(seed, START_MS);
    let from_ms = CYCLE_MS + from_s * 1_000;
    let to_ms = CYCLE_MS + to_s * 1_000;
    let ends: Vec<bool> = events(&mut simulation, from_ms, to_ms)
        .into_iter()
        .filter_map(|event| match event {
            Event::Finished { failure, .. } => Some(failure.is_some()),
            _ => None,
        })
        .collect();
    ends.iter().filter(|failed| **failed).count() as f64 / ends.len() as f64
}

/// The mean duration of the jobs finished in a span of the second cycle.
fn mean_duration_s(seed: u64, from_s: i64, to_s: i64) -> f64 {
    let mut simulation = Simulation::new(seed, START_MS);
    let from_ms = CYCLE_MS + from_s * 1_000;
    let to_ms = CYCLE_MS + to_s * 1_000;
    let durations: Vec<f64> = events(&mut simulation, from_ms, to_ms)
        .into_iter()
        .filter_map(|event| match event {
            Event::Finished { duration_s, .. } => Some(duration_s),
            _ => None,
        })
        .collect();
    durations.iter().sum::<f64>() / durations.len() as f64
}

#[test]
fn the_same_seed_tells_the_same_story_in_any_steps() {
    let once = events(&mut Simulation::new(42, START_MS), 0, CYCLE_MS);
    let mut stepwise = Vec::new();
    let mut simulation = Simulation::new(42, START_MS);
    for step in 1..=CYCLE_MS / 750 {
        simulation.advance(START_MS + step * 750, |event| stepwise.push(event));
    }
    assert!(once.len() > 3_000, "only {} events", once.len());
    assert_eq!(once, stepwise);
    let other = events(&mut Simulation::new(43, START_MS), 0, CYCLE_MS);
    assert_ne!(once, other);
}

#[test]
fn each_incident_shows() {
    for seed in [1, 2, 3] {
        let calm = failures(seed, 220, 300);
        assert!(
            calm < 0.02,
            "seed {seed}: {calm} fail when nothing is wrong"
        );
        let deployed = failures(seed, 98, 125);
        assert!(deployed > 0.15, "seed {seed}: only {deployed} fail");
        let ratio = mean_duration_s(seed, 30, 65) / mean_duration_s(seed, 230, 300);
        assert!(ratio > 1.8, "seed {seed}: a slow disk costs only {ratio}");
    }
}

#[test]
fn a_crash_halves_the_pool_and_the_pool_recovers() {
    let mut simulation = Simulation::new(1, START_MS);
    let (crash_ms, over_ms) = Incident::WorkerCrash.schedule_ms();
    simulation.advance(START_MS + crash_ms - 1, |_| {});
    let before = simulation.capacity();
    let mut lost = 0;
    simulation.advance(START_MS + crash_ms, |event| {
        lost += usize::from(matches!(
            event,
            Event::Retried {
                reason: Reason::WorkerLost,
                ..
            }
        ));
    });
    assert!(lost > 0);
    assert_eq!(simulation.capacity(), before - lost);
    simulation.advance(START_MS + over_ms + 30_000, |_| {});
    assert!(simulation.capacity() >= MIN_WORKERS);
}

#[test]
fn the_pool_and_the_queue_keep_their_bounds() {
    let mut simulation = Simulation::new(5, START_MS);
    let mut largest = 0;
    for second in 0..3 * CYCLE_MS / 1_000 {
        simulation.advance(START_MS + second * 1_000, |_| {});
        assert!(simulation.busy() <= simulation.capacity());
        assert!(simulation.capacity() <= MAX_WORKERS);
        largest = largest.max(simulation.queued());
    }
    assert!(largest > 0 && largest < QUEUE_LIMIT, "queue of {largest}");
}

#[test]
fn a_clock_that_jumps_by_years_finds_the_system_as_it_was() {
    const YEARS_MS: i64 = 10 * 365 * 24 * 3_600_000;
    let mut simulation = Simulation::new(5, START_MS);
    simulation.advance(START_MS + CYCLE_MS, |_| {});
    let (busy, queued) = (simulation.busy(), simulation.queued());
    for now_ms in [START_MS + YEARS_MS, START_MS, START_MS - YEARS_MS] {
        let mut events = 0;
        simulation.advance(now_ms, |_| events += 1);
        assert_eq!((events, simulation.now_ms()), (0, now_ms));
        assert_eq!((simulation.busy(), simulation.queued()), (busy, queued));
    }
    // It goes on from there as any other does.
    let mut events = 0;
    simulation.advance(START_MS - YEARS_MS + CYCLE_MS, |_| events += 1);
    assert!(events > 3_000, "only {events} events");
}
