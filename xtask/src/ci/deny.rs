//! What our dependencies may be: licences, sources, banned crates, known advisories (`deny.toml`).

use anyhow::Result;

use super::Outcome;
use crate::{
    machine::has,
    process::{cargo, run},
};

pub(super) fn check() -> Result<Outcome> {
    if !has(&["cargo", "deny", "--version"]) {
        return Ok(Outcome::Absent("`cargo install cargo-deny` adds the check of licences and advisories".into()));
    }
    run(&mut cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"]))?;
    // The advisories come from the network at every run, and a machine may not reach them.
    match run(&mut cargo(&["deny", "--locked", "fetch", "db"])) {
        Ok(()) => run(&mut cargo(&["deny", "--locked", "check", "--disable-fetch", "advisories"]))?,
        Err(_) => println!("the advisories cannot be fetched here and were not checked"),
    }
    Ok(Outcome::Passed)
}
