//! Writes the wire vectors of the engine and of its games again, after a deliberate change of the wire.

use anyhow::Result;

use crate::process::{cargo, run};

/// Lets the tests that compare the vectors write them instead.
///
/// # Errors
/// They cannot be built or written.
pub(crate) fn write() -> Result<()> {
    let mut command = cargo(&["test", "--locked", "--package=tests", "--test=wire"]);
    run(command.env("RICOCHET_TEST_WRITE_VECTORS", "1"))?;
    println!("read the change before you commit it: git diff tests/data/wire docs games");
    Ok(())
}
