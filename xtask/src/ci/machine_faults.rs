//! The needs of the tests of a faulty machine (`server/tests/machine_faults/`), and those that this machine does not meet.

use std::path::Path;

use anyhow::Result;

use super::Outcome;
use crate::{machine::ensure_packages, process::quiet_output};

/// Makes ready what can be; the tests themselves run with all others.
pub(super) fn prepare() -> Result<Outcome> {
    let mut absent = Vec::new();
    if ensure_packages("libfaketime", &["faketime"], has_faketime).is_err() {
        absent.push("clocks that jump (libfaketime is missing; on Debian: apt-get install faketime)");
    }
    if !can_mount() {
        absent.push("disks that are full, read-only or elsewhere (mounting is not permitted)");
    }
    if !can_trace() {
        absent.push("disks that hang (tracing is not permitted)");
    }
    Ok(if absent.is_empty() { Outcome::Passed } else { Outcome::Absent(absent.join("; ")) })
}

fn has_faketime() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders = folders.chain(["/usr/lib".into(), "/usr/local/lib".into()]);
    folders.any(|folder| {
        ["faketime/libfaketimeMT.so.1", "libfaketimeMT.so.1"].iter().any(|name| folder.join(name).exists())
    })
}

/// In a mount namespace of its own, so that nothing is left.
fn can_mount() -> bool {
    quiet_output(&["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).is_some()
}

/// Root may, if it has not lost the capability (19, CAP_SYS_PTRACE).
fn can_trace() -> bool {
    let capabilities = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let effective = capabilities.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    effective.is_some_and(|mask| mask >> 19 & 1 == 1)
}
