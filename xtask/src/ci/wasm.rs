//! The sans-IO crates must build for the browser.

use anyhow::Result;

use super::Outcome;
use crate::wasm;

pub(super) fn build() -> Result<Outcome> {
    wasm::build(
        &["shared", "arena", "petri", "room", "cluster", "client", "web-client", "arena-web", "petri-web"],
        None,
        "dev",
    )?;
    Ok(Outcome::Passed)
}
