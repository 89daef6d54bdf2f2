//! What views have freed, and the answers that they had asked for -> back to the
//! system.
//!
//! The C library keeps what lies free between pieces that are in use. Views are
//! made of many small pieces among those of others: after 400 of them had taken
//! 100 MB and gone, 118 MB were held with 2 MB in use, and 27 MB when it was
//! told to give the rest back.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use crate::query::QueryFrontends;
use crate::supervise;

/// How soon after views have gone, or answers that nobody asks for. It takes milliseconds, in which others wait
/// that need memory.
const EVERY: Duration = Duration::from_secs(20);

/// Gives back what the views of `hub` and the answers of `frontends` have freed,
/// until `until` is cancelled.
pub async fn run(hub: Hub, frontends: QueryFrontends, until: CancellationToken) {
    let mut given_back = hub.ended_views();
    loop {
        tokio::select! {
            () = until.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let ended = hub.ended_views();
        // Each is asked: none is spared by another that has something to drop.
        let dropped = frontends
            .all()
            .iter()
            .filter(|(_, one)| one.drop_idle())
            .count();
        if ended != given_back || dropped > 0 {
            given_back = ended;
            supervise::blocking("memory", give_back).await;
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "a call of the C library that takes no pointer, and that any thread may make"
)]
fn give_back() {
    // SAFETY: malloc_trim(3) is MT-safe, and changes nothing that is in use.
    unsafe { libc::malloc_trim(0) };
}

/// Other C libraries give back by themselves what they can.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
