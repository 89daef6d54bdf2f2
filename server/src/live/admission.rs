//! How many streams there may be, from one address and in all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

/// The limits on open streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// Open streams in all.
    pub total: usize,
    /// Open streams of one address. A proxy that many people share is one
    /// address, so this is generous by default.
    pub per_address: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            total: 20_000,
            per_address: 1_000,
        }
    }
}

/// Why a stream was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The server is full.
    #[error(
        "all {0} live streams of this Andon are taken; try again in a minute, or raise `live.max_streams`"
    )]
    Full(usize),
    /// The address has too many.
    #[error(
        "{0} already has {1} live streams; close some pages, or raise `live.max_streams_per_address`"
    )]
    AddressFull(IpAddr, usize),
}

/// Counts open streams.
#[derive(Debug, Default)]
pub struct Admission {
    limits: StreamLimits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Admission {
    /// Nobody is in yet.
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            open: Mutex::default(),
        }
    }

    /// Open streams in all.
    pub fn total(&self) -> usize {
        self.open.lock().total
    }

    /// Lets a stream of `address` in, until the guard is dropped.
    ///
    /// # Errors
    /// Where a limit is reached.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Admitted, Refusal> {
        let mut open = self.open.lock();
        if open.total >= self.limits.total {
            return Err(Refusal::Full(self.limits.total));
        }
        let of_address = open.by_address.entry(address).or_default();
        if *of_address >= self.limits.per_address {
            return Err(Refusal::AddressFull(address, self.limits.per_address));
        }
        *of_address += 1;
        open.total += 1;
        Ok(Admitted {
            admission: Arc::clone(self),
            address,
        })
    }
}

/// An open stream's place.
#[derive(Debug)]
pub struct Admitted {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.admission.open.lock();
        open.total -= 1;
        if let Some(of_address) = open.by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn both_limits_hold_and_places_come_free() {
        let admission = Arc::new(Admission::new(StreamLimits {
            total: 3,
            per_address: 2,
        }));
        let first = admission.admit(HERE).unwrap();
        let _second = admission.admit(HERE).unwrap();
        assert_eq!(
            admission.admit(HERE).unwrap_err(),
            Refusal::AddressFull(HERE, 2)
        );
        let _third = admission.admit(THERE).unwrap();
        assert_eq!(admission.admit(THERE).unwrap_err(), Refusal::Full(3));
        drop(first);
        assert!(admission.admit(HERE).is_ok());
    }
}
