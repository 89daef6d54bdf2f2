//! The version of a board file's format.
//!
//! Version 2 added a query's language to version 1, and changed nothing else: a
//! file of either reads the same, and is written as the current one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of a board file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32")]
pub struct Version(u32);

impl Version {
    /// What this Andon writes.
    pub const CURRENT: Self = Self(2);

    /// That of a file which does not say it.
    pub(crate) fn when_absent() -> Self {
        Self(1)
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::CURRENT
    }
}

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(version: u32) -> Result<Self, String> {
        match version {
            1..=2 => Ok(Self(version)),
            other => Err(format!(
                "this Andon reads versions 1 and 2 of board files, and not {other}"
            )),
        }
    }
}

impl From<Version> for u32 {
    fn from(version: Version) -> Self {
        version.0
    }
}
