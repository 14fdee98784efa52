//! The page: made from the present sources, and its parts that need no browser tested by Node.

use anyhow::Result;

use super::Outcome;
use crate::{
    machine::{ensure_packages, has},
    process::{command, run},
    web,
};

pub(super) fn fresh() -> Result<Outcome> {
    web::check()?;
    Ok(Outcome::Passed)
}

pub(super) fn tests() -> Result<Outcome> {
    ensure_packages("Node", &["nodejs"], || has(&["node", "--version"]))?;
    run(&mut command(&["node", "--test", "--test-reporter=dot", "web-client/tests/", "games/arena/page/tests/"]))?;
    Ok(Outcome::Passed)
}
