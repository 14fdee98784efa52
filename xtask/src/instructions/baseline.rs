//! The counts that were committed, and the compiler they were counted with.

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{compiler::Compiler, verdict::Counts};
use crate::workspace;

/// Next to the bench, from the repository's root.
const FILE: &str = "room/benches/instructions/baseline.json";

/// The counts to compare with.
#[derive(PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    pub(super) compiler: Compiler,
    pub(super) instructions: Counts,
}

impl Baseline {
    /// Reads what was committed.
    pub(super) fn read() -> Result<Self> {
        let text = fs::read_to_string(workspace::root().join(FILE)).context(FILE)?;
        serde_json::from_str(&text).context(FILE)
    }

    /// Writes the file again, to be committed.
    pub(super) fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("strings and numbers are JSON")? + "\n";
        fs::write(workspace::root().join(FILE), text).context(FILE)?;
        println!("wrote {FILE}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_baseline_can_be_read() {
        let baseline = Baseline::read().unwrap();
        assert!(baseline.instructions.values().all(|&count| count > 0));
        assert!(!baseline.instructions.is_empty());
    }
}
