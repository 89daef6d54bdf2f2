//! The packs that ship, and recognition by all packs together.

use std::collections::BTreeSet;
use std::time::Duration;

use dashboard::Board;

use crate::generic;
use crate::inventory::Inventory;
use crate::pack::{Pack, PackError};
use crate::system::System;

/// The texts of the packs that ship, by file name.
const FILES: [(&str, &str); 11] = [
    ("andon.toml", include_str!("../packs/andon.toml")),
    (
        "chall-manager.toml",
        include_str!("../packs/chall-manager.toml"),
    ),
    (
        "choria-provisioner.toml",
        include_str!("../packs/choria-provisioner.toml"),
    ),
    ("demo.toml", include_str!("../packs/demo.toml")),
    ("fastapi.toml", include_str!("../packs/fastapi.toml")),
    (
        "libvirt-volume-provisioner.toml",
        include_str!("../packs/libvirt-volume-provisioner.toml"),
    ),
    (
        "libvirt-volume-provisioner-documented.toml",
        include_str!("../packs/libvirt-volume-provisioner-documented.toml"),
    ),
    ("maestro.toml", include_str!("../packs/maestro.toml")),
    (
        "node-exporter.toml",
        include_str!("../packs/node-exporter.toml"),
    ),
    ("prometheus.toml", include_str!("../packs/prometheus.toml")),
    (
        "span-metrics.toml",
        include_str!("../packs/span-metrics.toml"),
    ),
];

/// The boards that ship, by the pack whose system they show.
const BOARDS: [(&str, &str); 10] = [
    ("andon", include_str!("../../../dashboards/andon.yaml")),
    (
        "chall-manager",
        include_str!("../../../dashboards/chall-manager.yaml"),
    ),
    (
        "choria-provisioner",
        include_str!("../../../dashboards/choria-provisioner.yaml"),
    ),
    ("fastapi", include_str!("../../../dashboards/fastapi.yaml")),
    (
        "libvirt-volume-provisioner",
        include_str!("../../../dashboards/libvirt-volume-provisioner.yaml"),
    ),
    (
        "libvirt-volume-provisioner-documented",
        include_str!("../../../dashboards/libvirt-volume-provisioner-documented.yaml"),
    ),
    ("maestro", include_str!("../../../dashboards/maestro.yaml")),
    (
        "node-exporter",
        include_str!("../../../dashboards/node-exporter.yaml"),
    ),
    (
        "prometheus",
        include_str!("../../../dashboards/prometheus.yaml"),
    ),
    (
        "span-metrics",
        include_str!("../../../dashboards/span-metrics.yaml"),
    ),
];

/// The board that ships for the system of a pack, beside the overviews of its
/// jobs.
pub(crate) fn board(pack: &str) -> Option<Board> {
    let (_, text) = BOARDS.iter().find(|(name, _)| *name == pack)?;
    // A test holds that every one of them reads.
    dashboard::file::read(text).ok()
}

/// Every pack in use.
#[derive(Clone, Debug)]
pub struct Packs(Vec<Pack>);

impl Packs {
    /// The packs that ship.
    ///
    /// # Errors
    /// Where one of them is broken: a test holds that none is.
    pub fn builtin() -> Result<Self, PackError> {
        let packs = FILES.iter().map(|(_, text)| Pack::from_toml(text));
        packs.collect::<Result<_, _>>().map(Self)
    }

    /// Takes over a user's pack, in the place of one of the same name.
    pub fn add(&mut self, pack: Pack) {
        self.0.retain(|held| held.name != pack.name);
        self.0.push(pack);
    }

    /// The pack of this name.
    pub fn get(&self, name: &str) -> Option<&Pack> {
        self.0.iter().find(|pack| pack.name == name)
    }

    /// How long values must be held of the recognised systems, where one of
    /// them shows each value once.
    pub fn hold_values_for(&self, inventory: &Inventory) -> Option<Duration> {
        let there = self.0.iter().filter(|pack| pack.recognises(inventory));
        let hold_ms = there.filter_map(|pack| pack.hold_values_for).max()?;
        Some(Duration::from_millis(hold_ms))
    }

    /// Names that the recognised systems may not export yet: counters until
    /// their first event.
    pub fn may_be_absent(&self, inventory: &Inventory) -> BTreeSet<String> {
        let there = self.0.iter().filter(|pack| pack.recognises(inventory));
        there
            .flat_map(Pack::may_be_absent)
            .map(str::to_owned)
            .collect()
    }

    /// The systems behind a source's metrics: those that packs know, then
    /// those that conventions give away among the metrics that are left.
    pub fn recognise(&self, inventory: &Inventory) -> Vec<System> {
        let (packs, mut systems): (Vec<&Pack>, Vec<System>) = self
            .0
            .iter()
            .filter_map(|pack| Some((pack, pack.recognise(inventory)?)))
            .unzip();
        systems.extend(generic::recognise(inventory, |metric: &str| {
            !packs.iter().any(|pack| pack.claims(metric))
        }));
        systems
    }
}

#[cfg(test)]
mod tests;
