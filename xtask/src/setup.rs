//! `setup`: everything that running, building, testing and measuring stand on.

use crate::{browser, fuzz, peers, shell, toolchain, tools};
use anyhow::Result;

/// Finds or installs everything.
pub fn everything() -> Result<()> {
    toolchain::components_ready()?;
    tools::Bundler::ready(tools::Optimizer::WasmOpt)?;
    browser::ready()?;
    peers::ready()?;
    fuzz::ready()?;
    shell::step("everything is set up");
    Ok(())
}
