//! The hot paths must not cost more instructions than the committed baseline says.

use anyhow::Result;

use super::Outcome;
use crate::instructions::{self, Compared};

pub(super) fn check() -> Result<Outcome> {
    Ok(match instructions::check()? {
        Compared::Same => Outcome::Passed,
        Compared::OtherMachine(why) => Outcome::Absent(why),
    })
}
