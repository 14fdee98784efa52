//! The compiler of the code that is counted: no toolchain is pinned, and another compiler makes other instructions.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::process::quiet_output;

/// By how much a path may cost more than the baseline, percent. Counts of unchanged sources differ by a hundredth of that.
const BOUND_PERCENT: u32 = 5;
/// The same when another compiler made the baseline's code.
const OTHER_COMPILER_BOUND_PERCENT: u32 = 15;

/// A compiler.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Compiler {
    /// As `rustc --version` says it.
    #[serde(rename = "rustc")]
    pub(super) version: String,
    /// The target that it compiles for by default.
    pub(super) host: String,
}

impl Compiler {
    /// The one that cargo uses here.
    pub(super) fn ours() -> Result<Self> {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
        let said = quiet_output(&[&rustc, "--version", "--verbose"]).context("cannot ask rustc for its version")?;
        Self::parse(&said).with_context(|| format!("rustc says of itself: {said}"))
    }

    /// By how much a path may cost more than this compiler's code when `other` made the code, percent.
    pub(super) fn bound(&self, other: &Self) -> u32 {
        if self == other { BOUND_PERCENT } else { OTHER_COMPILER_BOUND_PERCENT }
    }

    fn parse(said: &str) -> Option<Self> {
        let version = said.lines().next()?.trim().to_owned();
        let host = said.lines().find_map(|line| line.strip_prefix("host: "))?.trim().to_owned();
        Some(Self { version, host })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_host_are_read() {
        let said =
            "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0";
        let compiler = Compiler::parse(said).unwrap();
        assert_eq!(compiler.version, "rustc 1.95.0 (59807616e 2026-04-14)");
        assert_eq!(compiler.host, "x86_64-unknown-linux-gnu");
        assert_eq!(Compiler::parse("error: no such compiler"), None);
    }

    #[test]
    fn another_version_widens_the_bound_and_does_not_lift_it() {
        let compiler = |version: &str| Compiler { version: version.into(), host: "x".into() };
        assert_eq!(compiler("1.95.0").bound(&compiler("1.95.0")), 5);
        assert_eq!(compiler("1.95.0").bound(&compiler("1.96.0")), 15);
    }
}
